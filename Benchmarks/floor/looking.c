// SPDX-License-Identifier: Apache-2.0
// looking ROOT: what has to be looked at to know that every tree is clean.
//
// A tree is known by what lies in its directory (no mountpoint, no workdir), in activemounts (no
// use) and in metadata.json (readable); and what was seen without the lock proves nothing.
#include "common.h"

#include <stdint.h>
#include <sys/file.h>

struct entry {
    uint64_t inode;
    int64_t offset;
    unsigned short size;
    unsigned char type;
    char name[];
};

static _Alignas(8) char root_buffer[32768];
static unsigned long dirty;

static long entries(int directory, void *buffer, size_t size) {
    long length = syscall(SYS_getdents64, directory, buffer, size);
    if (length < 0)
        fail("getdents64", "directory");
    return length;
}

static int is_dot(const struct entry *entry) {
    return strcmp(entry->name, ".") == 0 || strcmp(entry->name, "..") == 0;
}

// From its beginning to its end: only an empty answer says that there is no more.
static void look_through(int directory, int is_uses) {
    _Alignas(8) char buffer[4096];
    long length;
    if (lseek(directory, 0, SEEK_SET) < 0)
        fail("lseek", "directory");
    while ((length = entries(directory, buffer, sizeof buffer)) > 0) {
        for (long at = 0; at < length; at += ((struct entry *)(buffer + at))->size) {
            const struct entry *entry = (struct entry *)(buffer + at);
            if (is_dot(entry))
                continue;
            if (is_uses || strcmp(entry->name, "mountpoint") == 0 || strcmp(entry->name, "workdir") == 0)
                dirty++;
        }
    }
}

static void read_to_end(int fd) {
    char text[4096];
    ssize_t length;
    while ((length = read(fd, text, sizeof text)) > 0)
        ;
    if (length < 0)
        fail("read", "metadata.json");
}

static void look_at(int root, const char *name) {
    int tree = open_beneath(root, name, O_RDONLY | O_DIRECTORY);
    int uses = open_beneath(tree, "activemounts", O_RDONLY | O_DIRECTORY);
    if (flock(uses, LOCK_EX | LOCK_NB) < 0)
        fail("flock", name);
    look_through(tree, 0);
    int metadata = open_beneath(tree, "metadata.json", O_RDONLY);
    read_to_end(metadata);
    close(metadata);
    look_through(uses, 1);
    close(uses);
    close(tree);
}

int main(int argc, char **argv) {
    if (argc != 2) {
        fprintf(stderr, "usage: looking ROOT\n");
        return 2;
    }
    int root = open_root(argv[1]);
    long length;
    while ((length = entries(root, root_buffer, sizeof root_buffer)) > 0) {
        for (long at = 0; at < length; at += ((struct entry *)(root_buffer + at))->size) {
            const struct entry *entry = (struct entry *)(root_buffer + at);
            if (entry->type == 4 /* DT_DIR */ && !is_dot(entry) && strcmp(entry->name, "lost+found") != 0)
                look_at(root, entry->name);
        }
    }
    printf("%lu\n", dirty);
    return dirty == 0 ? 0 : 1;
}
