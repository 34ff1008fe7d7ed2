// SPDX-License-Identifier: Apache-2.0
#define _GNU_SOURCE
#include "ovl_mounts.h"

#include <linux/mount.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "call.h"

// Linux 6.8; the numbers are the same on every architecture.
#ifndef SYS_statmount
#define SYS_statmount 457
#endif
#ifndef SYS_listmount
#define SYS_listmount 458
#endif

// The ABI of statmount(2) and listmount(2), which Debian 12's headers do not have.
struct request {
    uint32_t size;
    uint32_t spare;
    uint64_t id;
    uint64_t param;
    uint64_t namespace_id;  // Linux 6.11
};
enum { REQUEST_OF_6_8 = 24 };

struct answer {
    uint32_t size, options;
    uint64_t mask;
    uint32_t device_major, device_minor;
    uint64_t magic;
    uint32_t superblock_flags, type;
    uint64_t id, parent;
    uint32_t old_id, old_parent;
    uint64_t attributes, propagation, peer_group, master, propagate_from;
    uint32_t root, point;
    uint64_t namespace_id;
    uint32_t subtype, source;
    uint64_t spare[48];
};
_Static_assert(offsetof(struct answer, point) == 108, "mnt_point");
_Static_assert(offsetof(struct answer, source) == 124, "sb_source");
_Static_assert(sizeof(struct answer) == 512, "the strings begin at byte 512");

enum {
    WANT_SUPERBLOCK = 0x1,
    WANT_MOUNT = 0x2,
    WANT_POINT = 0x10,
    WANT_SOURCE = 0x200,
    WANT_OPTIONS = 0x80,  // Linux 6.11; octal escapes as in mountinfo
};
#define LIST_ALL (~0ULL)

static struct request request_for(uint64_t namespace_id, uint64_t id, uint64_t param) {
    return (struct request){
        .size = namespace_id ? sizeof(struct request) : REQUEST_OF_6_8,
        .id = id,
        .param = param,
        .namespace_id = namespace_id,
    };
}

int ovl_fsopen(const char *type) { return (int)OVL_CALL(syscall(SYS_fsopen, type, 1 /* FSOPEN_CLOEXEC */)); }

int ovl_fsconfig_string(int fs, const char *key, const char *value) {
    return (int)OVL_CALL(syscall(SYS_fsconfig, fs, FSCONFIG_SET_STRING, key, value, 0));
}

int ovl_fsconfig_descriptor(int fs, const char *key, int fd) {
    return (int)OVL_CALL(syscall(SYS_fsconfig, fs, FSCONFIG_SET_FD, key, NULL, fd));
}

int ovl_fsconfig_create(int fs) {
    return (int)OVL_CALL(syscall(SYS_fsconfig, fs, FSCONFIG_CMD_CREATE, NULL, NULL, 0));
}

int ovl_fsmount(int fs) { return (int)OVL_CALL(syscall(SYS_fsmount, fs, FSMOUNT_CLOEXEC, 0)); }

long ovl_listmount(uint64_t namespace_id, uint64_t after, uint64_t *ids, size_t count) {
    struct request request = request_for(namespace_id, LIST_ALL, after);
    return OVL_CALL(syscall(SYS_listmount, &request, ids, count, 0));
}

static int statmount(uint64_t namespace_id, uint64_t id, uint64_t mask, struct answer *answer, size_t size) {
    struct request request = request_for(namespace_id, id, mask);
    return (int)OVL_CALL(syscall(SYS_statmount, &request, answer, size, 0));
}

int ovl_statmount_basic(uint64_t namespace_id, uint64_t id, struct ovl_mount *mount) {
    struct answer answer;
    int result = statmount(namespace_id, id, WANT_SUPERBLOCK | WANT_MOUNT, &answer, sizeof answer);
    if (result < 0)
        return result;
    *mount = (struct ovl_mount){
        .id = answer.id,
        .parent = answer.parent,
        .device_major = answer.device_major,
        .device_minor = answer.device_minor,
        .magic = answer.magic,
    };
    return 0;
}

int ovl_statmount_strings(uint64_t namespace_id, uint64_t id, void *buffer, size_t size, struct ovl_mount *mount) {
    struct answer *answer = buffer;
    const char *strings = (const char *)(answer + 1);
    uint64_t mask = WANT_SUPERBLOCK | WANT_MOUNT | WANT_POINT | WANT_SOURCE | WANT_OPTIONS;
    int result = statmount(namespace_id, id, mask, answer, size);
    if (result < 0)
        return result;
    *mount = (struct ovl_mount){
        .id = answer->id,
        .parent = answer->parent,
        .device_major = answer->device_major,
        .device_minor = answer->device_minor,
        .magic = answer->magic,
        .point = answer->mask & WANT_POINT ? strings + answer->point : NULL,
        .source = answer->mask & WANT_SOURCE ? strings + answer->source : NULL,
        .options = answer->mask & WANT_OPTIONS ? strings + answer->options : NULL,
    };
    return 0;
}

#define NAMESPACE_ID _IOR(0xb7, 5, uint64_t)  // Linux 6.11
struct namespace_info {
    uint32_t size, mounts;
    uint64_t id;
};
#define NAMESPACE_NEXT _IOR(0xb7, 11, struct namespace_info)  // Linux 6.12
#define NAMESPACE_PREVIOUS _IOR(0xb7, 12, struct namespace_info)

int ovl_namespace_id(int fd, uint64_t *id) { return (int)OVL_CALL(ioctl(fd, NAMESPACE_ID, id)); }

static int neighbour(int fd, unsigned long direction, uint64_t *id) {
    struct namespace_info info = {.size = sizeof info};
    int next = (int)OVL_CALL(ioctl(fd, direction, &info));
    if (next >= 0)
        *id = info.id;
    return next;
}

int ovl_namespace_next(int fd, uint64_t *id) { return neighbour(fd, NAMESPACE_NEXT, id); }

int ovl_namespace_previous(int fd, uint64_t *id) { return neighbour(fd, NAMESPACE_PREVIOUS, id); }
