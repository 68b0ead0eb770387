# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# Where test dumps and their kernels are kept. Sourced by the scripts of test-dumps.

MCD_CACHE=$(realpath -m "${MCD_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/memcg-dangling}")

# say TEXT…: progress goes to stderr, since stdout carries the path that a script was asked for.
say() { echo "${0##*/}: $*" >&2; }
die() { say "$*"; exit 1; }

# cache_lock NAME: two runs that want the same thing wait for each other instead of mixing their
# files.
cache_lock() {
	mkdir -p "$MCD_CACHE"
	exec 9>"$MCD_CACHE/.lock-$1"
	flock 9
}

can_be_root() { [ "$(id -u)" = 0 ] || sudo -n true 2>/dev/null; }

# as_root COMMAND…: it runs as root, or this script ends.
as_root() {
	can_be_root || die "needs root, or a sudo that asks for no password: $*"
	if [ "$(id -u)" = 0 ]; then "$@"; else sudo "$@"; fi
}
