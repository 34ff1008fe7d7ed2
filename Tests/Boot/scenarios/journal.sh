# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
# What the journal keeps of a boot: fields, levels, a catalog text for each kind of event, and one line a volume.
# boot-test: short/bookworm/container long/trixie/container long/*/vm
. "$(dirname "$0")/../lib.sh"

start
prepare <<'GUEST'
make_volume quiet
make_volume shop && mount_volume shop
make_volume wiki && mkdir "$root/wiki/mountpoint" && echo precious >"$root/wiki/mountpoint/file"
make_volume broken && rm "$root/broken/metadata.json"
make_volume littered && mkdir -p "$root/littered/workdir/work" && touch "$root/littered/workdir/work/file"
echo stranger >"$root/notes.txt"
sync
GUEST
must bed cut
must bed again
up
guest >"$answers/entries" <<'GUEST'
until [ "$(property overlayd-empty-trash.service ActiveState)" = inactive ]; do sleep 0.1; done
journalctl --sync
journalctl -b -t overlayd-reset -o json --no-pager
GUEST

entry() { jq -c "select($1)" "$answers/entries" | head -n 1; } # CONDITION
field() { jq -r --arg name "$2" '.[$name] // "(none)"' <<<"$1"; }

# about NAME STATE OUTCOME PRIORITY ACTION
about() {
    local line
    line=$(entry ".OVERLAYD_VOLUME == \"$1\" and .OVERLAYD_OUTCOME != null")
    [ -n "$line" ] || { fail "no entry about $1 with OVERLAYD_OUTCOME"; return; }
    is "OVERLAYD_ROOT of $1" /var/lib/overlayd/volumes "$(field "$line" OVERLAYD_ROOT)"
    is "OVERLAYD_STATE of $1" "$2" "$(field "$line" OVERLAYD_STATE)"
    is "OVERLAYD_OUTCOME of $1" "$3" "$(field "$line" OVERLAYD_OUTCOME)"
    is "PRIORITY of $1" "$4" "$(field "$line" PRIORITY)"
    is "the unit of $1" overlayd-reset.service "$(field "$line" _SYSTEMD_UNIT)"
    has "OVERLAYD_ACTION of $1" "$(field "$line" OVERLAYD_ACTION)" "$5"
    has "MESSAGE of $1" "$(field "$line" MESSAGE)" "$1: $2"
}
about shop lost reset 6 ","
about littered leftover reset 6 ""
about broken damaged refused 4 ""
about wiki obstructed reset 4 ""
is "entries about a tree at rest" "" "$(entry '.OVERLAYD_VOLUME == "quiet"')"
has "the skipped entry" "$(entry '.OVERLAYD_OUTCOME == "skipped"')" notes.txt

# The sum, which a monitor reads.
sum=$(entry '.OVERLAYD_VOLUMES != null')
is "PRIORITY of the summary" 5 "$(field "$sum" PRIORITY)"
for pair in VOLUMES=5 CLEAN=1 RESET=3 MOUNTED=0 NEED_PERSON=1; do
    is "OVERLAYD_${pair%=*}" "${pair#*=}" "$(field "$sum" "OVERLAYD_${pair%=*}")"
done
holds "OVERLAYD_DURATION_USEC is a time" "$(field "$sum" OVERLAYD_DURATION_USEC) > 0"

# Every kind of event explains itself, with nothing left to fill in.
kinds=$(jq -r 'select(.MESSAGE_ID) | .MESSAGE_ID' "$answers/entries" | sort -u)
is "entries without a MESSAGE_ID" "" "$(jq -r 'select(.MESSAGE_ID == null) | .MESSAGE' "$answers/entries" | head -n 3)"
holds "several kinds of event" "$(wc -l <<<"$kinds") >= 5"
for kind in $kinds; do
    text=$(guest <<<"journalctl -b -x --no-pager MESSAGE_ID=$kind")
    has "journalctl -x of $kind" "$text" "Subject: " "Defined-By: overlayd"
    lacks "journalctl -x of $kind" "$text" "@OVERLAYD"
done
# What a person types.
lines=$(guest <<<'journalctl -b -q -o cat --no-pager OVERLAYD_VOLUME=shop | wc -l')
is "journalctl OVERLAYD_VOLUME=shop, lines" 1 "$lines"
lines=$(guest <<<'journalctl -b -q -p warning -u overlayd-reset -o cat --no-pager')
has "journalctl -p warning" "$lines" "broken: damaged" "wiki"
lacks "journalctl -p warning" "$lines" "shop: "
proved "$(wc -l <"$answers/entries") entries of $(wc -l <<<"$kinds") kinds, each with its fields, level and catalog text"
finish
