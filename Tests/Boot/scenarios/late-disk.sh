# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
# The volumes lie on a disk that comes after everything else is up: the reset waits for it, and Docker for the reset.
# boot-test: long/*/vm
. "$(dirname "$0")/../lib.sh"

disk=$answers/disk

# late NAME MOUNTPOINT: the volumes root is a disk mounted there, and local-fs.target does not wait for it.
late() {
    local name=$1 where=$2 default drop began ended podman said
    truncate -s 64M "$disk" && mke2fs -q -F -t ext4 -L late "$disk"
    start
    must bed plug "$disk"
    prepare <<<"where=$where"'
until [ -e /dev/disk/by-label/late ]; do sleep 0.1; done
mkdir -p "$where" && mount LABEL=late "$where" || exit
make_volume shop "$where" && mkdir "$where/shop/mountpoint" && umount "$where" || exit
make_volume under "$where" && mkdir "$where/under/mountpoint" # what the disk covers is not looked at
echo "LABEL=late $where ext4 nofail,x-systemd.device-timeout=170 0 0" >/etc/fstab
if [ "$where" != "$root" ]; then # as docs/operations.md has it
    unit=$(systemd-escape -p --suffix=mount "$where")
    printf "[Volumes]\nRoot=%s\n" "$where" >/etc/overlayd/overlayd.conf.d/root.conf
    mkdir -p /etc/systemd/system/overlayd-reset.service.d
    printf "[Unit]\nWants=%s\nAfter=%s\n" "$unit" "$unit" >/etc/systemd/system/overlayd-reset.service.d/root.conf
fi
# Stands in for a container engine.
printf "[Service]\nType=oneshot\nRemainAfterExit=yes\nExecStart=/bin/true\n[Install]\nWantedBy=multi-user.target\n" >/etc/systemd/system/podman.service
systemctl -q enable podman.service && sync'
    bed stop
    must bed again
    for _ in {1..60}; do
        guest --timeout 5 2>/dev/null <<<'systemctl -q is-active basic.target' && break
        sleep 1
    done
    is "$name: the reset and the container engine before the disk is there" "inactive inactive" \
        "$(guest <<<'sleep 3; property overlayd-reset.service ActiveState; property podman.service ActiveState' | paste -sd ' ')"
    must bed plug "$disk"
    up
    is "$name: the system" running "$(<"$answers/booted")"
    guest <<<"where=$where"'
property "$(systemd-escape -p --suffix=mount "$where")" ActiveEnterTimestampMonotonic
property overlayd-reset.service InactiveExitTimestampMonotonic
property overlayd-reset.service ActiveEnterTimestampMonotonic
property podman.service InactiveExitTimestampMonotonic
journalctl -b -u overlayd-reset -t overlayd-reset -o cat --no-pager' >"$answers/after"
    { read -r mounted; read -r began; read -r ended; read -r podman; } <"$answers/after"
    holds "$name: the reset begins after the mount" "$mounted > 0 && $began >= $mounted"
    holds "$name: the container engine begins after the reset" "$ended > 0 && $podman >= $ended"
    said=$(tail -n +5 "$answers/after")
    has "$name, what it said" "$said" "shop: leftover, reset: "
    lacks "$name, what it said" "$said" "under:"
    proved "$name: mounted $((mounted / 1000000)) s into the boot, the reset began $(((began - mounted) / 1000)) ms after it and the container engine after the reset;"
}

late "the default root" /var/lib/overlayd/volumes
[ "$failures" = 0 ] || finish
must bed destroy
late "another root with its drop-in" /srv/volumes
finish
