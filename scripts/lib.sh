# SPDX-License-Identifier: Apache-2.0
# What the scripts share. Sourced, never run.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

say() { printf '%s\n' "$*"; }
die() { printf '%s: %s\n' "${0##*/}" "$*" >&2; exit 1; }

# as_root COMMAND...: runs it as root, through sudo where that is needed.
as_root() {
    if [ "$(id -u)" = 0 ]; then "$@"; return; fi
    command -v sudo >/dev/null || die "needs root, and there is no sudo: run it as root"
    sudo --preserve-env=PATH "$@"
}

# need_swift: the toolchain, or a sentence that says where to get one.
need_swift() {
    command -v swift >/dev/null ||
        die "there is no Swift toolchain. Install Swift 6.2 or later for Debian 12 from https://www.swift.org/install/linux/ and put its usr/bin on PATH"
    local version
    version=$(swift --version 2>/dev/null | sed -n 's/.*Swift version \([0-9]*\.[0-9]*\).*/\1/p' | head -n 1)
    case "$version" in
        6.[2-9]* | 6.[1-9][0-9]* | [7-9].*) ;;
        *) die "Swift $version is too old: 6.2 or later is needed, from https://www.swift.org/install/linux/" ;;
    esac
    # The programs are linked with libsystemd.
    need_packages libsystemd-dev pkgconf
}

# need_packages NAME...: installs the Debian packages that are missing.
need_packages() {
    local missing=() package
    for package in "$@"; do
        dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null | grep -qx installed || missing+=("$package")
    done
    [ "${#missing[@]}" -gt 0 ] || return 0
    command -v apt-get >/dev/null || die "these Debian packages are missing: ${missing[*]}"
    say "installing ${missing[*]}"
    as_root apt-get update -qq
    as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
}
