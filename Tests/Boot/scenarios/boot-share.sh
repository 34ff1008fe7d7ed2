# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
# What a reset of 1,000 dirty volumes takes of a boot, beside the same reset run by hand on the same machine.
# boot-test: long/*/*
. "$(dirname "$0")/../lib.sh"

readonly count=1000 wanted=150 # percent of the run by hand
redirty='for volume in "$root"/v*; do echo "$volume/mountpoint" "$volume/workdir/work"; done | xargs mkdir -p; for volume in "$root"/v*; do : >"$volume/activemounts/use1"; done; sync'
start
prepare --timeout 600 <<<"make_dirty_volumes $count; sync"
median() { sort -n | sed -n "$((($1 + 1) / 2))p"; }

for _ in 1 2 3; do
    must bed cut
    must bed again
    up
    guest --timeout 600 <<GUEST
began=\$(property overlayd-reset.service InactiveExitTimestampMonotonic)
ended=\$(property overlayd-reset.service ActiveEnterTimestampMonotonic)
said=\$(journalctl -b -u overlayd-reset -o cat --no-pager | grep '0 clean, $count reset') || exit
echo "boot \$((ended - began))"
echo "boot-itself \$(sed 's/.*; \([0-9]*\) ms/\1000/' <<<"\$said")"
$redirty
GUEST
done >"$answers/figures"

# By hand: the caches are as cold as in a boot. And started by systemd, which has its own price.
guest --timeout 1200 >>"$answers/figures" <<GUEST
for way in hand unit; do
    for _ in 1 2 3 4 5; do
        $redirty
        echo 3 2>/dev/null >/proc/sys/vm/drop_caches # a container may not, and finds them warm at its boot, too
        sleep 1
        began=\${EPOCHREALTIME/./}
        case \$way in
            hand) overlayd-reset >/root/said; [ "\$(grep -c ': lost, reset: ' /root/said)" = $count ] || exit
                echo "hand-itself \$(sed -n 's/.* volumes in .*; \([0-9]*\) ms/\1000/p' /root/said)" ;;
            unit) systemctl restart overlayd-reset ;;
        esac
        echo "\$way \$((\${EPOCHREALTIME/./} - began))"
    done
done
GUEST
figure() { sed -n "s/^$1 //p" "$answers/figures" | median "$(grep -c "^$1 " "$answers/figures")"; }
boot_usec=$(figure boot) hand=$(figure hand) unit=$(figure unit)
is "figures" "3 5 5" "$(grep -c '^boot ' "$answers/figures") $(grep -c '^hand ' "$answers/figures") $(grep -c '^unit ' "$answers/figures")"
[ "$failures" = 0 ] || finish
percent=$((boot_usec * 100 / hand))
# An emulated machine that others use is no bench: the figure is told, and only a wholly different one is a failure.
holds "the share of the boot is not another order of magnitude" "$percent < 1000"
reached=reached
[ "$percent" -le "$wanted" ] || reached="not reached"
proved "$count dirty volumes: $((boot_usec / 1000)) ms of the boot, $((hand / 1000)) ms by hand, $((unit / 1000)) ms by systemctl" \
    "(of it the program at work: $(($(figure boot-itself) / 1000)) ms in the boot, $(($(figure hand-itself) / 1000)) ms by hand):" \
    "$((percent / 100)).$(printf %02d $((percent % 100))) times (at most 1.50 is wanted: $reached)"
finish
