# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=dash
# The groups of a full test dump, for memcg.sh: one removed group per kind of pin, names that are
# hard to print, and live ones beside them. What was made in a group is noted ("made") where it holds
# the group on this kernel. Needs: /tmp (tmpfs), /ext4 (on /dev/ram0, with the file "shared"), /mnt/data
# (another ext4, on /dev/ram2), swap, lo up.
#
# What there is not: a live child of a removed group, as rmdir refuses a group with a live child
# (cgroup_destroy_locked()).

# holds KIND: is a removed group held by that, on this kernel? mcd_pages tells which pages hold theirs:
# "kmem": the kernel's own, too (up to 5.10); "pin": those of users; "move": none (from 7.1 on).
holds() {
	case $1 in
	kmem-page) [ "$mcd_pages" = kmem ] ;;
	page-cache | shmem | anon | hugetlb) [ "$mcd_pages" != move ] ;;
	esac
}

# made GROUP KIND [KEY=VALUE]...: see made.c.
made() {
	if holds "$2"; then mcd_made "$@"; fi
}

# shmem_file GROUP FILE BYTES: in a group that may be there already.
shmem_file() {
	mcd_group "$1"
	pin file "$1" "$2" "$3"
	made "$1" shmem "path=$2" "bytes=$3"
}

# ext4_file GROUP FILE BYTES
ext4_file() {
	mcd_group "$1"
	pin file "$1" "$2" "$3"
	made "$1" page-cache "path=$2" "bytes=$3"
}

# Huge pages need unfragmented memory: first of all.
workload_huge_page() {
	echo madvise >/sys/kernel/mm/transparent_hugepage/enabled
	huge_bytes=$(cat /sys/kernel/mm/transparent_hugepage/hpage_pmd_size)
	mcd_group /thp
	pin thp /thp
	made /thp anon refs_of_it=1 "min_bytes=$huge_bytes"
	remove_later /thp

	mkdir /huge
	mount -t tmpfs -o huge=always huge /huge
	mcd_group /shmem-thp
	pin file /shmem-thp /huge/page "$huge_bytes"
	[ "$(awk '$1 == "thp_file_alloc" { print $2 }' /proc/vmstat)" = 1 ] ||
		mcd_fail "/huge/page is not a huge page"
	made /shmem-thp shmem path=/huge/page "bytes=$huge_bytes"
	remove_later /shmem-thp

	if grep -q memory_hugetlb_accounting /proc/mounts; then
		echo 2 >/proc/sys/vm/nr_hugepages
		mcd_group /hugetlb
		pin hugetlb /hugetlb
		made /hugetlb hugetlb refs=1 "bytes=$huge_bytes"
		remove_later /hugetlb

		mkdir /hugetlbfs
		mount -t hugetlbfs hugetlbfs /hugetlbfs
		mcd_group /hugetlb-file
		pin hugetlb-file /hugetlb-file /hugetlbfs/page
		made /hugetlb-file hugetlb path=/hugetlbfs/page refs=1 "bytes=$huge_bytes"
		remove_later /hugetlb-file
	fi

	# From 6.8 on there are folios of sizes in between.
	if [ -e /sys/kernel/mm/transparent_hugepage/hugepages-64kB/stats/anon_fault_alloc ]; then
		echo madvise >/sys/kernel/mm/transparent_hugepage/hugepages-64kB/enabled
		mcd_group /folio
		pin folio /folio 64K
		made /folio anon min_bytes=64K
		remove_later /folio
	fi
}

workload_memory() {
	shmem_file /tmpfs /tmp/tmpfs-1 400K
	shmem_file /tmpfs /tmp/tmpfs-2 64K
	remove_later /tmpfs

	mcd_group /anon
	pin anon /anon 300K
	made /anon anon min_bytes=300K
	remove_later /anon

	mcd_group /deleted
	pin deleted /deleted /tmp/deleted-file 80K
	made /deleted shmem path=/tmp/deleted-file deleted=1 bytes=80K
	remove_later /deleted

	mcd_group /mlock
	pin mlock /mlock /tmp/locked-file 48K
	made /mlock shmem path=/tmp/locked-file bytes=48K mlocked=1
	remove_later /mlock

	mkdir /ramfs
	mount -t ramfs ramfs /ramfs
	mcd_group /ramfs
	pin file /ramfs /ramfs/unevictable 32K
	made /ramfs page-cache path=/ramfs/unevictable bytes=32K
	remove_later /ramfs
}

# Files of tmpfs that are in no directory.
workload_shared_memory() {
	mcd_group /memfd
	pin memfd /memfd "a memfd" 32K
	made /memfd shmem file_kind=memfd "name=a memfd" bytes=32K
	remove_later /memfd

	mcd_group /sysv
	pin sysv /sysv 4660 48K
	made /sysv shmem file_kind=sysv name=SYSV00001234 bytes=48K
	remove_later /sysv

	mcd_group /shared-anon
	pin shared /shared-anon 64K
	made /shared-anon shmem file_kind=anon-shm bytes=64K
	remove_later /shared-anon
}

# The files of one file system belong to several groups; what "dirty" writes stays unwritten, which
# keeps its cgroup writeback, too.
workload_ext4() {
	ext4_file /ext4 /ext4/clean-1 600K
	ext4_file /ext4 "/ext4/clean 2" 20K
	remove_later /ext4

	for id in 3f9a01c2 77b0e4d8 c05512ee; do
		ext4_file "/batch.slice/job-$id" "/ext4/job-$id" 24K
		remove_later "/batch.slice/job-$id"
	done

	mcd_group /ext4-deleted
	pin deleted /ext4-deleted /ext4/deleted-file 40K
	made /ext4-deleted page-cache path=/ext4/deleted-file deleted=1 bytes=40K
	remove_later /ext4-deleted

	mkdir -p /mnt/data/srv/www/site/static/images/large
	ext4_file /deep /mnt/data/srv/www/site/static/images/large/deep-file 40K
	remove_later /deep

	mcd_group /hard-link
	pin file /hard-link /mnt/data/srv/first-name 24K
	ln /mnt/data/srv/first-name /mnt/data/srv/www/second-name
	made /hard-link page-cache path=/mnt/data/srv/first-name link=/mnt/data/srv/www/second-name bytes=24K
	remove_later /hard-link
	sync
}

# Mounts of which only a part can be seen, and one below another.
workload_mounts() {
	mkdir -p /mnt/data/srv/tmp /mnt/behind /mnt/part
	mount -t tmpfs below /mnt/data/srv/tmp
	shmem_file /mount-below /mnt/data/srv/tmp/file 16K
	remove_later /mount-below

	mount -t tmpfs behind /mnt/behind
	mkdir -p /mnt/behind/hidden/part
	mount --bind /mnt/behind/hidden/part /mnt/part
	umount /mnt/behind
	shmem_file /bind /mnt/part/file 16K
	remove_later /bind
}

# read_block GROUP FILE OFFSET BYTES
read_file() {
	mcd_group "$1"
	pin read "$@"
	made "$1" page-cache "path=$2" "bytes=$4"
}

# One file's pages belong to two groups; pages of a block device, read raw or as the metadata of a file
# system.
workload_reading() {
	read_file /reader-1 /ext4/shared 0 64K
	read_file /reader-2 /ext4/shared 64K 128K
	remove_later /reader-1
	remove_later /reader-2

	mcd_group /block
	pin read /block /dev/ram3 1M 128K
	made /block page-cache file_kind=block-device path=/dev/ram3 bytes=128K
	remove_later /block

	mcd_group /metadata
	pin metadata /metadata /ext4/metadata 64
	made /metadata page-cache file_kind=block-device path=/dev/ram0
	remove_later /metadata
	sync
}

# After all that reclaims, as reclaim wakes the flusher. min_ratio, as a new group's writeback is
# granted no dirty pages at all and would start at once.
workload_dirty() {
	echo 50 >/sys/block/ram0/bdi/min_ratio
	echo 0 >/proc/sys/vm/dirty_writeback_centisecs
	ext4_file /dirty /ext4/dirty 100K
	[ "$MCD_HIERARCHY" = v1 ] || made /dirty writeback
	remove_later /dirty
}

# swapped GROUP FILE BYTES SWAPPED: a file of tmpfs, most of that much of which goes out to swap.
swapped() {
	mcd_group "$1"
	pin file "$1" "$2" "$3"
	mcd_reclaim "$1" "$4"
	made "$1" swap refs=1 "path=$2"
}

workload_swap() {
	swapped /swap-shmem /tmp/swapped 2M 1048576
	made /swap-shmem shmem path=/tmp/swapped
	remove_later /swap-shmem

	swapped /swap-shmem-all /tmp/swapped-all 512K 524288
	remove_later /swap-shmem-all

	swapped /swap-name '/tmp/half of  it is swapped' 2M 1048576
	made /swap-name shmem 'path=/tmp/half of  it is swapped'
	remove_later /swap-name

	mcd_group /swap-anon
	pin anon /swap-anon 2M
	mcd_reclaim /swap-anon 1048576
	made /swap-anon swap refs=1
	made /swap-anon anon
	remove_later /swap-anon
}

# socket_group GROUP: on v1 only a group with a limit accounts its sockets.
socket_group() {
	mcd_group "$1"
	[ "$MCD_HIERARCHY" = v2 ] || echo 67108864 >"$MCD_MOUNT$1/memory.kmem.tcp.limit_in_bytes"
}

# tcp_group GROUP CONNECTIONS BYTES: both ends of a connection are the group's.
tcp_group() {
	socket_group "$1"
	pin tcp "$@"
	[ "$1" = /live-tcp ] || made "$1" socket "refs=$(($2 * 2))"
}

workload_tcp() {
	tcp_group /tcp 3 32K
	remove_later /tcp sockets=6
	tcp_group /live-tcp 2 16K

	# The one that listens, and the ends of two that have connected.
	socket_group /tcp-listen
	pin listen /tcp-listen 2
	made /tcp-listen socket refs=3
	remove_later /tcp-listen

	socket_group /tcp-orphan
	pin orphan /tcp-orphan 32K
	made /tcp-orphan socket refs=1
	remove_later /tcp-orphan
}

# other_sockets FAMILY COUNT
other_sockets() {
	socket_group "/$1"
	pin sockets "/$1" "$1"
	made "/$1" socket "refs=$2"
	remove_later "/$1"
}

workload_other_sockets() {
	other_sockets unix 5
	other_sockets udp 2
	other_sockets netlink 2
	other_sockets packet 2
	other_sockets raw 2
}

workload_kernel_objects() {
	for kind in inotify fanotify; do
		mcd_group "/$kind"
		pin "$kind" "/$kind"
		made "/$kind" fsnotify refs=1
		remove_later "/$kind"
	done

	mcd_group /zombie
	pin zombie /zombie
	made /zombie task refs=1
	remove_later /zombie

	# The file, as from 5.11 on the pipe alone would not hold it.
	shmem_file /pipe /tmp/pipe 16K
	pin pipe /pipe 48K
	made /pipe kmem-page min_bytes=48K
	remove_later /pipe
}

workload_mixed() {
	tcp_group /mixed 2 8K
	pin file /mixed /tmp/mixed 256K
	pin anon /mixed 128K
	mcd_reclaim /mixed 131072
	pin file /mixed /tmp/mixed-later 64K
	made /mixed swap refs=1
	made /mixed shmem path=/tmp/mixed-later bytes=64K
	remove_later /mixed sockets=4
}

workload_producers() {
	for i in $(seq 20); do
		shmem_file "/system.slice/run-$i.service" "/tmp/run-$i" 16K
		remove_later "/system.slice/run-$i.service"
	done
	mcd_group /system.slice/live.service
	pin -s anon /system.slice/live.service 40K
}

# A child pins its parent, which holds nothing itself.
workload_nested() {
	swapped /dead-parent/dead-middle/dead-child /tmp/dead-child 512K 262144
	made /dead-parent/dead-middle child refs=1
	made /dead-parent child refs=1
	remove_later /dead-parent/dead-middle/dead-child
	remove_later /dead-parent/dead-middle
	remove_later /dead-parent

	shmem_file /live-parent/dead-child /tmp/live-parent 32K
	remove_later /live-parent/dead-child
	mcd_group /live-parent/live-child/live-grandchild
	pin -s anon /live-parent/live-child/live-grandchild 64K
}

# named NAME: a removed group of that name, with a little to hold it.
named() {
	named_count=$((${named_count:-0} + 1))
	shmem_file "/$1" "/tmp/named-$named_count" 8K
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
		shmem_file /again "/tmp/again-$i" "$((i * 16))K"
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

# When all others are removed, since any group that charges something on CPU 1 takes its place there.
workload_stock() {
	mcd_group /stock
	pin stock /stock /scrub
	made /stock stock min_refs=1
	made /stock anon
	mcd_remove /stock
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
	workload_reading
	workload_ext4
	workload_mounts
	workload_memory
	workload_shared_memory
	workload_swap
	workload_tcp
	workload_other_sockets
	workload_kernel_objects
	workload_mixed
	workload_producers
	workload_dirty
	workload_nested
	workload_names
	[ "$MCD_HIERARCHY" = v2 ] || workload_v1_live
	workload_same_path
	mcd_drain
	mcd_settle
	remove_all
	workload_stock
	mcd_wait_made
	mcd_live
}
