# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
# Goes to the guest before each script: volumes and their states, made without the code under test.
set -uo pipefail
root=/var/lib/overlayd/volumes
base=/srv/base

# A tree at rest, with the kinds of files that an upper has.
make_volume() { # NAME [ROOT]
    local volume=${2:-$root}/$1
    mkdir -p "$base" && [ -e "$base/below" ] || echo 'below' >"$base/below"
    mkdir -p "${2:-$root}" && mkdir -m 700 "$volume" "$volume/activemounts" "$volume/upper" || return
    printf '{"BaseDirPath":"%s","Volatile":false}' "$base" >"$volume/metadata.json"
    echo "written in $1" >"$volume/upper/note"
    mkdir -m 1777 "$volume/upper/dir" && head -c 5000 /dev/urandom >"$volume/upper/dir/bytes"
    ln -s ../note "$volume/upper/dir/link"
    install -m 4755 -o 1000 -g 1000 "$volume/upper/note" "$volume/upper/program"
}

# Mounted as a container engine's plugin does it, with one recorded use, and written to.
mount_volume() { # NAME [ROOT]
    local volume=${2:-$root}/$1
    mkdir -p "$volume/mountpoint" "$volume/workdir" && printf '{"UsageCount":1}' >"$volume/activemounts/use1" &&
        mount -t overlay "docker-on-top_$1" "$volume/mountpoint" \
            -o "lowerdir=$base,upperdir=$volume/upper/,workdir=$volume/workdir/" &&
        echo "copied up in $1" >>"$volume/mountpoint/below" &&
        echo "through the overlay of $1" >"$volume/mountpoint/through"
}

# Dirty without a mount: quick, for many.
make_dirty_volumes() { # COUNT [ROOT]
    local name
    mkdir -p "${2:-$root}" "$base" && cd "${2:-$root}" || return
    for name in $(seq -f 'v%05.0f' 1 "$1"); do
        echo "$name/activemounts" "$name/upper" "$name/mountpoint" "$name/workdir/work"
    done | xargs mkdir -p
    for name in v*; do
        printf '{"BaseDirPath":"/srv/base","Volatile":false}' >"$name/metadata.json"
        : >"$name/activemounts/use1"
        echo "$name" >"$name/upper/note"
    done
}

# Makes what a row of states.sh says.
tree() { # NAME mounted|apart STATE OUTCOME SCRIPT
    make_volume "$1" || return
    if [ "$2" = mounted ]; then mount_volume "$1" || return; fi
    (cd "$root/$1" && eval "$5")
}

# What lies beside volumes in a root and is none of ours, or ours and unfinished.
make_strangers() {
    mkdir -p /srv/elsewhere && echo 'not to be touched' >/srv/elsewhere/file
    cd "$root" || return
    echo 'a file' >notes.txt
    ln -s /srv/elsewhere linked
    mkdir -p lost+found .hidden 'a name' .overlayd-doubt.5/upper && echo kept | tee .hidden/file 'a name/file' >.overlayd-doubt.5/upper/file
    mkdir -p .overlayd-trash.7/upper .overlayd-new.9 && echo gone >.overlayd-trash.7/upper/file
}

# One line for everything that a person owns: the uppers, metadata, files in a bare mountpoint, which a reset
# moves to recovered-files.N, and what is no volume. Two of these lists are equal if nothing was lost.
shopt -s extglob
user_bytes() ( # [ROOT]
    shopt -s dotglob nullglob
    cd "${1:-$root}" || return
    local entry part
    for entry in *; do
        case $entry in .overlayd-trash.* | .overlayd-new.*) continue ;; esac
        if [ -e "$entry/metadata.json" ] || [ -d "$entry/upper" ] && [[ $entry != .* ]]; then
            for part in "$entry"/{upper,metadata.json,mountpoint,recovered-files.*}; do
                if [ ! -e "$part" ] || [ -L "$part" ] || mountpoint -q "$part"; then continue; fi
                list_bytes "$part" "${part/%@(mountpoint|recovered-files.*)/files}"
            done
        else
            list_bytes "$entry" "$entry"
        fi
    done | LC_ALL=C sort
    [ ! -d /srv/elsewhere ] || list_bytes /srv/elsewhere elsewhere
)

list_bytes() { # PATH, NAME IN THE LIST
    find "$1" -mindepth 1 ! -name unsynced -printf "$2/%P %y %m %U:%G %l\n"
    find "$1" -type f ! -name unsynced -exec sha256sum {} + | sed "s|  $1|  $2|"
}

# A property of a unit, bare.
property() { systemctl show --value -p "$2" "$1"; }
