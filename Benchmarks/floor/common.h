// SPDX-License-Identifier: Apache-2.0
// What the floors share: the names of the trees, so that none has to be looked up, and one way to stop.
#pragma once

#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

// A floor that failed half-way has measured nothing, so it never goes on.
static inline _Noreturn void fail(const char *call, const char *name) {
    fprintf(stderr, "%s %s: %s\n", call, name, strerror(errno));
    exit(1);
}

static inline int open_root(const char *path) {
    int root = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (root < 0)
        fail("open", path);
    return root;
}

static inline unsigned long number(const char *text) {
    char *end;
    unsigned long value = strtoul(text, &end, 10);
    if (*text == '\0' || *end != '\0') {
        errno = EINVAL;
        fail("number", text);
    }
    return value;
}

// A directory of the tree, opened the way that nothing planted there leads out of it.
static inline int open_beneath(int directory, const char *name, int flags) {
    struct open_how how = {
        .flags = (unsigned)flags | O_CLOEXEC,
        .resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | RESOLVE_NO_XDEV,
    };
    int fd = (int)syscall(SYS_openat2, directory, name, &how, sizeof how);
    if (fd < 0)
        fail("openat2", name);
    return fd;
}

#define TREE_NAME "v%05lu"
// As long as a container engine's mount id.
#define USE_NAME "%064lx"
