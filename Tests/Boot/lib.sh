# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
# What the scenarios share: a machine of the wanted kind and suite, scripts in it, and checks that count. Sourced;
# scripts/boot-test sets BED_WORK, BED_KIND, BED_SUITE, BED_DEB and BED_FORM (short or long).
set -uo pipefail
boot=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
machine=$BED_SUITE-$(basename "$0" .sh)
answers=$(mktemp -d)
failures=0
trap 'bed destroy >/dev/null 2>&1; rm -rf "$answers"' EXIT

# bed VERB [ARGUMENT...]: this scenario's machine. One that does not come up ends the scenario.
bed() {
    local verb=$1
    shift
    "$boot/bed/$BED_KIND" "$verb" "$machine" "$@"
}
must() { "$@" || { fail "$* did not work"; finish; }; }

# start [--bare] [ARGUMENT...]: a machine with the package installed, or a bare Debian with the package in /run/in.
start() {
    local system
    if [ "${1:-}" = --bare ]; then
        shift
        case $BED_KIND in
            vm) system=$("$boot/bed/image" "$BED_SUITE") ;;
            container) system=$("$boot/bed/rootfs" "$BED_SUITE") ;;
        esac
        set -- --in "$BED_DEB" "$@"
    else
        system=$("$boot/bed/installed" "$BED_SUITE" "$BED_KIND" "$BED_DEB") || { fail "the package was not installed"; finish; }
    fi
    case $BED_KIND in
        vm) set -- --suite "$BED_SUITE" --image "$system" "$@" ;;
        container) set -- --tree "$system" "$@" ;;
    esac
    must bed start "$@"
    # Nothing was tried yet. Once in some forty boots QEMU ended in its first seconds, before the kernel said a word.
    if ! bed booted >"$answers/booted"; then
        echo "    the machine did not come up and is started anew"
        bed destroy
        must bed start "$@"
        up
    fi
}
up() { must bed booted >"$answers/booted"; }

# guest [--timeout S]: the bash script on stdin, in the guest, after guest.sh. Status and streams are the script's.
guest() { { cat "$boot/guest.sh"; cat; } | bed exec "$@"; }

# The same, and a failure of the script is one of the scenario.
prepare() { guest "$@" >"$answers/prepare" 2>&1 || { fail "preparing the guest: $(tail -n 5 "$answers/prepare")"; finish; }; }

fail() {
    failures=$((failures + 1))
    printf '    FAILED %s\n' "$*"
}

# is WHAT WANTED SEEN
is() { [ "$2" = "$3" ] || fail "$1: wanted \"$2\", saw \"$3\""; }

# has WHAT TEXT WORDS...: each of the words stands in the text.
has() {
    local what=$1 text=$2 word
    shift 2
    for word in "$@"; do
        [[ $text == *"$word"* ]] || fail "$what: \"$word\" is not in: $(head -c 600 <<<"$text")"
    done
}

# lacks WHAT TEXT WORD
lacks() { [[ $2 != *"$3"* ]] || fail "$1: \"$3\" is in: $(grep -F -m 3 -- "$3" <<<"$2" | head -c 600)"; }

# holds WHAT CONDITION: an arithmetic one.
holds() { (($2)) || fail "$1: not so: $2"; }

# same WHAT WANTED SEEN: two lists; a difference is shown.
same() { diff <(printf '%s\n' "$2") <(printf '%s\n' "$3") >"$answers/diff" || fail "$1:"$'\n'"$(head -n 12 "$answers/diff")"; }

# What the scenario has shown, for the one line about it. Only what was not refuted above counts.
proved() { printf '%s\n' "$*" >>"${BED_PROVED:-/dev/null}"; }
skip() { printf '%s\n' "$*" >"${BED_SKIPPED:-/dev/null}"; exit 77; }
finish() {
    if [ "$failures" != 0 ]; then
        # For whoever reads the log of a CI run: what the guest had to say.
        guest <<<'journalctl -b -p notice --no-pager -n 40 -o short-monotonic | cut -c 1-300' 2>&1 | sed 's/^/    | /'
        exit 1
    fi
    exit 0
}
