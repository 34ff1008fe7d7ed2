# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
# Every disk that a power cut in the middle of a reset could leave is reset by the next one, with every byte in place.
# boot-test: short/bookworm/host long/bookworm/host
. "$(dirname "$0")/../lib.sh"
# shellcheck source=Tests/Boot/guest.sh
. "$boot/guest.sh"
# shellcheck source=Tests/Boot/crash-list.sh
. "$boot/crash-list.sh"
if [ -z "${OVERLAYD_PRIVATE:-}" ]; then
    # Loop mounts and FUSE in a mount namespace of our own.
    OVERLAYD_PRIVATE=1 exec unshare --mount --propagation private bash "$0"
fi
[ -c /dev/fuse ] || skip "there is no /dev/fuse to log a disk's writes through"

folder=$answers
mkdir "$folder/mnt" "$folder/programs" "$folder/export"
dpkg-deb -x "$BED_DEB" "$folder/deb" && cp "$folder"/deb/usr/{s,}bin/overlay* "$folder/programs/"

# Small blocks make many writes, and a small journal is written back often.
root=$folder/mnt/volumes base=$folder/mnt/base
truncate -s 24M "$folder/base" && mke2fs -q -t ext4 -b 1024 -J size=1 -N 4096 "$folder/base"
mount -o loop "$folder/base" "$folder/mnt"
# A tree that is mounted at the cut looks, when power is back, like one that was unmounted and not cleaned up.
tree() {
    make_volume "$1" && { [ "$2" = apart ] || { mount_volume "$1" && umount "$root/$1/mountpoint"; }; } || return
    (cd "$root/$1" && eval "$5")
    case $4 in refused) echo "$1 $3" ;; *) echo "$1 clean" ;; esac >>"$folder/unsorted"
}
# shellcheck source=Tests/Boot/states.sh
. "$boot/states.sh"
LC_ALL=C sort "$folder/unsorted" >"$folder/states"
list_bytes "$root" >"$folder/bytes"
umount "$folder/mnt"
cp "$folder/base" "$folder/disk"

# The reset, slowed down at each change so that the file system commits in between, and the emptying of the trash.
device=$("$boot/bed/logged-disk" start "$folder/disk" "$folder/log" "$folder/export") || { fail "no logged disk"; exit 1; }
mount "$device" "$folder/mnt"
while :; do sync -f "$folder/mnt"; sleep 0.01; done 2>/dev/null &
syncing=$!
changes=unlinkat,renameat2,mkdirat
slow=(strace -f -qq -o /dev/null -e "trace=$changes" -e "inject=$changes:delay_exit=4000")
program=("$folder/programs/overlayd-reset" --namespace=self --volumes-root "$root")
"${slow[@]}" "${program[@]}" >"$folder/said" 2>&1
is "the exit status of the logged reset" 1 $?
"${slow[@]}" "${program[@]}" --empty-trash >>"$folder/said" 2>&1
is "the exit status of the logged emptying" 0 $?
kill "$syncing" && wait "$syncing" 2>/dev/null
umount "$folder/mnt"
"$boot/bed/logged-disk" stop "$folder/export"

choice=(--rounds 3)
[ "$BED_FORM" = long ] || choice=(--rounds 3 --sample 150)
"$boot/bed/replay" "$folder/log" "$folder/base" "$folder/state" "${choice[@]}" -- \
    "$boot/crash-check" "$folder/programs" "$folder" >"$folder/result" || fail "$(head -n 60 "$folder/result")"
read -r checked every writes flushes wrong <<<"$(tail -n 1 "$folder/result")"
holds "states" "$checked > 0 && $wrong == 0"
proved "$checked of $every states after $writes writes and $flushes flushes of a reset of $(wc -l <"$folder/states") trees:" \
    "each clean after the next reset, or with the person it needed before, $(wc -l <"$folder/bytes") names and checksums the same"
[ "$failures" = 0 ]
