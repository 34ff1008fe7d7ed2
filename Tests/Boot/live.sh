# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
# Volumes that are alive while a reset runs, and the question whether they still are. Sourced by scenarios.
#
#   inuse      mounted, with a use, and a process in it that appends to a file
#   unused     mounted, without a use: "stale", or "unrecorded" where systemd-logind's namespace has a copy of it
#   lazy       lazily unmounted; a process is still in it
#   elsewhere  mounted in another mount namespace only, with a process in it

make_live() {
    prepare <<'GUEST'
# What `isolate` stops must not be what holds.
hold() { # VOLUME COMMAND...
    local name=$1
    shift
    systemd-run -q --unit "holder-$name" -p IgnoreOnIsolate=yes -p KillMode=control-group "$@"
}
append='while :; do echo "$0 $(date +%s.%N)" >>growing; sleep 0.05; done'
for name in inuse unused lazy; do make_volume $name && mount_volume $name; done
rm "$root/unused/activemounts/use1"
for name in inuse lazy; do hold $name -p WorkingDirectory="$root/$name/mountpoint" sh -c "$append" $name; done
until [ -s "$root/lazy/upper/growing" ] && [ -s "$root/inuse/upper/growing" ]; do sleep 0.05; done
umount -l "$root/lazy/mountpoint"
make_volume elsewhere && mkdir "$root/elsewhere/mountpoint" "$root/elsewhere/workdir" && touch "$root/elsewhere/activemounts/use1"
hold elsewhere unshare --mount --propagation private sh -c "umount -a -t overlay; mount -t overlay docker-on-top_elsewhere $root/elsewhere/mountpoint \
    -o lowerdir=$base,upperdir=$root/elsewhere/upper/,workdir=$root/elsewhere/workdir/ && cd $root/elsewhere/mountpoint && $append" elsewhere
until [ -s "$root/elsewhere/upper/growing" ]; do sleep 0.05; done
GUEST
}

# unharmed WHEN [NAME...]: each can be written to and read, through the overlay that it has been all the time; its
# workdir is the one that the overlay was mounted with.
unharmed() {
    local when=$1 answer
    shift
    [ $# -gt 0 ] || set -- inuse unused lazy elsewhere
    answer=$(guest 2>&1 <<<"names='$*'"'
for name in $names; do
    case $name in
        unused) echo more >>"$root/$name/mountpoint/below" && grep -q more "$root/$name/upper/below" || echo "$name: cannot be written to"
            mountpoint -q "$root/$name/mountpoint" || echo "$name: is not mounted" ;;
        *)  size=$(stat -c %s "$root/$name/upper/growing")
            for _ in $(seq 100); do [ "$(stat -c %s "$root/$name/upper/growing")" -gt "$size" ] && break; sleep 0.1; done
            [ "$(stat -c %s "$root/$name/upper/growing")" -gt "$size" ] || echo "$name: nothing is written any more"
            pid=$(property holder-$name.service MainPID)
            # A copy-up and a removal of what is below want the workdir.
            nsenter -t "$pid" -m -w sh -c "echo more >>below && rm -f through && mkdir made && mv made moved && rmdir moved" 2>/dev/null || echo "$name: changes fail" ;;
    esac
    [ -d "$root/$name/workdir/work" ] || echo "$name: has lost its workdir"
done
')
    is "what lives, $when" "" "$answer"
}

# has_states WHEN NAME=STATE...
has_states() {
    local when=$1 pair
    shift
    guest <<<'overlayctl status --json' >"$answers/states"
    for pair in "$@"; do
        is "the state of ${pair%%=*}, $when" "${pair#*=}" \
            "$(jq -r --arg name "${pair%%=*}" '.[] | select(.name == $name) | .state' "$answers/states")"
    done
}
