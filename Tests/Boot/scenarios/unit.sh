# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
# The units as they run: in pid 1's mount namespace, hardened as far as stated, the trash off the critical path.
# boot-test: short/bookworm/container long/trixie/container long/*/vm
. "$(dirname "$0")/../lib.sh"

start
is "the system" running "$(<"$answers/booted")"
# Nothing is there yet: that is no error.
has "a boot without a root" "$(guest <<<'systemctl is-active overlayd-reset; journalctl -b -u overlayd-reset -o cat --no-pager')" \
    active "/var/lib/overlayd/volumes does not exist"

# The shipped units with a command added, which runs with all that the unit gives its program.
guest >"$answers/inside" <<'GUEST'
for unit in overlayd-reset overlayd-empty-trash; do
    mkdir -p "/run/systemd/system/$unit.service.d"
    printf '[Service]\nExecStartPre=/bin/sh -c "readlink /proc/self/ns/mnt; chrt -p $$$$; ionice -p $$$$; nice"\nStandardOutput=append:/run/%s.out\n' \
        "$unit" >"/run/systemd/system/$unit.service.d/look.conf"
done
printf 'ExecStartPost=/bin/mount -t tmpfs from-the-unit /mnt\n' >>/run/systemd/system/overlayd-reset.service.d/look.conf
systemctl daemon-reload && systemctl restart overlayd-reset.service && systemctl start overlayd-empty-trash.service
echo "pid1 $(readlink /proc/1/ns/mnt)"
echo "reset $(head -n 1 /run/overlayd-reset.out)"
echo "trash $(head -n 1 /run/overlayd-empty-trash.out)"
echo "mounts $(grep -c from-the-unit /proc/1/mountinfo)"
tail -n +2 /run/overlayd-empty-trash.out
rm -r /run/systemd/system/overlayd-*.service.d; systemctl daemon-reload
GUEST
word() { sed -n "s/^$1 //p" "$answers/inside"; }
pid1=$(word pid1)
has "pid 1's mount namespace" "$pid1" "mnt:["
is "the reset's mount namespace" "$pid1" "$(word reset)"
is "the trash emptying's mount namespace" "$pid1" "$(word trash)"
is "a mount made by the unit, in pid 1's table" 1 "$(word mounts)"
has "the priority of the trash emptying" "$(<"$answers/inside")" SCHED_IDLE idle $'\n19'

guest >"$answers/verify" 2>&1 <<<'systemd-analyze verify --man=no overlayd-reset.service overlayd-empty-trash.service'
is "systemd-analyze verify" "" "$(<"$answers/verify")"

# The figure that the README states, for each unit it states one for.
figures=""
for unit in overlayd-reset overlayd-empty-trash; do
    score=$(guest <<<"systemd-analyze security --no-pager $unit.service" | sed -n 's/.*Overall exposure level.*: \([0-9.]*\).*/\1/p')
    stated=$(sed -nE "s/.*$unit\.service[^0-9]*([0-9]\.[0-9]).*/\1/p" "$boot/../../README.md" | head -n 1)
    [ -n "$stated" ] || { [ "$unit" = overlayd-empty-trash ] || fail "README.md states no figure for $unit.service"; stated=9.9; }
    holds "the exposure of $unit, $score, is not over $stated" "${score/./} <= ${stated/./}"
    figures+=" $unit $score"
done

# multi-user.target does not wait for the trash, however long it takes.
prepare <<'GUEST'
mkdir -p /etc/systemd/system/overlayd-empty-trash.service.d
printf '[Service]\nExecStartPre=/bin/sleep 5\n' >/etc/systemd/system/overlayd-empty-trash.service.d/slow.conf
make_dirty_volumes 20
for volume in "$root"/v*; do touch "$volume/workdir/work/file"; done
sync
GUEST
must bed reboot
up
guest >"$answers/order" <<'GUEST'
until [ "$(property overlayd-empty-trash.service ActiveState)" = inactive ]; do sleep 0.1; done
property multi-user.target ActiveEnterTimestampMonotonic
property overlayd-empty-trash.service ExecMainStartTimestampMonotonic
find "$root" -maxdepth 2 -name '.overlayd-trash.*' | wc -l
GUEST
{ read -r reached; read -r began; read -r trash; } <"$answers/order"
holds "multi-user.target is reached before a slow trash emptying begins" "$reached > 0 && $reached < $began"
is "trash left" 0 "$trash"
proved "pid 1's mount namespace, verify silent, exposure:$figures; trash emptied at SCHED_IDLE, idle I/O, nice 19," \
    "$(((began - reached) / 1000)) ms after multi-user.target"
finish
