# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
# A soft reboot ends all processes and mounts and keeps /run and the boot id: the trees are reset all the same.
# boot-test: long/trixie/container long/trixie/vm
. "$(dirname "$0")/../lib.sh"

start
prepare <<'GUEST'
for name in shop mail; do make_volume $name && mount_volume $name; done
# What systemd does not know of yet it does not unmount.
for name in shop mail; do
    until systemctl -q is-active "$(systemd-escape -p --suffix=mount "$root/$name/mountpoint")"; do sleep 0.1; done
done
user_bytes >/root/before
cat /proc/sys/kernel/random/boot_id >/root/boot-id
sync
# A moment later, so that this answers.
systemd-run -q --on-active=2s systemctl --no-block soft-reboot
GUEST
count=0
for _ in {1..120}; do
    count=$(guest --timeout 5 2>/dev/null <<<'systemctl show --value -p SoftRebootsCount') && [ "$count" = 1 ] && break
    sleep 0.5
done
is "soft reboots" 1 "$count"
up
guest >"$answers/after" <<'GUEST'
cmp /root/boot-id /proc/sys/kernel/random/boot_id && echo the same boot
property overlayd-reset.service ActiveState
user_bytes | diff /root/before -
GUEST
is "after it" "the same boot active" "$(paste -sd ' ' "$answers/after")"
has "what the reset said" "$(guest <<<'journalctl -b -u overlayd-reset -o cat --no-pager')" "shop: lost, reset: " "mail: lost, reset: "
proved "the same boot id, and the two mounted volumes were reset with every byte in place"
finish
