// SPDX-License-Identifier: Apache-2.0
// incumbent ROOT: the system calls with which docker-on-top 0.1.2 resets its trees at its start.
//
// Per tree: os.Remove(mountpoint), os.RemoveAll(activemounts), os.Mkdir(activemounts),
// os.RemoveAll(workdir), one log line; every path absolute. Go tries unlink before rmdir, because it
// does not ask what a name is. No Go runtime is measured here, so the original takes rather more.
#include "common.h"

#include <dirent.h>
#include <stdint.h>

// os.Remove
static int go_remove(const char *path) {
    if (unlinkat(AT_FDCWD, path, 0) == 0 || unlinkat(AT_FDCWD, path, AT_REMOVEDIR) == 0)
        return 0;
    return -1;
}

// os.removeAllFrom: entries first, then the directory, each level opened by name in its parent.
static void go_remove_from(int parent, const char *name) {
    struct stat status;
    if (unlinkat(parent, name, 0) == 0 || errno == ENOENT)
        return;
    if (errno != EISDIR || fstatat(parent, name, &status, AT_SYMLINK_NOFOLLOW) < 0)
        fail("unlinkat", name);
    int directory = openat(parent, name, O_RDONLY | O_CLOEXEC);
    if (directory < 0)
        fail("openat", name);
    _Alignas(8) char buffer[8192];
    long length;
    while ((length = syscall(SYS_getdents64, directory, buffer, sizeof buffer)) > 0) {
        for (long at = 0; at < length;) {
            // struct linux_dirent64: the record's length at 16, its name at 19.
            const char *entry = buffer + at + 19;
            at += *(uint16_t *)(buffer + at + 16);
            if (strcmp(entry, ".") != 0 && strcmp(entry, "..") != 0)
                go_remove_from(directory, entry);
        }
    }
    close(directory);
    if (unlinkat(parent, name, AT_REMOVEDIR) < 0)
        fail("unlinkat", name);
}

// os.RemoveAll
static void go_remove_all(const char *tree, const char *name) {
    char path[4096];
    snprintf(path, sizeof path, "%s/%s", tree, name);
    if (go_remove(path) == 0 || errno == ENOENT)
        return;
    int parent = open(tree, O_RDONLY | O_CLOEXEC);
    if (parent < 0)
        fail("open", tree);
    go_remove_from(parent, name);
    close(parent);
}

static void reset(const char *root, const char *name) {
    char tree[2048], path[4096];
    snprintf(tree, sizeof tree, "%s/%s", root, name);
    snprintf(path, sizeof path, "%s/mountpoint/", tree);
    if (go_remove(path) < 0) {
        if (errno != ENOENT)
            fail("remove", path);
        return;
    }
    go_remove_all(tree, "activemounts");
    snprintf(path, sizeof path, "%s/activemounts/", tree);
    if (mkdirat(AT_FDCWD, path, 0777) < 0)
        fail("mkdirat", path);
    go_remove_all(tree, "workdir");
    dprintf(STDOUT_FILENO, "Detected volume %s. The state was dirty, cleaned successfully\n", name);
}

int main(int argc, char **argv) {
    if (argc != 2) {
        fprintf(stderr, "usage: incumbent ROOT\n");
        return 2;
    }
    struct dirent **volumes;
    int count = scandir(argv[1], &volumes, NULL, alphasort);
    if (count < 0)
        fail("scandir", argv[1]);
    for (int i = 0; i < count; i++) {
        if (volumes[i]->d_name[0] != '.' && strcmp(volumes[i]->d_name, "lost+found") != 0)
            reset(argv[1], volumes[i]->d_name);
    }
    return 0;
}
