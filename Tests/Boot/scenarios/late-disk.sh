# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
# The volumes lie on a disk that comes after everything else is up: the reset waits for it, and Docker for the reset.
# boot-test: long/*/vm
. "$(dirname "$0")/../lib.sh"

disk=$answers/disk
truncate -s 64M "$disk" && mke2fs -q -t ext4 -L late "$disk"
start
must bed plug "$disk"
# One disk in two places: over the default root, and where a drop-in of docs/operations.md waits for it. Neither is
# waited for by local-fs.target.
prepare <<'GUEST'
until [ -e /dev/disk/by-label/late ]; do sleep 0.1; done
mkdir -p "$root" /srv/volumes && mount LABEL=late "$root" || exit
make_volume shop && mkdir "$root/shop/mountpoint"
make_volume mail "$root/.more" && mkdir "$root/.more/mail/mountpoint"
umount "$root" || exit
make_volume under && mkdir "$root/under/mountpoint" # what the disk covers is not looked at
printf '%s\n' "LABEL=late $root ext4 nofail,x-systemd.device-timeout=170 0 0" \
    "LABEL=late /srv/volumes ext4 nofail,x-systemd.device-timeout=170 0 0" >/etc/fstab
printf '[Volumes]\nRoot=%s\nRoot=/srv/volumes/.more\n' "$root" >/etc/overlayd/overlayd.conf.d/root.conf
mkdir -p /etc/systemd/system/overlayd-reset.service.d
printf '[Unit]\nWants=srv-volumes.mount\nAfter=srv-volumes.mount\n' >/etc/systemd/system/overlayd-reset.service.d/root.conf
# Stands in for a container engine.
printf '[Service]\nType=oneshot\nRemainAfterExit=yes\nExecStart=/bin/true\n[Install]\nWantedBy=multi-user.target\n' >/etc/systemd/system/podman.service
systemctl -q enable podman.service && sync
GUEST
bed stop
must bed again
for _ in {1..60}; do
    guest --timeout 5 2>/dev/null <<<'systemctl -q is-active basic.target' && break
    sleep 1
done
waiting=$(guest <<<'sleep 3; property overlayd-reset.service ActiveState; property podman.service ActiveState')
is "the reset and Docker's stand-in before the disk is there" "inactive inactive" "$(paste -sd ' ' <<<"$waiting")"
must bed plug "$disk"
up
guest >"$answers/after" <<'GUEST'
property srv-volumes.mount ActiveEnterTimestampMonotonic
property "$(systemd-escape -p --suffix=mount "$root")" ActiveEnterTimestampMonotonic
property overlayd-reset.service InactiveExitTimestampMonotonic
property overlayd-reset.service ActiveEnterTimestampMonotonic
property podman.service InactiveExitTimestampMonotonic
journalctl -b -u overlayd-reset -t overlayd-reset -o cat --no-pager
GUEST
{ read -r drop; read -r default; read -r began; read -r ended; read -r podman; } <"$answers/after"
holds "the reset begins after both mounts" "$drop > 0 && $default > 0 && $began >= $drop && $began >= $default"
holds "Docker's stand-in begins after the reset" "$ended > 0 && $podman >= $ended"
said=$(tail -n +6 "$answers/after")
has "what it said" "$said" "shop: leftover, reset: " "mail: leftover, reset: "
lacks "what it said" "$said" "under:"
is "the system" running "$(<"$answers/booted")"
proved "with the disk $((default / 1000000)) s after the start of the boot, the reset began $(((began - default) / 1000)) ms after its mount, and the container engine after it"
finish
