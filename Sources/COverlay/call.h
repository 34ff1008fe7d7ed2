// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <errno.h>

// The value, or minus errno; EINTR is no answer.
#define OVL_CALL(expression)                                   \
    ({                                                         \
        long result_;                                          \
        do                                                     \
            result_ = (long)(expression);                      \
        while (result_ < 0 && errno == EINTR);                 \
        result_ < 0 ? -(long)errno : result_;                  \
    })
