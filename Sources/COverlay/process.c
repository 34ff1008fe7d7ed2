// SPDX-License-Identifier: Apache-2.0
#define _GNU_SOURCE
#include "ovl_process.h"

#include <fcntl.h>
#include <pthread.h>
#include <stdlib.h>
#include <sys/random.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "call.h"

int ovl_set_idle_priority(void) {
    enum { WHO_PROCESS = 1, CLASS_IDLE = 3, CLASS_SHIFT = 13 };  // ioprio_set(2)
    if (setpriority(PRIO_PROCESS, 0, 19) < 0)
        return -errno;
    return (int)OVL_CALL(syscall(SYS_ioprio_set, WHO_PROCESS, 0, CLASS_IDLE << CLASS_SHIFT));
}

int64_t ovl_raise_descriptor_limit(void) {
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) < 0)
        return -errno;
    rlim_t soft = limit.rlim_cur;
    limit.rlim_cur = limit.rlim_max;
    return (int64_t)(setrlimit(RLIMIT_NOFILE, &limit) < 0 ? soft : limit.rlim_cur);
}

void ovl_grow_descriptor_table(int size) {
    int fd = fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, size - 1);
    if (fd >= 0)
        close(fd);
}

int64_t ovl_monotonic_nanoseconds(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

void ovl_sleep_milliseconds(uint32_t milliseconds) {
    struct timespec pause = {.tv_sec = milliseconds / 1000, .tv_nsec = (milliseconds % 1000) * 1000000L};
    nanosleep(&pause, NULL);
}

int ovl_is_terminal(int fd) { return isatty(fd); }

int ovl_random(void *buffer, uint32_t size) { return (int)OVL_CALL(getrandom(buffer, size, 0)); }

struct start {
    void (*body)(void *);
    void *context;
};

static void *run(void *argument) {
    struct start start = *(struct start *)argument;
    free(argument);
    start.body(start.context);
    return NULL;
}

int ovl_thread_start(void (*body)(void *), void *context, uint64_t *thread) {
    struct start *start = malloc(sizeof *start);
    if (!start)
        return -ENOMEM;
    *start = (struct start){.body = body, .context = context};
    pthread_t handle;
    int error = pthread_create(&handle, NULL, run, start);
    if (error) {
        free(start);
        return -error;
    }
    *thread = (uint64_t)handle;
    return 0;
}

int ovl_thread_join(uint64_t thread) { return -pthread_join((pthread_t)thread, NULL); }
