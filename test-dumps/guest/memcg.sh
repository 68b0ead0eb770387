# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=dash
# Sourced by the /init of a test guest (busybox ash): makes, fills and removes memory cgroups, and
# sends what the kernel says of them to the report port (see lib/guest.py). Needs "pin" in PATH.
# Groups are named by their path below the mounted hierarchy: "/a/b".

MCD_REPORT=/dev/${mcd_report:-ttyS1}
MCD_FACTS=/tmp/facts
MCD_LISTENERS=/tmp/listeners

# Everything that ends /init early reaches the one who waits outside.
mcd_fail() {
	trap - EXIT
	echo "MCD-FAIL $*" >"$MCD_REPORT"
	sleep 5
	poweroff -f
}

# mcd_begin: what every /init starts with.
mcd_begin() {
	set -eu
	mount -t devtmpfs dev /dev || true	# a kernel may have done it itself
	mount -t proc proc /proc
	mount -t sysfs sys /sys
	mount -t tmpfs tmp /tmp
	exec >/dev/console 2>&1 </dev/null
	trap 'mcd_fail "/init ended early; the console says why"' EXIT
	for module in /modules/*.ko; do
		[ ! -e "$module" ] || insmod "$module"
	done
	mkdir -p "$MCD_LISTENERS"
	: >"$MCD_FACTS.removed"
	: >"$MCD_FACTS.live"
	: >"$MCD_FACTS.made"
}

# mcd_mount v1|v2: only the memory controller, so that every dying cgroup is a dying memcg.
mcd_mount() {
	MCD_HIERARCHY=$1
	export MCD_MOUNT=/sys/fs/cgroup
	if [ "$1" = v2 ]; then
		# From 6.7 on, pages of hugetlbfs are charged if one asks for it.
		mount -t cgroup2 -o memory_hugetlb_accounting cgroup "$MCD_MOUNT" 2>/dev/null ||
			mount -t cgroup2 cgroup "$MCD_MOUNT"
		echo +memory >"$MCD_MOUNT/cgroup.subtree_control"
	else
		mount -t cgroup -o memory cgroup "$MCD_MOUNT"
	fi
}

# mcd_group GROUP: makes it and its parents; on v2 the parents then hold no tasks.
mcd_group() {
	mcd_dir=$MCD_MOUNT
	mcd_rest=${1#/}
	while :; do
		mcd_dir=$mcd_dir/${mcd_rest%%/*}
		[ -d "$mcd_dir" ] || mkdir "$mcd_dir"
		case $mcd_rest in */*) ;; *) break ;; esac
		[ "$MCD_HIERARCHY" = v1 ] || echo +memory >"$mcd_dir/cgroup.subtree_control"
		mcd_rest=${mcd_rest#*/}
	done
}

# mcd_reclaim GROUP BYTES: pushes that much out to swap, or nearly.
mcd_reclaim() {
	if [ "$MCD_HIERARCHY" = v1 ]; then
		mcd_squeeze "$1" "$2" memory.usage_in_bytes memory.limit_in_bytes -1
	elif [ -e "$MCD_MOUNT$1/memory.reclaim" ]; then
		echo "$2" >"$MCD_MOUNT$1/memory.reclaim" || true
	else
		mcd_squeeze "$1" "$2" memory.current memory.high max
	fi
}

# mcd_squeeze GROUP BYTES USAGE LIMIT NONE: sets a limit for a moment. What is charged ahead counts
# as used, and would be all that is given back.
mcd_squeeze() {
	mcd_scrub
	mcd_usage=$(cat "$MCD_MOUNT$1/$3")
	echo $((mcd_usage - $2)) >"$MCD_MOUNT$1/$4" || true
	echo "$5" >"$MCD_MOUNT$1/$4"
}

# mcd_scrub: a live group, /scrub, takes over what CPUs have charged ahead; the counters of all
# others are exact from then on.
mcd_scrub() {
	mcd_group /scrub
	pin scrub /scrub
}

# mcd_drain: gives back what CPUs have charged ahead, for whatever group, and lets go of groups for which
# nothing is left of it. Removing a group does that on each CPU that has charged ahead for it.
mcd_drain() {
	mcd_group /drain
	pin scrub /drain
	rmdir "$MCD_MOUNT/drain"
}

# mcd_oom GROUP COUNT: (v1) that many listeners to its out-of-memory events.
mcd_oom() {
	pin oom "$1" "$2"
	echo "$2" >"$MCD_LISTENERS/$(stat -c %i "$MCD_MOUNT$1")"
}

# mcd_settle: after it counters stand still and are exact: nothing under way in per-cpu lists of
# pages, nothing charged ahead.
mcd_settle() {
	sleep 3
	# The only knob that drains the per-cpu lists of pages, whatever else it does.
	echo 1 >/proc/sys/vm/compact_memory 2>/dev/null || true
	sleep 1
	mcd_scrub
}

# mcd_remove GROUP [KEY=NUMBER]: notes its counters and what the caller knows of it; removes it.
mcd_remove() {
	pin remove "$@" >>"$MCD_FACTS.removed"
}

# mcd_made GROUP KIND [KEY=VALUE]...: notes what was made in a group that is there; see made.c.
mcd_made() {
	pin made "$@" >>"$MCD_FACTS.made"
}

# mcd_live_groups: the paths of all groups that are there; "" is the root.
mcd_live_groups() {
	find "$MCD_MOUNT" -type d | while IFS= read -r mcd_dir; do
		printf '%s\n' "${mcd_dir#"$MCD_MOUNT"}"
	done
}

# mcd_live: notes the counters of all groups that are there, and the number of their listeners.
mcd_live() {
	mcd_live_groups | while IFS= read -r mcd_path; do
		mcd_count=$MCD_LISTENERS/$(stat -c %i "$MCD_MOUNT$mcd_path")
		if [ "$MCD_HIERARCHY" = v2 ]; then
			pin facts "$mcd_path"
		elif [ -e "$mcd_count" ]; then
			pin facts "$mcd_path" "oom_listeners=$(cat "$mcd_count")"
		else
			pin facts "$mcd_path" oom_listeners=0
		fi
	done >"$MCD_FACTS.live"
}

# mcd_dying: how many groups are removed but not gone. v1 does not tell; all groups less the live
# ones is the same figure.
mcd_dying() {
	if [ "$MCD_HIERARCHY" = v2 ]; then
		awk '$1 == "nr_dying_descendants" { print $2 }' "$MCD_MOUNT/cgroup.stat"
	else
		echo $(($(awk '$1 == "memory" { print $3 }' /proc/cgroups) - $(mcd_live_groups | wc -l)))
	fi
}

# mcd_wait_quiet: waits until for five seconds no group has come or gone: RCU and the workers are
# done with the removed ones.
mcd_wait_quiet() {
	mcd_left=120
	mcd_quiet=0
	mcd_now=
	while [ "$mcd_quiet" -lt 5 ]; do
		sleep 1
		mcd_before=$mcd_now
		mcd_now=$(mcd_dying)
		mcd_quiet=$((mcd_quiet + 1))
		[ "$mcd_now" = "$mcd_before" ] || mcd_quiet=0
		mcd_left=$((mcd_left - 1))
		[ "$mcd_left" -gt 0 ] || mcd_fail "the number of dying groups never stands still"
	done
}

# mcd_wait_dying: the same, and every removed group must be there still, pinned by something; else
# the facts would tell of groups that the dump does not have.
mcd_wait_dying() {
	mcd_wait_quiet
	mcd_expected=$(wc -l <"$MCD_FACTS.removed")
	[ "$mcd_now" = "$mcd_expected" ] ||
		mcd_fail "$mcd_expected groups removed, but $mcd_now are dying"
}

# mcd_wait_made: as many groups must be there still as mcd_made has told of.
mcd_wait_made() {
	mcd_wait_quiet
	mcd_expected=$(cut -d, -f1 "$MCD_FACTS.made" | sort -u | wc -l)
	[ "$mcd_now" = "$mcd_expected" ] ||
		mcd_fail "something was made in $mcd_expected groups, but $mcd_now are dying"
}

# mcd_payload NAME FILE: sends a file, byte for byte.
mcd_payload() {
	{
		echo "MCD-BEGIN $1"
		base64 "$2"
		echo "MCD-END $1"
	} >"$MCD_REPORT"
}

# mcd_send_facts: everything noted; lib/facts.py makes facts.json of it.
mcd_send_facts() {
	{
		echo "hierarchy $MCD_HIERARCHY"
		echo "kernel $(uname -r)"
		echo "nr_dying $(mcd_dying)"
	} >"$MCD_FACTS.summary"
	mcd_payload summary "$MCD_FACTS.summary"
	mcd_payload removed "$MCD_FACTS.removed"
	mcd_payload live "$MCD_FACTS.live"
	mcd_payload made "$MCD_FACTS.made"
}

# mcd_ready: the memory is dumped from outside while this sleeps.
mcd_ready() {
	echo MCD-READY >"$MCD_REPORT"
	while :; do sleep 1000; done
}
