# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# Small Debians of any suite in the cache, for chroot: programs of other versions than the machine's.
# Sourced after cache.sh and suite.sh by the scripts of test-dumps.

# versions PACKAGE…: "PACKAGE VERSION" of each, as far as apt knows them.
versions() {
	local package version
	for package in "$@"; do
		version=$(candidate "$package")
		echo "$package${version:+ $version}"
	done
}

# debian_root NAME SUITE PACKAGE…: makes roots/NAME in the cache, with these packages, and prints its
# directory. It is made anew when the suite has a newer version of one of them; a machine without
# package lists (or without network) goes on with what it has. Needs root: through sudo where it is not.
debian_root() {
	local name=$1 suite=$2 dir=$MCD_CACHE/roots/$1 wanted
	shift 2
	cache_lock "root-$name"
	mkdir -p "$MCD_CACHE/roots"
	use_suite "$suite"
	wanted=$(versions "$@")
	if [ -e "$dir/versions" ] && [ "$(cat "$dir/versions")" = "$wanted" ]; then
		say "$(head -n 1 "$dir/versions") of $suite (cached)"
	elif [[ $wanted != "$1 "* ]]; then
		[ -e "$dir/versions" ] || die "apt offers no $1 of $suite"
		say "apt offers no $1 of $suite; using $(head -n 1 "$dir/versions") of the cache"
	else
		say "making a root of $suite with $(head -n 1 <<<"$wanted")"
		make_root "$dir" "$suite" "$@"
		echo "$wanted" | as_root tee "$dir.new/versions" >/dev/null
		as_root rm -rf --one-file-system "$dir"
		as_root mv "$dir.new" "$dir"
	fi
	echo "$dir"
}

# make_root DIR SUITE PACKAGE…: it becomes DIR.new. What a debootstrap that was killed may have left
# mounted there is not ours to remove.
make_root() {
	local dir=$1 suite=$2
	shift 2
	as_root rm -rf --one-file-system "$dir.new"
	as_root debootstrap --variant=minbase --include="$(IFS=,; echo "$*")" "$suite" "$dir.new" \
		"$(apt_sources "$suite" | cut -d' ' -f2)" >"$dir.log" ||
		die "debootstrap cannot make it: $(tail -n 1 "$dir.log")"
	as_root rm -rf "$dir.new/var/cache/apt" "$dir.new/var/lib/apt/lists"
}
