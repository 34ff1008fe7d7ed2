# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
# Volumes roots on a read-only file system, that are a file, that are not there: each is told, none is in the way of
# the next root or of the boot. One that cannot be opened fails the unit.
# boot-test: short/bookworm/container long/trixie/container long/*/vm
. "$(dirname "$0")/../lib.sh"

disk=$answers/disk
case $BED_KIND in
    vm) truncate -s 64M "$disk" && start --disk "$disk" ;;
    container) start ;; # has no disks: there it is a tmpfs, and the unit is run again
esac
prepare <<'GUEST'
make_volume shop && mkdir "$root/shop/mountpoint"
mkdir -p /srv/disk
if [ -e /dev/disk/by-id/virtio-disk1 ]; then
    mke2fs -q -t ext4 /dev/disk/by-id/virtio-disk1 && mount /dev/disk/by-id/virtio-disk1 /srv/disk
    echo '/dev/disk/by-id/virtio-disk1 /srv/disk ext4 ro 0 0' >/etc/fstab
else
    mount -t tmpfs disk /srv/disk
fi
make_volume mail /srv/disk && mkdir -p /srv/disk/mail/mountpoint /srv/disk/mail/workdir/work && touch /srv/disk/mail/activemounts/a
make_volume rest /srv/disk
make_volume stuck /srv/disk && mkdir /srv/disk/stuck/mountpoint && echo precious >/srv/disk/stuck/mountpoint/file
user_bytes /srv/disk >/root/before
echo 'no directory' >/srv/file
printf '[Volumes]\nRoot=%s\n' /srv/disk /srv/file /srv/none "$root" >/etc/overlayd/overlayd.conf.d/roots.conf
sync
mount -o remount,ro /srv/disk
GUEST
if [ "$BED_KIND" = vm ]; then
    must bed reboot
    up
fi
guest >"$answers/run" <<'GUEST'
[ -e /dev/disk/by-id/virtio-disk1 ] || systemctl restart overlayd-reset 2>/dev/null
findmnt -n -o OPTIONS /srv/disk | cut -d , -f 1
property overlayd-reset.service ExecMainStatus
property overlayd-reset.service ActiveState
property multi-user.target ActiveState
user_bytes /srv/disk | diff /root/before - && echo the same
journalctl -b -u overlayd-reset -t overlayd-reset -o cat --no-pager
GUEST
has "the unit and the boot" "$(head -n 5 "$answers/run" | paste -sd ' ')" "ro 2 failed active the same"
said=$(tail -n +6 "$answers/run")
has "the read-only root" "$said" "mail: " "stuck: " "Read-only file system" "3 volumes in /srv/disk: 1 clean"
has "the file" "$said" /srv/file
has "the absent root" "$said" "/srv/none does not exist"
has "the root after them" "$said" "shop: leftover, reset: " "1 volume in /var/lib/overlayd/volumes: 0 clean, 1 reset"
proved "read-only file system: $(grep -o -m 1 'mail: .*' <<<"$said" | cut -c 1-160); a file as a root fails the unit, an absent one is told, the root after them is reset, and the machine boots on"
finish
