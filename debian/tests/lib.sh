# SPDX-License-Identifier: Apache-2.0
# What the tests share: volumes made by hand, in the root that the package configures. Sourced, never run.
# They want a machine of their own: they restart the reset and leave nothing behind but journal entries.
# shellcheck shell=bash
set -euo pipefail

root=/var/lib/overlayd/volumes
base=$(mktemp -d)
prefix=adt$$ # volumes of this run

fail() {
    printf 'FAIL: %s\n' "$*"
    journalctl -b -u overlayd-reset -u overlayd-empty-trash -n 30 --no-pager || true
    exit 1
}

# expect WHAT COMMAND...: fails with a sentence where the command does.
expect() {
    local what=$1
    shift
    "$@" || fail "$what ($*)"
    printf 'ok: %s\n' "$what"
}

absent() { [ ! -e "$1" ] && [ ! -L "$1" ]; }
holds() { [ "$(cat "$1")" = "$2" ]; }

# volume NAME: a mounted volume with one use and one written file, as a plugin leaves it while in use.
volume() {
    local volume=$root/$prefix$1
    mkdir -p "$volume"
    chmod 0700 "$volume"
    mkdir "$volume/activemounts" "$volume/upper" "$volume/workdir" "$volume/mountpoint"
    printf '{"BaseDirPath":"%s","Volatile":false}' "$base" >"$volume/metadata.json"
    printf '{"UsageCount":1}' >"$volume/activemounts/use"
    mount -t overlay "overlayd_$prefix$1" "$volume/mountpoint" \
        -o "lowerdir=$base,upperdir=$volume/upper,workdir=$volume/workdir"
    echo changed >"$volume/mountpoint/file"
}

# crashed NAME: what is left of one after a power cut.
crashed() {
    volume "$1"
    umount "$root/$prefix$1/mountpoint"
}

clean_up() {
    local mountpoint
    for mountpoint in "$root/$prefix"*/mountpoint; do
        if mountpoint -q "$mountpoint"; then umount "$mountpoint"; fi
    done
    rm -rf --one-file-system "$root/${prefix:?}"* "$base"
}
trap clean_up EXIT

echo original >"$base/file"
