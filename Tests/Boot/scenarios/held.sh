# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
# The boot's reset is switched off on the kernel command line, and made up for by hand with volumes mounted, lazily
# unmounted and mounted in another mount namespace: whatever lives is found, by this kernel's ways, and not harmed.
# boot-test: short/bookworm/container long/trixie/container long/*/vm
. "$(dirname "$0")/../lib.sh"
# shellcheck source=Tests/Boot/live.sh
. "$boot/live.sh"

start
prepare <<<'make_volume shop; make_volume mail; mount_volume mail; sync'
must bed cut
must bed again --append overlayd.reset=0
up
is "the system" running "$(<"$answers/booted")"
guest >"$answers/skipped" <<'GUEST'
property overlayd-reset.service ActiveState
property overlayd-reset.service ConditionResult
property overlayd-empty-trash.service ActiveState
ls -d "$root/mail/mountpoint" "$root/mail/activemounts/use1"
GUEST
is "the units, switched off" "inactive no inactive" "$(head -n 3 "$answers/skipped" | paste -sd ' ')"
is "the tree that was not reset" "$(printf '%s\n' /var/lib/overlayd/volumes/mail/{activemounts/use1,mountpoint})" \
    "$(tail -n 2 "$answers/skipped" | sort)"

make_live
unharmed "before"
guest >"$answers/check" 2>&1 <<<'overlayctl check'
has "overlayctl check" "$(<"$answers/check")" "ok   in-use probe" "ok   namespace scan"
has_states "by overlayctl status" inuse="in use" lazy=detached elsewhere=detached mail=lost

guest >"$answers/run" 2>&1 <<<'overlayd-reset; echo "status $?"'
has "the run by hand" "$(<"$answers/run")" "status 1" "mail: lost, reset: " "lazy: detached" "elsewhere: detached" "2 need a person"
unharmed "after a run by hand"
has_states "after it" inuse="in use" lazy=detached elsewhere=detached mail=clean

# Whoever held them lets go, and nothing is held any more: now they are reset.
guest <<<'systemctl stop holder-lazy holder-elsewhere; overlayd-reset; echo "status $?"' >"$answers/run" 2>&1
has "the run after that" "$(<"$answers/run")" "status 0" "lazy: lost, reset: " "elsewhere: lost, reset: "
unharmed "in the end" inuse unused
guest >"$answers/kept" <<<'cat "$root"/{lazy,elsewhere}/upper/growing'
has "what was written through the held overlays" "$(<"$answers/kept")" "lazy " "elsewhere "
proved "off switch obeyed; Linux $(guest <<<'uname -r'): $(sed -n 's/.*in-use probe: \(.*\)/\1/p; s/.*namespace scan: \(.*\)/\1/p' "$answers/check" | paste -sd ';');" \
    "lazily unmounted and elsewhere mounted overlays found, none harmed, reset once let go"
finish
