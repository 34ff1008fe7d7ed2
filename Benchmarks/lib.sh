# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash disable=SC2154
# What run.sh is built from: file systems, measured runs, medians, rows. Sourced, never run; run.sh
# sets $work, $floor, $root and $trees.

die() {
    printf 'run.sh: %s\n' "$*" >&2
    exit 1
}

# --- file systems and trees ---------------------------------------------------------------------

# A new ext4 with a journal at $root, so that every timed run meets the same disk: one that was used
# before would give each run another layout.
new_file_system() {
    drop_file_system
    truncate -s "$((1024 * 1024 + trees * 64))K" "$work/disk.img"
    # Written now, not by a kernel thread in the middle of a run; as many inodes as the trees need.
    mkfs.ext4 -q -F -J size=128 -N $((trees * 9 + 20000)) -E lazy_itable_init=0,lazy_journal_init=0 "$work/disk.img"
    mount -o loop,noatime "$work/disk.img" "$work/disk"
    mkdir "$root"
}

drop_file_system() {
    if mountpoint -q "$work/disk"; then umount "$work/disk"; fi
    rm -f "$work/disk.img"
}

# new_trees N dirty|clean: warm in the cache, and nothing of their making left to be written.
new_trees() {
    new_file_system
    "$floor/trees" "$root" "$1" "$2"
    sync
}

# A program that was fast because it did not do its work must not be quoted.
expect_clean() {
    local left
    left=$(find "$root" -mindepth 2 \( -name mountpoint -o -name workdir -o -name '.overlayd-*' \
        -o -path '*/activemounts/*' \) -print -quit)
    [[ -z $left ]] || die "$1 left ${left#"$root/"} behind"
}

# --- runs ---------------------------------------------------------------------------------------

# timed SERIES CMD...: one run; its line (wall user sys maxrss exit) goes to the end of the series.
timed() {
    local series=$1 line
    shift
    line=$("$floor/measure" "$work/output" "$@" 2>"$work/errors") || die "cannot run $1: $(<"$work/errors")"
    if [[ ${line##* } != 0 ]]; then
        # Of ten thousand lines, those that say why.
        { head -n 5 "$work/errors" && { grep -m 5 'What to do' "$work/output" || tail -n 5 "$work/output"; }; } >&2
        die "$1 ended with exit status ${line##* }"
    fi
    printf '%s\n' "$line" >>"$work/$series"
}

# paired ROUNDS FUNCTION...: calls each function once a round, in the opposite order every other
# round, so that a machine that grows slower or faster favours none of them.
paired() {
    local rounds=$1 round call backwards=()
    shift
    for call; do backwards=("$call" "${backwards[@]}"); done
    for ((round = 0; round < rounds; round++)); do
        if ((round % 2)); then
            for call in "${backwards[@]}"; do "$call"; done
        else
            for call; do "$call"; done
        fi
    done
}

# --- numbers ------------------------------------------------------------------------------------

median() {
    sort -g | awk '{ v[NR] = $1 } END { print NR % 2 ? v[(NR + 1) / 2] : (v[NR / 2] + v[NR / 2 + 1]) / 2 }'
}

# values SERIES FIGURE: one value a run; times in microseconds, memory in KiB.
values() {
    case $2 in
        wall) awk '{ print $1 }' "$work/$1" ;;
        cpu) awk '{ print $2 + $3 }' "$work/$1" ;;
        memory) awk '{ print $4 }' "$work/$1" ;;
    esac
}

# ratio SERIES SERIES FIGURE: the median of the pairs' ratios, which a slow minute does not move.
ratio() {
    paste <(values "$1" "$3") <(values "$2" "$3") | awk '{ print $1 / $2 }' | median
}

# --- the table ----------------------------------------------------------------------------------

row() { printf '%-46s %12s %12s %8s %10s  %s\n' "$@"; }

milliseconds() { awk -v us="$1" 'BEGIN { printf "%.2f ms", us / 1000 }'; }

# verdict VALUE '<' | '<=' LIMIT
verdict() {
    awk -v v="$1" -v l="$3" -v less="$2" 'BEGIN { print (v < l || (less == "<=" && v == l)) ? "ok" : "MISSED" }'
}

# compare TITLE OURS FLOOR FIGURE [LIMIT]: a row of two series; without a limit, for information.
compare() {
    local ratio wanted='-' judged='-'
    ratio=$(ratio "$2" "$3" "$4")
    if [[ -n ${5:-} ]]; then
        wanted="<= $5"
        judged=$(verdict "$ratio" '<=' "$5")
    fi
    row "$1" "$(milliseconds "$(values "$2" "$4" | median)")" "$(milliseconds "$(values "$3" "$4" | median)")" \
        "$(printf '%.2f' "$ratio")" "$wanted" "$judged"
}

# amount TITLE NUMBER UNIT [LIMIT]: a row without a floor.
amount() {
    local wanted='-' judged='-'
    if [[ -n ${4:-} ]]; then
        wanted="< $4 $3"
        judged=$(verdict "$2" '<' "$4")
    fi
    row "$1" "$(printf '%.2f %s' "$2" "$3")" - - "$wanted" "$judged"
}
