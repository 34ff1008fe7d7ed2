// SPDX-License-Identifier: Apache-2.0
// deletions ROOT N [THREADS]: the four deletions that a dirty tree needs, and nothing else.
//
// The names are known beforehand, nothing is looked at, locked, proven or reported: no program that
// resets these trees can do with less work in the file system.
#include "common.h"

#include <pthread.h>

struct slice {
    int root;
    unsigned long begin, end;
    pthread_t thread;
};

static void discard(int root, const char *tree, const char *part, int flags) {
    char path[160];
    size_t length = strlen(tree);
    memcpy(path, tree, length);
    strcpy(path + length, part);
    if (unlinkat(root, path, flags) < 0)
        fail("unlinkat", path);
}

static void *reset_slice(void *argument) {
    struct slice *slice = argument;
    char tree[32], use[96];
    for (unsigned long index = slice->begin; index < slice->end; index++) {
        snprintf(tree, sizeof tree, TREE_NAME "/", index);
        snprintf(use, sizeof use, "activemounts/" USE_NAME, index);
        discard(slice->root, tree, "mountpoint", AT_REMOVEDIR);
        discard(slice->root, tree, use, 0);
        discard(slice->root, tree, "workdir/work", AT_REMOVEDIR);
        discard(slice->root, tree, "workdir", AT_REMOVEDIR);
    }
    return NULL;
}

static void reset(int root, unsigned long count, unsigned long threads) {
    struct slice *slices = calloc(threads, sizeof *slices);
    if (slices == NULL)
        fail("calloc", "slices");
    for (unsigned long i = 0; i < threads; i++) {
        slices[i] = (struct slice){.root = root, .begin = count * i / threads, .end = count * (i + 1) / threads};
        errno = pthread_create(&slices[i].thread, NULL, reset_slice, &slices[i]);
        if (errno != 0)
            fail("pthread_create", "slice");
    }
    for (unsigned long i = 0; i < threads; i++)
        pthread_join(slices[i].thread, NULL);
    free(slices);
}

int main(int argc, char **argv) {
    unsigned long threads = argc == 4 ? number(argv[3]) : 1;
    if (argc < 3 || argc > 4 || threads == 0) {
        fprintf(stderr, "usage: deletions ROOT N [THREADS]\n");
        return 2;
    }
    int root = open_root(argv[1]);
    if (threads > 1) {
        reset(root, number(argv[2]), threads);
    } else {
        reset_slice(&(struct slice){.root = root, .begin = 0, .end = number(argv[2])});
    }
    return 0;
}
