# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=dash
# The groups of a full test dump, for memcg.sh: one removed group per kind of pin, names that are
# hard to print, and live ones beside them. Needs: /tmp (tmpfs), /ext4 (on /dev/ram0), swap, lo up.

# A huge page needs unfragmented memory: first of all.
workload_huge_page() {
	echo madvise >/sys/kernel/mm/transparent_hugepage/enabled
	mcd_group /thp
	pin thp /thp
	remove_later /thp
}

workload_memory() {
	mcd_group /tmpfs
	pin file /tmpfs /tmp/tmpfs-1 400K
	pin file /tmpfs /tmp/tmpfs-2 64K
	remove_later /tmpfs

	mcd_group /anon
	pin anon /anon 300K
	remove_later /anon

	mcd_group /deleted
	pin deleted /deleted /tmp/deleted-file 80K
	remove_later /deleted

	mcd_group /mlock
	pin mlock /mlock /tmp/locked-file 48K
	remove_later /mlock
}

# The files of one file system belong to several groups; what "dirty" writes stays unwritten, which
# keeps its cgroup writeback, too.
workload_ext4() {
	mcd_group /ext4
	pin file /ext4 /ext4/clean-1 600K
	pin file /ext4 "/ext4/clean 2" 20K
	remove_later /ext4

	for id in 3f9a01c2 77b0e4d8 c05512ee; do
		mcd_group "/batch.slice/job-$id"
		pin file "/batch.slice/job-$id" "/ext4/job-$id" 24K
		remove_later "/batch.slice/job-$id"
	done
	sync
}

# After all that reclaims, as reclaim wakes the flusher. min_ratio, as a new group's writeback is
# granted no dirty pages at all and would start at once.
workload_dirty() {
	echo 50 >/sys/block/ram0/bdi/min_ratio
	echo 0 >/proc/sys/vm/dirty_writeback_centisecs
	mcd_group /dirty
	pin file /dirty /ext4/dirty 100K
	remove_later /dirty
}

workload_swap() {
	mcd_group /swap-shmem
	pin file /swap-shmem /tmp/swapped 2M
	mcd_reclaim /swap-shmem 1048576
	remove_later /swap-shmem

	mcd_group /swap-shmem-all
	pin file /swap-shmem-all /tmp/swapped-all 512K
	mcd_reclaim /swap-shmem-all 524288
	remove_later /swap-shmem-all

	mcd_group /swap-anon
	pin anon /swap-anon 2M
	mcd_reclaim /swap-anon 1048576
	remove_later /swap-anon
}

# tcp_group GROUP CONNECTIONS BYTES: on v1 only a group with a limit accounts its sockets. Both ends
# of a connection are the group's.
tcp_group() {
	mcd_group "$1"
	[ "$MCD_HIERARCHY" = v2 ] || echo 67108864 >"$MCD_MOUNT$1/memory.kmem.tcp.limit_in_bytes"
	pin tcp "$@"
}

workload_tcp() {
	tcp_group /tcp 3 32K
	remove_later /tcp sockets=6
	tcp_group /live-tcp 2 16K
}

workload_mixed() {
	tcp_group /mixed 2 8K
	pin file /mixed /tmp/mixed 256K
	pin anon /mixed 128K
	mcd_reclaim /mixed 131072
	pin file /mixed /tmp/mixed-later 64K
	remove_later /mixed sockets=4
}

workload_producers() {
	for i in $(seq 20); do
		mcd_group "/system.slice/run-$i.service"
		pin file "/system.slice/run-$i.service" "/tmp/run-$i" 16K
		remove_later "/system.slice/run-$i.service"
	done
	mcd_group /system.slice/live.service
	pin -s anon /system.slice/live.service 40K
}

# A child pins its parent, which holds nothing itself.
workload_nested() {
	mcd_group /dead-parent/dead-middle/dead-child
	pin file /dead-parent/dead-middle/dead-child /tmp/dead-child 32K
	remove_later /dead-parent/dead-middle/dead-child
	remove_later /dead-parent/dead-middle
	remove_later /dead-parent

	mcd_group /live-parent/dead-child
	pin file /live-parent/dead-child /tmp/live-parent 32K
	remove_later /live-parent/dead-child
	mcd_group /live-parent/live-child/live-grandchild
	pin -s anon /live-parent/live-child/live-grandchild 64K
}

# named NAME: a removed group of that name, with a little to hold it.
named() {
	named_count=$((${named_count:-0} + 1))
	mcd_group "/$1"
	pin file "/$1" "/tmp/named-$named_count" 8K
	remove_later "/$1"
}

workload_names() {
	named 'with a  space '
	named "$(printf 'with\ta tab')"
	named "with \"double\" and 'single' quotes"
	named 'grüße-日本語-🐧'
	named 'dev-disk-by\x2dlabel-root.swap'
	named "$(printf 'latin1-\351t\351')"
	named "$(printf 'escape-\033[31mred')"
	named "long-$(printf '%0240d' 0)"
}

# The same path twice; remove_later would not do, as the first must be gone before the second comes.
workload_same_path() {
	for i in 1 2; do
		mcd_group /again
		pin file /again "/tmp/again-$i" "$((i * 16))K"
		mcd_settle
		mcd_remove /again
	done
}

# These two fields of a live group share memory with two of a dangling one on kernels that have
# the debugging facility.
workload_v1_live() {
	mcd_group /live-oom
	mcd_oom /live-oom 3
	echo 3 >"$MCD_MOUNT/live-oom/memory.move_charge_at_immigrate"
	mcd_group /live-move
	echo 1 >"$MCD_MOUNT/live-move/memory.move_charge_at_immigrate"
	mcd_group /live-parent/live-oom
	mcd_oom /live-parent/live-oom 1
}

# remove_later GROUP [KEY=NUMBER]: all are removed together once everything stands still.
remove_later() {
	printf '%s\n' "${2:-}$1" >>/tmp/remove
}

# A path begins with a slash, and has further ones: what stands before the first is KEY=NUMBER.
remove_all() {
	while IFS= read -r line; do
		extra=${line%%/*}
		mcd_remove "/${line#*/}" ${extra:+"$extra"}
	done </tmp/remove
}

workload() {
	workload_huge_page
	workload_ext4
	workload_memory
	workload_swap
	workload_tcp
	workload_mixed
	workload_producers
	workload_dirty
	workload_nested
	workload_names
	[ "$MCD_HIERARCHY" = v2 ] || workload_v1_live
	workload_same_path
	mcd_settle
	remove_all
	if [ "${mcd_pages:-pin}" = pin ]; then
		mcd_wait_dying
	else
		mcd_wait_quiet
	fi
	mcd_live
}
