# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
# Install, upgrade, downgrade, remove, reinstall and purge on a booted system with volumes mounted: mounts and data stay.
# boot-test: short/bookworm/container long/trixie/container long/*/vm
. "$(dirname "$0")/../lib.sh"

# The same package under a higher version, with a conffile that has one line more.
newer=$answers/newer
dpkg-deb -R "$BED_DEB" "$newer"
sed -i 's/^Version: .*/Version: 0.1.1/' "$newer/DEBIAN/control"
echo '# 0.1.1' >>"$newer/etc/overlayd/overlayd.conf"
dpkg-deb --root-owner-group -b "$newer" "$answers/newer_overlayd.deb" >/dev/null
# The versions to choose from, away from the name of a file.
cp "$BED_DEB" "$answers/older_overlayd.deb"

start --bare --in "$answers/newer_overlayd.deb" --in "$answers/older_overlayd.deb"
prepare <<'GUEST'
make_volume shop && mount_volume shop
cat >/root/look <<'LOOK'
# One line of what must not change, and the package's state.
cd /var/lib/overlayd/volumes
printf '%s %s ' "$(dpkg-query -W -f '${db:Status-Abbrev} ${Version}' overlayd 2>/dev/null | tr -s ' ')" "$(systemctl is-enabled overlayd-reset 2>/dev/null)"
mountpoint -q shop/mountpoint && echo more >>shop/mountpoint/below && cat shop/mountpoint/{note,through} shop/upper/note | sha256sum | cut -c 1-16
LOOK
GUEST
step() { guest 2>&1 <<<"export DEBIAN_FRONTEND=noninteractive; { $1; } >/root/out 2>&1 || { echo FAILED; tail -n 20 /root/out; }; bash /root/look"; }

older=$(dpkg-deb -f "$BED_DEB" Version)
installed=$(step 'apt-get install -y /run/in/older_overlayd.deb')
data=${installed##* }
is "installed" "ii $older enabled $data" "$installed"
is "data" 16 "${#data}"
is "the reset after an installation" inactive "$(guest <<<'systemctl is-active overlayd-reset')"
invocation='property overlayd-reset.service InvocationID'
ran=$(guest <<<"systemctl start overlayd-reset; $invocation")
is "upgraded" "ii 0.1.1 enabled $data" "$(step 'apt-get install -y /run/in/newer_overlayd.deb')"
is "the reset after an upgrade, not run again" "$ran" "$(guest <<<"$invocation")"
is "downgraded" "ii $older enabled $data" "$(step 'apt-get install -y --allow-downgrades /run/in/older_overlayd.deb')"
is "the reset after a downgrade, not run again" "$ran" "$(guest <<<"$invocation")"

# A conffile that a person changed survives, and so does the choice not to run at boot.
step 'echo "# mine" >>/etc/overlayd/overlayd.conf; echo "[Volumes]" >/etc/overlayd/overlayd.conf.d/mine.conf; systemctl disable overlayd-reset' >/dev/null
is "upgraded, disabled" "ii 0.1.1 disabled $data" "$(step 'apt-get install -y -o Dpkg::Options::=--force-confold /run/in/newer_overlayd.deb')"
is "the changed conffile" 1 "$(guest <<<'grep -c mine /etc/overlayd/overlayd.conf')"
step 'systemctl enable overlayd-reset' >/dev/null

is "removed" "rc 0.1.1 $data" "$(step 'apt-get remove -y overlayd' | sed 's/ not-found / /; s/  */ /g')"
said=$(guest <<<'cat /root/out')
has "what a removal says" "$said" "stay mounted" /var/lib/overlayd/volumes/shop/mountpoint
is "programs after the removal" "" "$(guest <<<'ls /usr/sbin/overlayd-reset /usr/bin/overlayctl /lib/systemd/system/overlayd-* 2>/dev/null')"
is "reinstalled" "ii $older enabled $data" "$(step 'apt-get install -y --allow-downgrades -o Dpkg::Options::=--force-confold /run/in/older_overlayd.deb')"
is "the changed conffile, reinstalled" 1 "$(guest <<<'grep -c mine /etc/overlayd/overlayd.conf')"
has "a run after it" "$(guest <<<'systemctl restart overlayd-reset; journalctl -u overlayd-reset -o cat -n 5 --no-pager')" "1 mounted"

purged=$(step 'apt-get purge -y overlayd')
is "purged, the mount and the data" "$data" "${purged##* }"
has "what a purge says" "$(guest <<<'cat /root/out')" "volumes are kept" /var/lib/overlayd/volumes
guest >"$answers/left" 2>&1 <<'GUEST'
find / -xdev -ipath '*overlayd*' ! -path '/var/lib/overlayd*' ! -path '/root/*' ! -path '/run/in/*' ! -path '/var/log/*' ! -path '*/srv/*' \
    ! -path '/var/cache/*' ! -path '/proc/*' ! -path '/var/lib/dpkg/status*' 2>/dev/null
systemctl list-unit-files --no-legend 'overlayd*'
systemctl --failed --no-legend
GUEST
is "left after a purge" "/etc/overlayd /etc/overlayd/overlayd.conf.d /etc/overlayd/overlayd.conf.d/mine.conf" "$(LC_ALL=C sort "$answers/left" | paste -sd ' ')"
proved "install, upgrade to 0.1.1, downgrade, disable, remove, reinstall, purge with a volume mounted: it stayed mounted and writable," \
    "its data the same, the reset never ran by dpkg, a changed conffile was kept, /var/lib/overlayd/volumes is there after the purge"
finish
