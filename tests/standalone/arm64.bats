#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# Dumps of Debian's kernels for arm64, read on this machine: 48 and 52 bits of addresses, pages of 4 and
# 16 KB. crash opens dumps of its own machine only, so that the guests' kernels are the ones to ask.

load lib

# The one with pages of 16 KB is a download of 1.1 GB.
dumps=(arm64-6.1-v2 arm64-6.12-v2)

setup_file() {
    local dump dir
    cd "$BATS_FILE_TMPDIR"
    echo leak:libkdumpfile > leaks
    for dump in "${dumps[@]}"; do
        dir=$("$top/test-dumps/debian/make-dump" "$dump")
        ln -s "$dir" "$dump"
    done
    dir=$(cached arm64-16k-v2) || echo "# arm64-16k-v2 is not in the cache: not tested" >&3
    [ -z "$dir" ] || ln -s "$dir" arm64-16k-v2
}

setup() {
    enter_test
}

# each COMMAND: is run in the directory of each dump.
each() {
    local dir
    for dir in arm64-*; do
        echo "$dir"
        (cd "$dir/" && "$1" "$BATS_TEST_TMPDIR/$dir.")
    done
}

# info KEY: what VMCOREINFO in ./vmcore says.
info() {
    head -c 65536 vmcore | grep -aoP "^(NUMBER|SYMBOL)?\(?\Q$1\E\)?=\K.*"
}

# views DIR COMMAND…: what each view says, but for where types are from and for how long it took.
views() {
    local dir=$1 view
    shift
    mkdir "$dir"
    for view in '' -k '-l -a' '-u -a' '-j -a'; do
        # shellcheck disable=SC2086 # options are words
        "$@" $view > "$dir/report$view" || return
        [ -s "$dir/report$view" ]
        LC_ALL=C sed -i -E -e '/^types: /d' -e 's/"types":"[a-z]*"/"types":/; s/"seconds":[0-9.e-]+//' "$dir/report$view"
    done
}

# put_in_headers FILE PATTERN TEXT: in the first 64 KB, in place; as long as what matches.
put_in_headers() {
    python3 - "$@" <<'PYTHON'
import re, sys
path, pattern, text = sys.argv[1:]
with open(path, "r+b") as file:
    match = re.search(pattern.encode(), file.read(65536))
    assert len(text) == len(match.group())
    file.seek(match.start())
    file.write(text.encode())
PYTHON
}

says_what_the_guest_said() { # PREFIX
    "$program" -l -a vmcore vmlinux > "$1list"
    "$top/tests/tools/compare-facts" facts.json "$1list"
    [ "$(wc -l < "$1list")" -gt 50 ]
}

@test "every figure is what the guest's kernel said" {
    each says_what_the_guest_said
}

tells_its_machine() { # PREFIX
    "$program" -j vmcore vmlinux > "$1json"
    [ "$(jq -r 'select(.type == "head").arch' "$1json")" = aarch64 ]
}

@test "the report tells the machine" {
    each tells_its_machine
}

# Differs where both come from different pages; "$page" is what VMCOREINFO says.
has_whole_pages() { # PREFIX
    local page
    page=$(info PAGESIZE)
    "$program" -j -a vmcore vmlinux > "$1json"
    jq -e --argjson page "$page" -s '
        map(select(.type == "memcg")) | length > 50 and all(.memory_bytes % $page == 0)' "$1json"
    # The next larger page would not do.
    jq -e --argjson page "$page" -s 'map(select(.type == "memcg")) | any(.memory_bytes % (2 * $page) != 0)' "$1json"
}

@test "counters are of pages of the dumped machine" {
    each has_whole_pages
}

@test "the dumps are of kernels moved by KASLR, with 48 and 52 bits of addresses" {
    local dump linked
    for dump in "${dumps[@]}"; do
        cd "$BATS_TEST_TMPDIR/$dump/"
        linked=$(nm vmlinux | awk '$3 == "_stext" { print $1 }')
        [ -n "$linked" ]
        [ -n "$(info _stext)" ]
        [ "$(info _stext)" != "$linked" ]
    done
    [ "$(cd "$BATS_TEST_TMPDIR/arm64-6.1-v2" && info TCR_EL1_T1SZ)" = 0x10 ]
    [ "$(cd "$BATS_TEST_TMPDIR/arm64-6.12-v2" && info TCR_EL1_T1SZ)" = 0xc ]
}

@test "without vmlinux the report is the same: BTF and kallsyms" {
    views dwarf "$program" arm64-6.12-v2/vmcore arm64-6.12-v2/vmlinux
    views btf "$program" arm64-6.12-v2/vmcore
    diff -r dwarf btf
}

# Debian's 6.1 for arm64 is without CONFIG_KALLSYMS_ALL.
@test "without vmlinux, where kallsyms has functions only: BTF and System.map" {
    nm arm64-6.1-v2/vmlinux > map
    views dwarf "$program" arm64-6.1-v2/vmcore arm64-6.1-v2/vmlinux
    views btf "$program" --symbols map arm64-6.1-v2/vmcore
    diff -r dwarf btf
    says 4 'its kallsyms has functions only: .* --symbols with its System.map' "$program" arm64-6.1-v2/vmcore
}

@test "a vmlinux of another kernel or machine is refused" {
    local other
    says 4 'arm64-6.12-v2/vmlinux: is of another build than the dump' \
        "$program" arm64-6.1-v2/vmcore arm64-6.12-v2/vmlinux
    other=$("$top/test-dumps/debian/make-dump" 6.1-v2)
    says 4 'is of another build than the dump' "$program" arm64-6.1-v2/vmcore "$other/vmlinux"
    says 4 'is of another build than the dump' "$program" "$other/vmcore" arm64-6.1-v2/vmlinux
}

# Functions of other sections than .text are not where the symbols are: the patchable entry comes first.
@test "DWARF is not searched: types are found through .debug_aranges" {
    is_quick arm64-6.1-v2/vmcore arm64-6.1-v2/vmlinux
    is_quick arm64-6.12-v2/vmcore arm64-6.12-v2/vmlinux
}

# ---- what is wrong with a dump ----

@test "without VMCOREINFO: what would have written it" {
    cp --sparse=always arm64-6.1-v2/vmcore noinfo
    "$top/tests/tools/hide-vmcoreinfo" noinfo
    says 3 '^dangling: noinfo: has no VMCOREINFO, without which a dump of aarch64 cannot be read: .*vmcoreinfo' \
        "$program" noinfo arm64-6.1-v2/vmlinux
}

# The machine's own page size is nowhere but in VMCOREINFO.
@test "an impossible page size is damage, and no page table is walked with it" {
    local bytes
    cp --sparse=always arm64-6.1-v2/vmcore odd
    for bytes in 0000 0001 0002 0008 0016 0064 0256 2048; do
        put_in_headers odd 'PAGESIZE=[0-9]*' "PAGESIZE=$bytes"
        says 3 '^dangling: odd: not a dump that can be read: its headers are damaged' \
            "$sanitized" -l odd arm64-6.1-v2/vmlinux
    done
    # Possible, but it is not so.
    put_in_headers odd 'PAGESIZE=[0-9]*' PAGESIZE=8192
    says 3 '^dangling: ' "$sanitized" -l odd arm64-6.1-v2/vmlinux
    put_in_headers odd 'PAGESIZE=[0-9]*' PAGESIZE=4096
    "$program" -l odd arm64-6.1-v2/vmlinux > out
    "$program" -l arm64-6.1-v2/vmcore arm64-6.1-v2/vmlinux | cmp - out
}

@test "impossible sizes of addresses, and page tables elsewhere" {
    local value
    cp --sparse=always arm64-6.1-v2/vmcore odd
    for value in 00 01 0d 19 2f 34 3f; do
        put_in_headers odd 'TCR_EL1_T1SZ\)=0x..' "TCR_EL1_T1SZ)=0x$value"
        says 3 '^dangling: ' "$sanitized" -l odd arm64-6.1-v2/vmlinux
    done
    put_in_headers odd 'TCR_EL1_T1SZ\)=0x..' 'TCR_EL1_T1SZ)=0x10'
    for value in 0000000000000000 ffffffffffffffff ffff800000000123; do
        put_in_headers odd 'kimage_voffset\)=0x.{16}' "kimage_voffset)=0x$value"
        says 3 '^dangling: ' "$sanitized" -l odd arm64-6.1-v2/vmlinux
    done
}

@test "damaged headers: never a crash, never a hang" {
    local seed
    cp --sparse=always arm64-6.12-v2/vmcore damaged
    for seed in {1..15}; do
        echo "seed $seed"
        dd if=arm64-6.12-v2/vmcore of=damaged bs=24576 count=1 conv=notrunc status=none
        "$top/tests/tools/damage-bytes" damaged "$seed" 0 24576
        ended "$sanitized" -l damaged arm64-6.12-v2/vmlinux
    done
}

@test "a truncated dump is said to be that" {
    local size whole
    whole=$(stat -Lc %s arm64-6.1-v2/vmcore)
    "$program" -l arm64-6.1-v2/vmcore arm64-6.1-v2/vmlinux > out
    cp --sparse=always arm64-6.1-v2/vmcore part
    truncate -s $((whole - 1)) part
    says 0 "^dangling: part: the file is truncated .$((whole - 1)) of $whole bytes" \
        "$sanitized" -l part arm64-6.1-v2/vmlinux
    cmp out said.out
    for size in 100000000 20000; do
        truncate -s "$size" part
        says 3 "^dangling: part: the file is truncated .$size of $whole bytes" \
            "$sanitized" -l part arm64-6.1-v2/vmlinux
    done
    truncate -s 300 part
    says 3 '^dangling: part: truncated, or its headers are damaged: 300 of at least' \
        "$sanitized" -l part arm64-6.1-v2/vmlinux
}
