// SPDX-License-Identifier: Apache-2.0
// trees ROOT N dirty|clean: makes N volume trees as they lie on disk after a crash, or after a reset.
#include "common.h"

static const char metadata[] = "{\"BaseDirPath\":\"/srv/base\",\"Volatile\":false}";
static const char use[] = "{\"UsageCount\":1}";

static void make_directory(int in, const char *name, mode_t mode) {
    if (mkdirat(in, name, mode) < 0)
        fail("mkdirat", name);
}

static void make_file(int in, const char *name, const char *text) {
    int fd = openat(in, name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
    if (fd < 0)
        fail("openat", name);
    if (write(fd, text, strlen(text)) != (ssize_t)strlen(text))
        fail("write", name);
    close(fd);
}

static void make_tree(int root, unsigned long index, int dirty) {
    char name[32], path[96];
    snprintf(name, sizeof name, TREE_NAME, index);
    make_directory(root, name, 0700);
    int tree = open_beneath(root, name, O_RDONLY | O_DIRECTORY);

    make_file(tree, "metadata.json", metadata);
    make_directory(tree, "activemounts", 0755);
    make_directory(tree, "upper", 0755);
    if (dirty) {
        make_directory(tree, "mountpoint", 0755);
        make_directory(tree, "workdir", 0700);
        make_directory(tree, "workdir/work", 0); // overlayfs gives it no permissions at all
        snprintf(path, sizeof path, "activemounts/" USE_NAME, index);
        make_file(tree, path, use);
    }
    close(tree);
}

int main(int argc, char **argv) {
    if (argc != 4 || (strcmp(argv[3], "dirty") != 0 && strcmp(argv[3], "clean") != 0)) {
        fprintf(stderr, "usage: trees ROOT N dirty|clean\n");
        return 2;
    }
    umask(0);
    int root = open_root(argv[1]);
    unsigned long count = number(argv[2]);
    for (unsigned long index = 0; index < count; index++)
        make_tree(root, index, strcmp(argv[3], "dirty") == 0);
    return 0;
}
