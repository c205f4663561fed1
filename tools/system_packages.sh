#!/bin/sh
# Programs outside Python that the tests drive. Root on Debian gets them installed; anybody else is told.
set -eu

missing=""
want() { # want PACKAGE PROGRAM...: one of the programs must be there
    package=$1
    shift
    for program in "$@"; do
        if command -v "$program" >/dev/null 2>&1; then return; fi
    done
    missing="$missing $package"
}

may_install() {
    [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1
}

install() {
    echo "Installing: $*"
    apt-get update -qq
    DEBIAN_FRONTEND=noninteractive apt-get install -qq -y --no-install-recommends "$@" >/dev/null
}

PATH="$PATH:/usr/sbin:$(echo /usr/lib/postgresql/*/bin | tr ' ' ':')"
want postgresql initdb
want chromium chromium chromium-browser
want firefox-esr firefox-esr
want webkit2gtk-driver WebKitWebDriver
want xvfb Xvfb
want openbox openbox
want libreoffice-calc-nogui soffice libreoffice
want poppler-utils pdftotext
want pgbouncer pgbouncer
want nginx-light nginx
want caddy caddy

# What a window of WebKit is made of has no program of its own to look for.
if ! /usr/bin/python3 -c 'import gi; gi.require_version("WebKit2", "4.1")' 2>/dev/null; then
    missing="$missing python3-gi gir1.2-webkit2-4.1"
fi

if [ -n "$missing" ] && may_install; then
    # shellcheck disable=SC2086  # one word per package
    install $missing
elif [ -n "$missing" ]; then
    echo "The tests need programs that are not installed here."
    echo "On Debian or Ubuntu: sudo apt-get install --no-install-recommends$missing"
    exit 1
fi

# The same browser without windows, whose pages cost a quarter of the time: welcome, not needed.
missing=""
want chromium-headless-shell chromium-headless-shell
if [ -n "$missing" ] && may_install; then
    install $missing || echo "Going on with the whole browser."
fi

# Who reads a release with its own commands: without them two tests say that they were skipped.
missing=""
want r-base-core Rscript
want pspp pspp
if [ -n "$missing" ] && may_install; then
    install $missing || echo "Going on without R or PSPP."
fi
