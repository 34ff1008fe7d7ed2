// SPDX-License-Identifier: Apache-2.0
//
// The system calls that Swift cannot make by itself: variadic ones, ones that glibc 2.36 does not
// wrap, and structures newer than Debian 12's headers. One header a topic.
//
// Every function answers like the kernel does: a value, or minus errno. EINTR is retried here and
// nowhere else.
#pragma once

#include "ovl_files.h"
#include "ovl_mounts.h"
#include "ovl_process.h"
