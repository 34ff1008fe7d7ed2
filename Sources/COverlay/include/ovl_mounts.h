// SPDX-License-Identifier: Apache-2.0
// Mounts: the new mount API (Linux 5.2), statmount and listmount (6.8), namespaces (nsfs, 6.12).
#pragma once

#include <stddef.h>
#include <stdint.h>

int ovl_fsopen(const char *type);
int ovl_fsconfig_string(int fs, const char *key, const char *value);
int ovl_fsconfig_descriptor(int fs, const char *key, int fd);  // overlay layers by descriptor: Linux 6.13
int ovl_fsconfig_create(int fs);
int ovl_fsmount(int fs);

// What one statmount(2) call told of a mount. The strings point into the caller's buffer, NULL when absent.
struct ovl_mount {
    uint64_t id;
    uint64_t parent;
    uint32_t device_major;
    uint32_t device_minor;
    uint64_t magic;
    const char *point;
    const char *source;
    const char *options;   // the superblock's, comma-separated, octal escapes as in mountinfo (Linux 6.11)
};

#define OVL_OVERLAYFS_MAGIC 0x794c7630

// Mount ids in a namespace (0: the caller's), those after `after`; how many, or minus errno.
long ovl_listmount(uint64_t namespace_id, uint64_t after, uint64_t *ids, size_t count);
// Device and magic only: one microsecond, no strings.
int ovl_statmount_basic(uint64_t namespace_id, uint64_t id, struct ovl_mount *mount);
// With strings, which `buffer` must hold: -EOVERFLOW when it is too small.
int ovl_statmount_strings(uint64_t namespace_id, uint64_t id, void *buffer, size_t size, struct ovl_mount *mount);

// Each takes a descriptor of a mount namespace (/proc/self/ns/mnt).
int ovl_namespace_id(int fd, uint64_t *id);
int ovl_namespace_next(int fd, uint64_t *id);      // a descriptor of the next one, or -ENOENT at the end
int ovl_namespace_previous(int fd, uint64_t *id);
