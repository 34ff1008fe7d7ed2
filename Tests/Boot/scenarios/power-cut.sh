# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
# The plug is pulled with trees of every state; the boot resets them before Docker starts, and nothing is lost.
# boot-test: short/bookworm/vm short/bookworm/container long/trixie/vm long/trixie/container
. "$(dirname "$0")/../lib.sh"

declare -A state outcome
tree() { state[$1]=$3 outcome[$1]=$4; }
# shellcheck source=Tests/Boot/states.sh
. "$boot/states.sh"

start
# Somebody goes on writing until the cut: what is not synced may be lost, and only that.
prepare < <(cat "$boot/states.sh" - <<'GUEST'
make_strangers
systemctl -q enable docker.service 2>/dev/null
user_bytes >/root/before
sync
systemd-run -q sh -c "while :; do date >>$root/growing/mountpoint/unsynced; sleep 0.01; done"
until [ -s "$root/growing/upper/unsynced" ]; do sleep 0.05; done
GUEST
)
must bed cut
must bed again
up

is "the system" running "$(<"$answers/booted")"
guest >"$answers/lost" <<'GUEST'
user_bytes | diff /root/before -
GUEST
is "what a user wrote, before and after" "" "$(head -n 20 "$answers/lost")"

# Each tree as the table has it.
guest <<<'overlayctl status --json' >"$answers/status"
guest <<<'journalctl -b -u overlayd-reset -t overlayd-reset -o cat --no-pager' >"$answers/said"
declare -A seen
while read -r name word; do seen[$name]=$word; done < <(jq -r '.[] | .name + " " + .state' "$answers/status")
reset=0 refused=0 untouched=0
for name in "${!state[@]}"; do
    line=$(grep -m 1 "^$name: " "$answers/said") || line=""
    case ${outcome[$name]} in
        reset) reset=$((reset + 1)) wanted=clean; has "the line about $name" "$line" "${state[$name]}, reset: " ;;
        refused) refused=$((refused + 1)) wanted=${state[$name]}; has "the line about $name" "$line" "${state[$name]}" ;;
        untouched) untouched=$((untouched + 1)) wanted=${state[$name]}; is "the line about $name" "" "$line" ;;
    esac
    # What was discarded lies in the trash until that is emptied: either is well.
    [[ $wanted == clean && ${seen[$name]:-} == leftover ]] || is "the state of $name" "$wanted" "${seen[$name]:-none}"
done
has "the summary" "$(grep ' volumes in ' "$answers/said")" "${#state[@]} volumes in /var/lib/overlayd/volumes: 1 clean, $reset reset" \
    "1 clean but for what is set aside, $refused need a person"

# The order: Docker begins when the reset has ended.
guest >"$answers/order" <<'GUEST'
property overlayd-reset.service ActiveEnterTimestampMonotonic
property docker.service InactiveExitTimestampMonotonic
property overlayd-reset.service ActiveState
property docker.service ActiveState
GUEST
{ read -r ended; read -r began; read -r active; read -r docker; } <"$answers/order"
is "overlayd-reset.service" active "$active"
is "docker.service" active "$docker"
holds "Docker begins after the reset" "$ended > 0 && $began >= $ended"

# What `systemctl status` shows to a person.
guest <<<'systemctl status --no-pager -n 100 overlayd-reset.service' >"$answers/shown"
is "the exit status of systemctl status" 0 $?
has "systemctl status" "$(<"$answers/shown")" "Loaded: loaded" "enabled" "Active: active (exited)" "shop: lost, reset: "

# The next boot has nothing more to do. (An emulated boot too many for CI.)
if [ "$BED_FORM" = long ] || [ "$BED_KIND" = container ]; then
    must bed reboot
    up
    guest <<<'journalctl -b -u overlayd-reset -t overlayd-reset -o cat --no-pager' >"$answers/said"
    has "the second boot" "$(grep ' volumes in ' "$answers/said")" ": $((untouched + reset)) clean, $refused need a person"
fi
proved "${#state[@]} trees after the cut: $reset reset, $refused left to a person, $untouched left alone;" \
    "$(guest <<<'wc -l </root/before') lines of names, owners, modes and checksums the same;" \
    "Docker began $(((began - ended) / 1000)) ms after the reset"
finish
