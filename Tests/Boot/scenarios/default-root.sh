# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
# The default root on a disk that is missing, or moved away behind a symbolic link, or closed to others: the unit
# runs, the other root is reset all the same, and an administrator's mode stays.
# boot-test: short/bookworm/container long/trixie/container
. "$(dirname "$0")/../lib.sh"

start
guest >"$answers/run" 2>&1 <<'GUEST'
printf '[Volumes]\nRoot=%s\n' /var/lib/overlayd/volumes /srv/other >/etc/overlayd/overlayd.conf.d/roots.conf
make_volume web && chmod 0700 /var/lib/overlayd
make_volume shop /srv/other
again() { # WORD: both made dirty, the unit run again
    mkdir -p "$root/web/mountpoint" /srv/other/shop/mountpoint
    systemctl restart overlayd-reset
    echo "$1: $(property overlayd-reset.service ActiveState) $(property overlayd-reset.service ExecMainStatus)" \
        "$(stat -Lc %a /var/lib/overlayd) $(ls -d "$root/web/mountpoint" /srv/other/shop/mountpoint 2>/dev/null | xargs)"
}
again plain

cat >/etc/systemd/system/var-lib-overlayd.mount <<'UNIT'
[Mount]
What=/srv/missing.img
Where=/var/lib/overlayd
Type=ext4
Options=loop
UNIT
systemctl daemon-reload
again missing
property var-lib-overlayd.mount Result
rm /etc/systemd/system/var-lib-overlayd.mount && systemctl daemon-reload

mv /var/lib/overlayd /srv/moved && ln -s /srv/moved /var/lib/overlayd
again linked
GUEST
is "as it comes" "plain: active 0 700 " "$(grep '^plain' "$answers/run")"
is "its disk is missing" "missing: active 0 700 " "$(grep '^missing' "$answers/run")"
has "the mount unit was tried" "$(cat "$answers/run")" "exit-code"
has "moved behind a link" "$(grep '^linked' "$answers/run")" "linked: "
lacks "the other root is reset beside it" "$(grep '^linked' "$answers/run")" /srv/other/shop
proved "the default root's disk missing: active, both roots reset; behind a symbolic link: $(grep '^linked' "$answers/run")"
[ "$failures" = 0 ] || cat "$answers/run"
finish
