# shellcheck shell=bash disable=SC2154
# SPDX-License-Identifier: Apache-2.0
# Talking with a running VM: scripts to the guest's agent, commands to QEMU. Sourced by `vm`, which sets $dir
# and alive().

now_ms() { local t=${EPOCHREALTIME/[.,]/}; echo $((t / 1000)); }

# exchange TIMEOUT SCRIPT: the script's status in the guest; 124 when no answer came, 125 when the VM is gone.
exchange() {
    local timeout=$1 script=$2 token=$$.$RANDOM mark got status olen elen line deadline
    alive || return 125
    local LC_ALL=C # lengths below are bytes
    # The pipe is held open: a guest that reboots in between must not look like the end of the file.
    exec 4<>"$dir/sh.out" 5<>"$dir/sh.in"
    printf '@@BED %s %d\n%s' "$token" "${#script}" "$script" >&5 &
    local writer=$!
    deadline=$(($(now_ms) + timeout * 1000))
    while :; do
        (($(now_ms) < deadline)) || { kill "$writer" 2>/dev/null; return 124; }
        alive || { kill "$writer" 2>/dev/null; return 125; }
        IFS= read -r -t 1 line <&4 || continue
        read -r mark got status olen elen <<<"$line"
        [[ $mark == @@BED && $got == "$token" ]] && break # else a stale or broken answer
    done
    head -c "$olen" <&4
    head -c "$elen" <&4 >&2
    return "$status"
}

# talk TIMEOUT SCRIPT: the same, one request at a time for each VM.
talk() { (flock 9; exchange "$@") 9>"$dir/lock"; }

# monitor JSON: one command to QEMU, its answer on stdout.
monitor() {
    local line
    exec 6<>"$dir/qmp.out"
    if [ ! -e "$dir/qmp.ready" ]; then
        echo '{"execute":"qmp_capabilities"}' >"$dir/qmp.in"
        while IFS= read -r -t 10 line <&6; do [[ $line == *'"return"'* ]] && break; done
        touch "$dir/qmp.ready"
    fi
    echo "$1" >"$dir/qmp.in"
    while IFS= read -r -t 60 line <&6; do
        [[ $line == *'"return"'* || $line == *'"error"'* ]] || continue
        echo "$line"
        [[ $line == *'"return"'* ]]
        return
    done
    return 1
}
