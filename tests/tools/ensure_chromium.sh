#!/usr/bin/env bash
# Print the path of Chromium; as root, install the distribution's package where there is none.
set -euo pipefail

found() {
    local name
    for name in "${CHROMIUM:-}" chromium chromium-browser google-chrome google-chrome-stable; do
        if [ -n "$name" ] && command -v "$name"; then return 0; fi
    done
    return 1
}

if [ -n "${CHROMIUM:-}" ] && ! command -v "$CHROMIUM" >/dev/null; then
    echo "CHROMIUM is set to $CHROMIUM, which is not a program" >&2
    exit 1
fi
found && exit 0

install="apt-get update && apt-get install -y --no-install-recommends chromium"
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    echo "no Chromium found: $install" >&2
    DEBIAN_FRONTEND=noninteractive bash -c "$install" >&2
    found && exit 0
fi
echo "The browser tests need Chromium, and none was found." >&2
echo "Install it, for example with: sudo sh -c '$install'" >&2
echo "or set CHROMIUM to the program of an installed one." >&2
exit 1
