# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
# The reset runs again in the same boot, with volumes live: by restart, and around an isolate. Nothing is harmed.
# boot-test: short/bookworm/container long/trixie/container long/*/vm
. "$(dirname "$0")/../lib.sh"
# shellcheck source=Tests/Boot/live.sh
. "$boot/live.sh"

start
make_live
prepare <<<'make_volume crashed && mount_volume crashed && umount "$root/crashed/mountpoint"'
guest >"$answers/restart" <<'GUEST'
systemctl restart overlayd-reset.service
echo "restart $?"
property overlayd-reset.service ActiveState
property overlayd-reset.service ExecMainStatus
journalctl -b -u overlayd-reset -t overlayd-reset -o cat --no-pager
GUEST
has "the restart" "$(head -n 3 "$answers/restart" | paste -sd ' ')" "restart 0 active 1"
has "what it said" "$(<"$answers/restart")" "crashed: lost, reset: " "lazy: detached" "elsewhere: detached"
unharmed "after a restart"
has_states "after a restart" inuse="in use" lazy=detached elsewhere=detached crashed=clean

# To rescue.target and back: the unit is passed over, and does not run again.
guest >"$answers/isolate" <<'GUEST'
before=$(property overlayd-reset.service InvocationID)
systemctl isolate rescue.target
systemctl is-active rescue.target
systemctl is-active multi-user.target
property overlayd-reset.service ActiveState
systemctl isolate default.target
systemctl is-active multi-user.target
[ "$before" = "$(property overlayd-reset.service InvocationID)" ] && echo the same run
GUEST
is "isolate and back" "active inactive active active the same run" "$(paste -sd ' ' "$answers/isolate")"
unharmed "after isolate"

# Stopping the unit unmounts nothing; starting it again resets nothing that lives.
guest <<<'systemctl stop overlayd-reset; systemctl start overlayd-reset; systemctl is-active overlayd-reset' >"$answers/stop"
is "stop and start" active "$(<"$answers/stop")"
unharmed "after stop and start"
has_states "after stop and start" inuse="in use" lazy=detached elsewhere=detached
proved "restart, isolate rescue.target and back, stop and start: mounted, lazily unmounted and elsewhere mounted volumes" \
    "went on being written to, a crashed one was reset"
finish
