#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# Bad input to the stand-alone program, built with sanitizers: it says and shows what crash does of each
# damaged copy of the demo dump, and ends as it should whatever is in the file.

load lib

# The views in both front ends.
views=(-k '' -l -u '-j -a' '-p -f -s' '-p --scan' '-j -p -f -g -i -c')

# ask DIRECTORY VMCORE [VMLINUX]: every view into a file of its number, messages, exit statuses.
ask() {
    local nr=0 view status
    mkdir -p "$1"
    for view in "${views[@]}"; do
        nr=$((nr + 1))
        status=0
        # shellcheck disable=SC2086 # a list of options
        timeout 20 "$sanitized" $view "${@:2}" > "$1/$nr" 2>> "$1/messages" < /dev/null || status=$?
        echo "$status" >> "$1.statuses"
    done
}

ask_crash() { # VMLINUX VMCORE
    local nr=0
    mkdir -p crash
    for view in "${views[@]}"; do
        nr=$((nr + 1))
        echo "dangling $view > crash/$nr"
    done > commands
    crash_session "$@" < commands
    grep -a '^dangling: ' session.err > crash/messages
}

# What the front ends may differ in; see same.bats.
forget_origin() { # DIRECTORY
    LC_ALL=C sed -s -i -E -e 's/^types: .*/types:/' \
        -e 's/"(front_end|types)":"[a-z]*"/"\1":/g; s/"seconds":[0-9.e-]+/"seconds":/' "$1"/*
}

# as_in_crash STATUS VMLINUX VMCORE [MESSAGE]: the same reports and messages, and that exit status.
# MESSAGE is one that each view of the stand-alone program ends with, and crash's does not.
as_in_crash() {
    ask_crash "$2" "$3"
    ask alone "$3" "$2"
    if [ -n "${4:-}" ]; then
        [ "$(grep -cxF "$4" alone/messages)" = "${#views[@]}" ]
        sed -i "/^${4//\//.}$/d" alone/messages
    fi
    forget_origin crash
    forget_origin alone
    show crash/messages
    [ -s crash/messages ]
    diff -ar crash alone
    [ "$(sort -u alone.statuses)" = "$1" ]
    # What the dump lacks is not called a leak.
    [ -z "$(grep -l 'kernel leak' alone/*)" ]
}

# damaged STATUS NAME EDIT…: with a copy of the demo dump that has the edits.
damaged() {
    local status=$1
    mkdir "$BATS_FILE_TMPDIR/$2"
    cd "$BATS_FILE_TMPDIR/$2"
    cp "$demo/vmcore" .
    "$top/tests/tools/kdump-edit" vmcore "${@:3}"
    as_in_crash "$status" ../vmlinux vmcore
}

# survives VMCORE [VMLINUX]: every view ends soon, with an exit status of bad dumps and no crash, and says
# why. Leaves the exit status of the last one in $status.
survives() {
    local view
    for view in -la -u -j; do
        status=0
        timeout 20 "$sanitized" "$view" "$@" > survived.out 2> survived.err < /dev/null || status=$?
        case $status in
        0) ;;
        3 | 4 | 6) [ -s survived.err ] ;;
        *)
            echo "$view $*: exit status $status"
            head -c 3000 survived.err
            return 1
            ;;
        esac
    done
}

setup_file() {
    unpack_demo
    cd "$BATS_FILE_TMPDIR"
    echo "leak:libkdumpfile" > leaks
    "$program" -l "$demo/vmcore" vmlinux > list
    "$program" -u "$demo/vmcore" vmlinux > unions
}

@test "a list that loops back" {
    damaged 6 loop "$(member_of 5 dead)=$(member_of 2 dead)"
}

@test "a list that points nowhere" {
    damaged 6 nowhere "$(member_of 3 dead)=dead000000000100"
}

@test "a list that points to the head too early" {
    damaged 6 early "$(member_of 1 dead)=$(symbol dangling_memcgs)"
}

@test "a list head that points nowhere" {
    damaged 6 head "$(symbol dangling_memcgs)=0000000000000abc"
}

@test "a list broken at both ends" {
    local prev
    prev=$(printf '%x' $((0x$(symbol dangling_memcgs) + 8)))
    damaged 6 both "$(member_of 3 dead)=dead000000000100" "$prev=dead000000000200"
}

@test "a missing page" {
    damaged 6 hole "$(page_of 4)=hole"
}

@test "root_mem_cgroup unreadable" {
    damaged 6 wild-root "$(symbol root_mem_cgroup)=dead000000000300"
}

@test "root_mem_cgroup NULL" {
    damaged 3 null-root "$(symbol root_mem_cgroup)=0"
}

@test "a kernel without memory cgroups" {
    mkdir "$BATS_FILE_TMPDIR/no-memcg"
    cd "$BATS_FILE_TMPDIR/no-memcg"
    objcopy --redefine-sym root_mem_cgroup=root_mem_cgrouq ../vmlinux vmlinux
    as_in_crash 5 vmlinux "$demo/vmcore"
}

@test "a vmlinux without the types" {
    mkdir "$BATS_FILE_TMPDIR/no-types"
    cd "$BATS_FILE_TMPDIR/no-types"
    # Same length, so that the struct has another name and nothing moves.
    objcopy --dump-section .debug_str=strings ../vmlinux
    LC_ALL=C sed -i 's/mem_cgroup\x00/mem_cgrouq\x00/g' strings
    objcopy --update-section .debug_str=strings ../vmlinux vmlinux
    as_in_crash 4 vmlinux "$demo/vmcore"
}

@test "a truncated dump: what was cut off is unreadable, and the rest stands" {
    mkdir "$BATS_FILE_TMPDIR/truncated"
    cd "$BATS_FILE_TMPDIR/truncated"
    cp "$demo/vmcore" .
    "$top/tests/tools/kdump-edit" vmcore "$(page_of 8)=tail" "$(page_of 14)=tail"
    truncate -s -5000 vmcore
    # Of its own accord crash says nothing of that.
    told='dangling: vmcore: the file is truncated: what is behind its end is missing'
    as_in_crash 6 ../vmlinux vmcore "$told"
    grep -q unreadable alone/3
}

@test "a dump cut off anywhere" {
    mkdir "$BATS_FILE_TMPDIR/cut"
    cd "$BATS_FILE_TMPDIR/cut"
    for size in 1 100 464 4095 4096 8192 12287 100000 610304 2000000; do
        head -c "$size" "$demo/vmcore" > vmcore
        echo "$size bytes"
        survives vmcore ../vmlinux
        [ "$status" != 0 ]
    done
}

@test "random damage around the memcgs" {
    mkdir "$BATS_FILE_TMPDIR/random"
    cd "$BATS_FILE_TMPDIR/random"
    for seed in $(seq "${SEEDS:-12}"); do
        mapfile -t edits < <("$top/tests/tools/random-damage" ../list "$seed")
        echo "seed $seed: ${edits[*]}"
        cp "$demo/vmcore" .
        "$top/tests/tools/kdump-edit" vmcore "${edits[@]}"
        survives vmcore ../vmlinux
        # One whole report, however bad the dump.
        "$top/tests/tools/check-json" survived.out
    done
}

# poke OFFSET BYTES: a fresh copy of the ELF core with these bytes (of printf) in it, in the file vmcore.
poke() {
    cp elf/vmcore vmcore
    # shellcheck disable=SC2059 # escapes are meant
    printf "$2" | dd of=vmcore bs=1 seek="$1" conv=notrunc status=none
}

@test "headers of an ELF core that libkdumpfile cannot bear" {
    local at
    cd "$BATS_FILE_TMPDIR"
    fixture elf
    survives elf/vmcore elf/vmlinux
    [ "$status" = 0 ]
    # elf(5): e_phentsize, e_phnum, e_shoff, and e_ident[EI_VERSION] with the first of them.
    for at in '54 \0\0' '54 \377\0' '56 \0\0' '56 \1\0' '56 \377\377' '40 \100' \
        '6 \0'; do
        echo "$at"
        poke "${at% *}" "${at#* }"
        survives vmcore elf/vmlinux
        [ "$status" = 3 ]
        grep -q 'headers are damaged' survived.err
    done
    at=$(LC_ALL=C grep -aob PAGESIZE=4096 elf/vmcore | head -1 | cut -d: -f1)
    for size in 0000 4097 -409 99999999; do
        poke $((at + 9)) "$size"
        survives vmcore elf/vmlinux
    done
}

@test "the string table of an ELF core: without an end, of a Xen domain" {
    cd "$BATS_FILE_TMPDIR"
    fixture names --names=.shstrtab/.
    # sh_name of the second section: the last byte.
    printf '\013' | dd of=names/vmcore bs=1 seek=128 conv=notrunc status=none
    says 3 'headers are damaged' "$sanitized" names/vmcore names/vmlinux
    fixture names --names=.xen_prstatus/
    says 3 'headers are damaged' "$sanitized" names/vmcore names/vmlinux
    # sh_size of the second section, sh_size of the first with e_shnum 0, sh_info of that with e_phnum PN_XNUM.
    fixture names --names=.shstrtab/
    for at in '164 \1' '96 \1\0\1 60 \0' '108 \377\377\377\177 56 \377\377'; do
        # shellcheck disable=SC2086 # two or four words
        set -- $at
        cp names/vmcore vmcore
        while [ $# -gt 0 ]; do
            # shellcheck disable=SC2059 # escapes are meant
            printf "$2" | dd of=vmcore bs=1 seek="$1" conv=notrunc status=none
            shift 2
        done
        says 3 'headers are damaged' "$sanitized" vmcore names/vmlinux
    done
}

# A kdump-compressed dump whose pages overflow libkdumpfile's buffers wherever they are not guarded.
overflowing() {
    cd "$BATS_FILE_TMPDIR"
    [ -d lzo ] || fixture lzo --format=lzo
    cp lzo/vmcore vmcore
    "$top/tests/tools/kdump-header" vmcore descriptors=60000 "$@"
}

@test "headers of a kdump-compressed dump that switch off its guard" {
    overflowing
    says 3 'the dump is damaged' "$sanitized" vmcore lzo/vmlinux
    overflowing split=1 end_pfn=0xffffffff end_pfn_64=0xffffffffff
    says 3 'one part of several' "$sanitized" vmcore lzo/vmlinux
    printf DISKDUMP | dd of=vmcore conv=notrunc status=none
    says 3 'not a dump that can be read' "$sanitized" vmcore lzo/vmlinux
    # Two bitmaps of 32768 bits: with more pages than that libkdumpfile takes them for one.
    overflowing max_mapnr=40000 max_mapnr_64=40000
    says 3 'headers are damaged' "$sanitized" vmcore lzo/vmlinux
    overflowing max_mapnr_64=40000
    dd if=vmcore of=vmcore bs=4096 skip=4 seek=3 count=1 conv=notrunc status=none
    dd if=/dev/zero of=vmcore bs=4096 seek=4 count=1 conv=notrunc status=none
    says 3 'headers are damaged' "$sanitized" vmcore lzo/vmlinux
    # A header of 32 bits beside that of 64, whose bitmaps would be elsewhere: libkdumpfile takes it. The
    # last edit is its max_mapnr_64, those before are what was erased.
    local both='at:416=4096 at:420=2 at:424=2 sub_hdr_size=1 sub:8=0 sub:44=0 sub:48=0 sub:52=0'
    # shellcheck disable=SC2086 # a list of edits
    overflowing $both sub:72=30000
    says 3 'the dump is damaged' "$sanitized" vmcore lzo/vmlinux
    # shellcheck disable=SC2086
    overflowing $both sub:72=40000
    says 3 'headers are damaged' "$sanitized" vmcore lzo/vmlinux
}

@test "headers of a kdump-compressed dump that claim what is not there" {
    local edit
    cd "$BATS_FILE_TMPDIR"
    [ -d lzo ] || fixture lzo --format=lzo
    for edit in size_note=0x100000000000 offset_note=0x7fffffff00000000 size_vmcoreinfo=0x200000000 \
        bitmap_blocks=0x7ffffffe sub_hdr_size=0x7ffffffe bitmap_blocks=0xfffffffe sub_hdr_size=0xffffffff \
        bitmap_blocks=0 block_size=0 block_size=5000 block_size=0x80000 header_version=0x80000000; do
        echo "$edit"
        cp lzo/vmcore vmcore
        "$top/tests/tools/kdump-header" vmcore "$edit"
        says 3 '^dangling: vmcore: .*headers are damaged' "$program" -l vmcore lzo/vmlinux
    done
    # What was erased nobody reads: makedumpfile writes it last.
    cp lzo/vmcore vmcore
    "$top/tests/tools/kdump-header" vmcore offset_eraseinfo=0x200000 size_eraseinfo=100
    says 0 'the file is truncated .[0-9]* of 2097252 bytes' "$program" -l vmcore lzo/vmlinux
    "$top/tests/tools/kdump-header" vmcore header_version=3
    says 3 'header version 3: written by a makedumpfile that is too old' "$program" vmcore lzo/vmlinux
    cp lzo/vmcore vmcore
    LC_ALL=C sed -i 's/PAGESIZE=4096/PAGESIZE=8192/' vmcore
    says 3 'headers are damaged' "$sanitized" vmcore lzo/vmlinux
}

@test "random damage to the headers of a kdump-compressed dump" {
    cd "$BATS_FILE_TMPDIR"
    [ -d lzo ] || fixture lzo --format=lzo
    for seed in $(seq "${SEEDS:-24}"); do
        echo "seed $seed"
        cp lzo/vmcore vmcore
        "$top/tests/tools/damage-bytes" vmcore "$seed" 0 4224
        survives vmcore lzo/vmlinux
    done
}

# libkdumpfile 0.5.1 does not get over a page that it cannot give: guard.c. The last page is followed by
# one that was read before, since a scan is longer than its cache.
@test "the last page of a scan is missing, or damaged: the next reports are none the worse" {
    cd "$BATS_FILE_TMPDIR"
    local damage pages usage
    "$top/test-dumps/fixtures/make-fixture" --format=zlib eras/5.4.c scanned
    pages=0x$(nm scanned/vmlinux | awk '$3 == "pages" { print $1 }')
    usage=$(nm scanned/vmlinux | awk '$3 == "usage" { print $1 }')
    # Of the 512 pages with struct pages that a section has, the first 320.
    "$top/tests/tools/kdump-edit" scanned/vmcore "$usage=ffffffffff"
    "$sanitized" -l scanned/vmcore scanned/vmlinux > expected
    for damage in hole noise; do
        cp scanned/vmcore vmcore
        "$top/tests/tools/kdump-edit" vmcore "$(printf '%x' $((pages + 319 * 4096)))=$damage"
        printf 'dangling %s\n' '-p --scan -m /batch' '-l' '-p --scan -m /batch' '-l -o list' |
            "$sanitized" shell vmcore scanned/vmlinux > out 2> said
        [ "$(grep -c '^dangling: 64 of 20480 page structures cannot be read' said)" = 2 ]
        diff expected list
        rm list
    done
}

@test "a FIFO for a System.map, and a report into the System.map" {
    cd "$BATS_FILE_TMPDIR"
    [ -d elf ] || fixture elf
    nm elf/vmlinux > map
    cp map map.was
    mkfifo map.fifo
    says 4 '^dangling: map.fifo: not a file' "$program" --symbols map.fifo elf/vmcore
    says 2 '^dangling: map: the report is made from it' "$program" -o map --symbols map "$demo/vmcore" vmlinux
    cmp map map.was
}

@test "random damage to the headers of an ELF core" {
    cd "$BATS_FILE_TMPDIR"
    [ -d elf ] || fixture elf
    for seed in $(seq "${SEEDS:-24}"); do
        echo "seed $seed"
        cp elf/vmcore vmcore
        "$top/tests/tools/damage-bytes" vmcore "$seed" 0 256
        survives vmcore elf/vmlinux
    done
}

@test "nothing is left behind by a run that ends well" {
    cd "$BATS_FILE_TMPDIR"
    for view in '' -k -l -u -j -h --version; do
        # shellcheck disable=SC2086 # no view is no word
        LSAN_OPTIONS='' "$sanitized" $view "$demo/vmcore" vmlinux > nothing
    done
}
