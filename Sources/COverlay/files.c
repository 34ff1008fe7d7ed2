// SPDX-License-Identifier: Apache-2.0
#define _GNU_SOURCE
#include "ovl_files.h"

#include <fcntl.h>
#include <linux/openat2.h>
#include <stdio.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "call.h"

#ifndef STATX_MNT_ID
#define STATX_MNT_ID 0x1000U  // Linux 5.8
#endif
#ifndef STATX_ATTR_MOUNT_ROOT
#define STATX_ATTR_MOUNT_ROOT 0x2000  // Linux 5.8
#endif

_Static_assert(OVL_O_DIRECTORY == O_DIRECTORY, "O_DIRECTORY");
_Static_assert(OVL_O_NOFOLLOW == O_NOFOLLOW, "O_NOFOLLOW");
_Static_assert(OVL_O_CLOEXEC == O_CLOEXEC, "O_CLOEXEC");
_Static_assert(OVL_O_PATH == O_PATH, "O_PATH");
_Static_assert(OVL_O_NONBLOCK == O_NONBLOCK, "O_NONBLOCK");
_Static_assert(OVL_O_CREAT == O_CREAT && OVL_O_EXCL == O_EXCL && OVL_O_WRONLY == O_WRONLY, "open flags");
_Static_assert(OVL_AT_FDCWD == AT_FDCWD && OVL_AT_REMOVEDIR == AT_REMOVEDIR, "at flags");

int ovl_openat2(int directory, const char *path, uint64_t flags, uint64_t mode, uint64_t resolve) {
    struct open_how how = {.flags = flags, .mode = mode, .resolve = resolve};
    // EAGAIN: a rename or mount raced with the walk; openat2(2) says to try again.
    for (int tries = 0;; tries++) {
        long fd = OVL_CALL(syscall(SYS_openat2, directory, path, &how, sizeof how));
        if (fd != -EAGAIN || tries == 64)
            return (int)fd;
    }
}

// Linux frees the number even when close(2) reports EINTR, so it is never repeated.
int ovl_close(int fd) { return close(fd) < 0 && errno != EINTR ? -errno : 0; }

long ovl_getdents64(int fd, void *buffer, size_t size) { return OVL_CALL(syscall(SYS_getdents64, fd, buffer, size)); }

long ovl_read(int fd, void *buffer, size_t size) { return OVL_CALL(read(fd, buffer, size)); }

long ovl_write(int fd, const void *buffer, size_t size) { return OVL_CALL(write(fd, buffer, size)); }

long ovl_rewind(int fd) { return OVL_CALL(lseek(fd, 0, SEEK_SET)); }

int ovl_unlinkat(int directory, const char *name, int flags) { return (int)OVL_CALL(unlinkat(directory, name, flags)); }

int ovl_mkdirat(int directory, const char *name, uint32_t mode) { return (int)OVL_CALL(mkdirat(directory, name, mode)); }

int ovl_renameat2(int from, const char *name, int to, const char *new_name, uint32_t flags) {
    return (int)OVL_CALL(renameat2(from, name, to, new_name, flags));
}

int ovl_flock_exclusive(int fd) { return (int)OVL_CALL(flock(fd, LOCK_EX | LOCK_NB)); }

int ovl_fsync(int fd) { return (int)OVL_CALL(fsync(fd)); }

int ovl_fchown(int fd, uint32_t uid, uint32_t gid) { return (int)OVL_CALL(fchown(fd, uid, gid)); }

int ovl_fchmod(int fd, uint32_t mode) { return (int)OVL_CALL(fchmod(fd, mode)); }

static int status_of(int directory, const char *path, int flags, struct ovl_status *status) {
    struct statx found;
    unsigned mask = STATX_BASIC_STATS | STATX_BTIME | STATX_MNT_ID;
    long result = OVL_CALL(statx(directory, path, flags | AT_NO_AUTOMOUNT, mask, &found));
    if (result < 0)
        return (int)result;
    *status = (struct ovl_status){
        .mode = found.stx_mode,
        .uid = found.stx_uid,
        .gid = found.stx_gid,
        .links = found.stx_nlink,
        .inode = found.stx_ino,
        .size = found.stx_size,
        .mount = found.stx_mnt_id,
        .device_major = found.stx_dev_major,
        .device_minor = found.stx_dev_minor,
        .born = found.stx_mask & STATX_BTIME ? found.stx_btime.tv_sec : 0,
        .modified = found.stx_mtime.tv_sec,
        .is_mount_root = (found.stx_attributes & STATX_ATTR_MOUNT_ROOT) != 0,
    };
    return 0;
}

int ovl_statx(int directory, const char *name, struct ovl_status *status) {
    return status_of(directory, name ? name : "", AT_SYMLINK_NOFOLLOW | (name ? 0 : AT_EMPTY_PATH), status);
}

int ovl_statx_following(const char *path, struct ovl_status *status) {
    return status_of(AT_FDCWD, path, 0, status);
}

long ovl_readlink(const char *path, char *buffer, size_t size) { return OVL_CALL(readlink(path, buffer, size)); }

long ovl_flistxattr(int fd, char *names, size_t size) { return OVL_CALL(flistxattr(fd, names, size)); }

long ovl_fgetxattr(int fd, const char *name, void *value, size_t size) {
    return OVL_CALL(fgetxattr(fd, name, value, size));
}

int ovl_fremovexattr(int fd, const char *name) { return (int)OVL_CALL(fremovexattr(fd, name)); }

int ovl_fsetxattr(int fd, const char *name, const void *value, size_t size) {
    return (int)OVL_CALL(fsetxattr(fd, name, value, size, 0));
}
