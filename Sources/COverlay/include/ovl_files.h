// SPDX-License-Identifier: Apache-2.0
// Files and directories: openat2(2), getdents64(2), statx(2) and the calls on names.
#pragma once

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

// open(2) flags as plain integers: glibc's macros are partly expressions Swift does not import.
#define OVL_O_CREAT 0100
#define OVL_O_EXCL 0200
#define OVL_O_WRONLY 01
#define OVL_O_DIRECTORY 0200000
#define OVL_O_NOFOLLOW 0400000
#define OVL_O_CLOEXEC 02000000
#define OVL_O_PATH 010000000
#define OVL_O_NONBLOCK 04000

// openat2(2), Linux 5.6
#define OVL_RESOLVE_NO_XDEV 0x01
#define OVL_RESOLVE_NO_MAGICLINKS 0x02
#define OVL_RESOLVE_NO_SYMLINKS 0x04
#define OVL_RESOLVE_BENEATH 0x08

#define OVL_AT_FDCWD (-100)
#define OVL_AT_REMOVEDIR 0x200
#define OVL_RENAME_NOREPLACE 1
#define OVL_RENAME_EXCHANGE 2

struct ovl_status {
    uint32_t mode;       // type and permission bits
    uint32_t uid;
    uint32_t gid;
    uint32_t links;
    uint64_t inode;
    uint64_t size;
    uint64_t mount;      // the mount id that mountinfo shows (Linux 5.8)
    uint32_t device_major;
    uint32_t device_minor;
    int64_t born;        // seconds since 1970, 0 where the file system does not keep it
    int64_t modified;    // seconds since 1970
    int32_t is_mount_root;
};

int ovl_openat2(int directory, const char *path, uint64_t flags, uint64_t mode, uint64_t resolve);
int ovl_close(int fd);
long ovl_getdents64(int fd, void *buffer, size_t size);
long ovl_read(int fd, void *buffer, size_t size);
long ovl_write(int fd, const void *buffer, size_t size);
long ovl_rewind(int fd);
int ovl_unlinkat(int directory, const char *name, int flags);
int ovl_mkdirat(int directory, const char *name, uint32_t mode);
int ovl_renameat2(int from, const char *name, int to, const char *new_name, uint32_t flags);
int ovl_flock_exclusive(int fd);  // never waits: -EWOULDBLOCK when another holds it
int ovl_fsync(int fd);
int ovl_fchown(int fd, uint32_t uid, uint32_t gid);
int ovl_fchmod(int fd, uint32_t mode);
// name == NULL: the descriptor itself. A symbolic link is reported, not followed.
int ovl_statx(int directory, const char *name, struct ovl_status *status);
// The same, following symbolic links: for paths that other programs wrote, to compare inodes only.
int ovl_statx_following(const char *path, struct ovl_status *status);
long ovl_readlink(const char *path, char *buffer, size_t size);
long ovl_flistxattr(int fd, char *names, size_t size);
long ovl_fgetxattr(int fd, const char *name, void *value, size_t size);
int ovl_fremovexattr(int fd, const char *name);
int ovl_fsetxattr(int fd, const char *name, const void *value, size_t size);
