// SPDX-License-Identifier: Apache-2.0
// measure OUTPUT CMD...: runs one command, its standard output into the file OUTPUT, and prints what
// it took on one line: wall_us user_us sys_us maxrss_kib exit
//
// A shell's `time` counts in milliseconds, which is as long as the start of the program measured.
#include "common.h"

#include <spawn.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>

extern char **environ;

static long long now_us(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * 1000000LL + now.tv_nsec / 1000;
}

static long long in_us(struct timeval time) { return time.tv_sec * 1000000LL + time.tv_usec; }

int main(int argc, char **argv) {
    if (argc < 3) {
        fprintf(stderr, "usage: measure OUTPUT CMD...\n");
        return 2;
    }
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, argv[1], O_WRONLY | O_CREAT | O_TRUNC, 0600);

    pid_t pid;
    int status;
    struct rusage usage;
    long long begin = now_us();
    errno = posix_spawnp(&pid, argv[2], &actions, NULL, argv + 2, environ);
    if (errno != 0)
        fail("run", argv[2]);
    if (wait4(pid, &status, 0, &usage) < 0)
        fail("wait4", argv[2]);
    long long wall = now_us() - begin;

    int code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
    printf("%lld %lld %lld %ld %d\n", wall, in_us(usage.ru_utime), in_us(usage.ru_stime), usage.ru_maxrss, code);
    return 0;
}
