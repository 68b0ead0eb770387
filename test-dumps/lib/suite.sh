# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# Debian's packages of any suite and architecture, through apt, whatever the machine itself runs.
# Sourced after cache.sh by the scripts of test-dumps.

# apt_sources SUITE: lines for a sources.list, with the mirrors that the machine already uses.
apt_sources() {
	# shellcheck disable=SC2016 # apt expands these
	apt-get indextargets --format '$(REPO_URI) $(CODENAME) $(COMPONENT) $(LABEL)' 'Created-By: Packages' |
		awk -v suite="$1" '
			suite == "-" && $4 ~ /^Debian/ { print "deb", $1, $2, $3 }
			suite != "-" && $4 == "Debian" { print "deb", $1, suite, "main"; exit }' | sort -u
}

# use_suite SUITE [ARCHITECTURE]: from here on apt sees that suite and nothing installed. It gets lists
# and sources of its own.
use_suite() {
	local root=$MCD_CACHE/apt/$1${2:+-$2}
	mkdir -p "$root/lists/partial" "$root/archives/partial" "$root/parts"
	: >"$root/status"
	apt_sources "$1" >"$root/sources.list"
	[ -s "$root/sources.list" ] ||
		die "the machine's apt sources name no Debian mirror to take $1 from"
	cat >"$root/apt.conf" <<-CONF
		Dir::Etc::SourceList "$root/sources.list";
		Dir::Etc::SourceParts "$root/parts";
		Dir::State::Lists "$root/lists";
		Dir::State::status "$root/status";
		Dir::Cache "$root";
		Dir::Cache::Archives "$root/archives";
	CONF
	[ -z "${2:-}" ] || cat >>"$root/apt.conf" <<-CONF
		APT::Architecture "$2";
		APT::Architectures { "$2"; };
	CONF
	export APT_CONFIG=$root/apt.conf
	apt-get -qq -o APT::Sandbox::User=root update >&2 || say "no fresh package lists of $1"
}

# candidate PACKAGE: the version that apt would take, or nothing.
candidate() {
	apt-cache policy "$1" | awk '$1 == "Candidate:" && $2 != "(none)" { print $2 }'
}
