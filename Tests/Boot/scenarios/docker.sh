# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
# The hazard itself: a container with --restart=always on a volume's mountpoint. Without the reset it comes up on the
# bare directory and writes there; with it, it does not, and what it wrote is found and kept.
# boot-test: short/bookworm/container long/trixie/container long/*/vm
. "$(dirname "$0")/../lib.sh"

start
prepare --timeout 600 <<'GUEST'
make_volume shop && mount_volume shop && systemctl -q enable --now docker.service || exit
mkdir -p /root/image/bin && cp /bin/busybox /root/image/bin/ && ln -s busybox /root/image/bin/sh
tar -C /root/image -c . | docker import - box >/dev/null || exit
docker run -d --name writer --restart=always --network none --security-opt apparmor=unconfined \
    --mount type=bind,source="$root/shop/mountpoint",target=/volume box \
    /bin/sh -c 'while :; do /bin/busybox date >>/volume/stamps; /bin/busybox sleep 1; done' || exit
for _ in $(seq 300); do [ -s "$root/shop/upper/stamps" ] && break; sleep 0.1; done
[ -s "$root/shop/upper/stamps" ] || exit
sync
GUEST
running='docker inspect -f "{{.State.Running}}" writer'

# Without the reset.
must bed cut
must bed again --append overlayd.reset=0
up
guest --timeout 120 >"$answers/bare" <<GUEST
for _ in \$(seq 600); do [ -s "\$root/shop/mountpoint/stamps" ] && break; sleep 0.1; done
$running
mountpoint -q "\$root/shop/mountpoint" || echo bare
sync
wc -l <"\$root/shop/mountpoint/stamps"
GUEST
is "without the reset" "true bare" "$(head -n 2 "$answers/bare" | paste -sd ' ')"
wrong=$(tail -n 1 "$answers/bare")
holds "lines in the wrong place" "$wrong > 0"

# With it, after another cut. Docker was there at once and had time to start what it wants to start.
must bed cut
must bed again --append overlayd.reset=1
up
guest --timeout 120 >"$answers/reset" <<GUEST
property overlayd-reset.service ActiveEnterTimestampMonotonic
property docker.service InactiveExitTimestampMonotonic
$running
ls -d "\$root/shop/mountpoint" 2>/dev/null || echo gone
wc -l <"\$root/shop/recovered-files.1/stamps"
journalctl -b -u overlayd-reset -t overlayd-reset -o cat --no-pager
docker start writer 2>&1 | grep -o 'bind source path does not exist'
GUEST
{ read -r ended; read -r began; read -r state; read -r bare; read -r kept; } <"$answers/reset"
holds "Docker begins after the reset" "$ended > 0 && $began >= $ended"
is "the container, and the bare mountpoint" "false gone" "$state $bare"
holds "the lines are kept" "$kept >= $wrong"
has "what was said" "$(<"$answers/reset")" "shop: obstructed, reset: " "bind source path does not exist"
proved "without the reset the container wrote $wrong lines to the bare mountpoint; with it Docker began $(((began - ended) / 1000)) ms later," \
    "the container found no bare mountpoint, and the $kept lines are in recovered-files.1"
finish
