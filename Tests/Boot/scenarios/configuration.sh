# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
# Two roots from drop-ins; a setting nobody knows is a warning; what cannot be read is a failed unit that says where.
# boot-test: short/bookworm/container long/trixie/container
. "$(dirname "$0")/../lib.sh"

start
prepare <<'GUEST'
make_volume shop; mkdir "$root/shop/mountpoint"
make_volume mail /srv/volumes; mkdir /srv/volumes/mail/mountpoint
printf '[Volumes]\nRoot=/var/lib/overlayd/volumes\nColour=green\n' >/etc/overlayd/overlayd.conf.d/10-a.conf
printf '[Volumes]\nRoot=/srv/volumes\n' >/etc/overlayd/overlayd.conf.d/20-b.conf
sync
GUEST
must bed reboot
up
said=$(guest <<<'journalctl -b -u overlayd-reset -o cat --no-pager')
is "the system" running "$(<"$answers/booted")"
has "both roots" "$said" "shop: leftover, reset" "mail: leftover, reset" "in /srv/volumes:" "in /var/lib/overlayd/volumes:"
has "the warning" "$said" "10-a.conf:3" Colour

prepare <<'GUEST'
mkdir "$root/shop/mountpoint"
printf '[Volumes]\nRoot=/srv/volumes\nRoot relative\n' >/etc/overlayd/overlayd.conf.d/20-b.conf
sync
GUEST
must bed reboot
up
is "the system with a configuration that cannot be read" degraded "$(<"$answers/booted")"
guest >"$answers/failed" <<'GUEST'
property overlayd-reset.service ActiveState
property overlayd-reset.service ExecMainStatus
property multi-user.target ActiveState
ls -d "$root/shop/mountpoint"
journalctl -b -u overlayd-reset -o cat --no-pager
GUEST
has "the failed unit" "$(head -n 4 "$answers/failed" | paste -sd ' ')" "failed 2 active /var/lib/overlayd/volumes/shop/mountpoint"
has "its reason" "$(<"$answers/failed")" "/etc/overlayd/overlayd.conf.d/20-b.conf:3"
proved "two roots reset; an unknown key is a warning with its line; an unreadable file fails the unit with $(
    grep -o -m 1 '/etc/overlayd.*' "$answers/failed"), and the machine boots on"
finish
