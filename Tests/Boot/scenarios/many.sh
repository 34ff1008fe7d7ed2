# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
# 10,000 dirty volumes at one boot: all are reset, the journal has a sum and not 10,000 lines, memory stays small.
# boot-test: short/bookworm/container long/trixie/container long/*/vm
. "$(dirname "$0")/../lib.sh"

start
prepare --timeout 1200 <<'GUEST'
make_dirty_volumes 10000
sync
GUEST
must bed cut
must bed again
up
guest --timeout 600 >"$answers/run" <<'GUEST'
journalctl -b -u overlayd-reset -t overlayd-reset -o cat --no-pager >/root/said
wc -l </root/said
grep -c ': lost, reset: ' /root/said
grep ' volumes in ' /root/said
property overlayd-reset.service ActiveState
ls "$root" | wc -l
find "$root" -mindepth 2 -maxdepth 2 \( -name mountpoint -o -name workdir \) | wc -l
cat "$root"/*/upper/note | sha256sum; ls "$root" | sha256sum
GUEST
{ read -r lines; read -r each; read -r sum; read -r active; read -r volumes; read -r left; read -r notes; read -r names; } <"$answers/run"
has "the sum" "$sum" "10000 volumes in /var/lib/overlayd/volumes: 0 clean, 10000 reset; "
is "the unit, the volumes, what is left of their mounts" "active 10000 0" "$active $volumes $left"
is "what was written" "$notes" "$names"
holds "lines in the journal" "$lines <= 110 && $each == 100"
has "the line about those left out" "$(guest <<<'cat /root/said')" "9900 more"
# The peak of a run of the same size, asked of the kernel until the run ends.
guest --timeout 1200 >"$answers/memory" 2>&1 <<'GUEST'
for volume in "$root"/v*; do echo "$volume/mountpoint" "$volume/workdir/work"; done | xargs mkdir -p
overlayd-reset >/dev/null &
while kill -0 $! 2>/dev/null && status=$(<"/proc/$!/status"); do sed -n 's/^VmHWM:[^0-9]*\([0-9]*\) kB/\1/p' <<<"$status"; done 2>/dev/null | sort -n | tail -n 1
GUEST
peak=$(tail -n 1 "$answers/memory")
holds "memory peak, KiB" "$peak > 0 && $peak < 65536"
proved "${sum#*: } in a boot, $lines lines in the journal, $((peak / 1024)) MiB at most"
finish
