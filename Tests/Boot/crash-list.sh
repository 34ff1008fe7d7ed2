# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
# What a user owns below a root, as guest.sh lists it but in two passes over all of it: it is asked a thousand times.

list_bytes() ( # ROOT
    cd "$1" || return
    aside=('(' -name '.overlayd-trash.*' -o -name workdir -type d -o -name activemounts -type d ')' -prune)
    {
        find . -mindepth 2 "${aside[@]}" -o -printf '%p %y %m %U:%G %l\n' |
            grep -vE '^\./[^/]*/(mountpoint|recovered-files\.[0-9]+) '
        find . -mindepth 2 "${aside[@]}" -o -type f -print0 | xargs -0 sha256sum
    } | sed -E 's#(\./[^/]*)/(mountpoint|recovered-files\.[0-9]+)/#\1/files/#' | LC_ALL=C sort
)
