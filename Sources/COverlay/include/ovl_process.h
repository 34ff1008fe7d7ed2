// SPDX-License-Identifier: Apache-2.0
// The process itself: priorities, limits, clocks.
#pragma once

#include <stdint.h>

int ovl_set_idle_priority(void);            // nice 19 and the idle I/O class, for this process
int64_t ovl_raise_descriptor_limit(void);   // soft limit to hard limit; what it is now
void ovl_grow_descriptor_table(int size);    // so that so many fit before it must grow
int64_t ovl_monotonic_nanoseconds(void);
void ovl_sleep_milliseconds(uint32_t milliseconds);
int ovl_is_terminal(int fd);
int ovl_random(void *buffer, uint32_t size);
// Runs body(context) on a new thread; the thread's handle, or minus errno.
int ovl_thread_start(void (*body)(void *), void *context, uint64_t *thread);
int ovl_thread_join(uint64_t thread);
