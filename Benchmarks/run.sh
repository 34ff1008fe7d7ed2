#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Measures overlayd-reset against the floors in floor/ and prints a table (README.md says how to read
# it). Needs root: it makes file systems, in a mount namespace of its own.
#
#   run.sh [PROGRAM]          ROUNDS=5 N=10000; BENCH_QUICK=1: ROUNDS=2 N=1000
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
program=$(realpath -e "${1:-.build/release/overlayd-reset}")

((EUID == 0)) || { echo 'run.sh: must be root: it makes and mounts file systems' >&2; exit 1; }
if [[ -z ${BENCH_NAMESPACE:-} ]]; then
    BENCH_NAMESPACE=1 exec unshare --mount --propagation private -- "${BASH_SOURCE[0]}" "$program"
fi

if [[ -n ${BENCH_QUICK:-} ]]; then
    rounds=${ROUNDS:-2} trees=${N:-1000} starts=20
else
    rounds=${ROUNDS:-5} trees=${N:-10000} starts=200
fi

# shellcheck source=lib.sh
source "$here/lib.sh"

work=$(mktemp -d -t overlayd-bench.XXXXXX)
floor=$work/floor root=$work/disk/volumes
mkdir "$floor" "$work/disk" "$work/empty"
trap 'drop_file_system; rm -rf "$work"' EXIT

build_floors() {
    local name
    for name in trees deletions looking incumbent measure; do
        gcc -O2 -Wall -Wextra -Werror -pthread -o "$floor/$name" "$here/floor/$name.c"
    done
    # By the library's own name: no development package is needed.
    gcc -O2 -Wall -Wextra -Werror -o "$floor/hello" "$here/floor/hello.c" -Wl,--no-as-needed -l:libsystemd.so.0
}

# The start is that of the program as a package installs it.
strip_program() {
    strip -o "$work/overlayd-reset" "$program"
    ours=("$work/overlayd-reset" --namespace=self --volumes-root)
}

dirty_ours() {
    new_trees "$trees" dirty
    timed dirty.ours "${ours[@]}" "$root"
    expect_clean overlayd-reset
}
dirty_floor() {
    new_trees "$trees" dirty
    timed dirty.floor "$floor/deletions" "$root" "$trees"
}
dirty_floor_2() {
    new_trees "$trees" dirty
    timed dirty.floor2 "$floor/deletions" "$root" "$trees" 2
}
dirty_incumbent() {
    new_trees "$trees" dirty
    timed dirty.incumbent "$floor/incumbent" "$root"
}
few_ours() {
    new_trees 100 dirty
    timed few.ours "${ours[@]}" "$root"
}
clean_ours() { timed clean.ours "${ours[@]}" "$root"; }
clean_floor() { timed clean.floor "$floor/looking" "$root"; }
start_ours() { timed start.ours "${ours[@]}" "$work/empty"; }
start_floor() { timed start.floor "$floor/hello"; }

measure_dirty() {
    paired "$rounds" dirty_ours dirty_floor dirty_incumbent dirty_floor_2
    compare "$trees dirty trees: CPU" dirty.ours dirty.floor cpu 1.4
    compare "$trees dirty trees: wall" dirty.ours dirty.floor wall 0.8
    compare '  the floor in two threads: wall' dirty.floor2 dirty.floor wall
    compare "  docker-on-top's calls: CPU" dirty.incumbent dirty.floor cpu
    compare "  docker-on-top's calls: wall" dirty.incumbent dirty.floor wall
}

measure_clean() {
    new_trees "$trees" clean
    # A run that does not count: the lists of names are read into the cache.
    "$floor/looking" "$root" >/dev/null
    paired "$rounds" clean_ours clean_floor
    compare "$trees clean trees: CPU" clean.ours clean.floor cpu 1.3
    compare "  wall" clean.ours clean.floor wall
}

measure_memory() {
    paired "$rounds" few_ours
    amount "peak memory, $trees dirty trees" "$(mebibytes dirty.ours)" MiB 12
    amount '  100 dirty trees' "$(mebibytes few.ours)" MiB
}

measure_start() {
    paired "$starts" start_ours start_floor
    compare "start without volumes, $starts runs: wall" start.ours start.floor wall 5
    amount 'size, stripped' "$(stat -c %s "$work/overlayd-reset" | awk '{ print $1 / 1e6 }')" MB 9
}

mebibytes() { values "$1" memory | median | awk '{ print $1 / 1024 }'; }

build_floors
strip_program
# The last two are other people's doing, and part of what is measured: README.md says how.
printf '%s, %s CPUs; ext4 on a loop file, warm; medians of %s rounds; load %s, %s mount namespaces\n\n' \
    "$(uname -sr)" "$(nproc)" "$rounds" "$(cut -d ' ' -f 1 /proc/loadavg)" "$(lsns -t mnt -n -o NS | wc -l)"
row figure ours floor ratio wanted ''
measure_dirty
measure_clean
measure_memory
measure_start
