#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# Which files the stand-alone program opens as a dump, and what it says of the others: formats and
# codecs, flattened and compressed files, no dump at all, dumps without VMCOREINFO, damaged ones.

load lib

setup_file() {
    unpack_demo
    cd "$BATS_FILE_TMPDIR"
    echo leak:libkdumpfile > leaks
    "$program" -l "$demo/vmcore" vmlinux > expected
    fixture elf
    "$program" -l elf/vmcore elf/vmlinux > expected.fixture
    "$program" -l -a "$demo/vmcore" vmlinux > all
    "$program" -l -a elf/vmcore elf/vmlinux > all.fixture
    cp "$demo/vmcore" .
}

setup() {
    enter_test
}

# same_fixture NAME [OPTION…]: the fixture's report, wherever its groups are in memory.
same_fixture() {
    fixture "$@"
    "$program" -l "$1/vmcore" "$1/vmlinux" > out
    diff <(sed 's/^[0-9a-f]*//' expected.fixture) <(sed 's/^[0-9a-f]*//' out)
}

# ---- formats ----

@test "the fixture's report is what its source says" {
    diff - <(tr -s ' ' < expected.fixture | cut -d' ' -f2-) <<'LIST'
ID REFS MEMORY SWAP KMEM TCP STATE PATH
5 6 20480 4096 n/a n/a offline /newest
4 1 0 28672 n/a n/a offline /swapped out
3 3 8192 0 n/a n/a offline /oldest
LIST
}

@test "kdump-compressed: what makedumpfile writes, excluding what it can" {
    local codec
    for codec in '' -c -l; do
        # shellcheck disable=SC2086 # nothing is no argument
        makedumpfile $codec -d 31 -x vmlinux vmcore again > log
        same "$program" -l again vmlinux
        rm again
    done
}

@test "kdump-compressed: every codec that libkdumpfile has" {
    local codec
    for codec in raw zlib lzo snappy zstd; do
        same_fixture "$codec" --format="$codec"
    done
}

@test "a flattened dump is restored with the command in the message" {
    local command
    makedumpfile -F -c -d 31 -x vmlinux vmcore > flat 2> /dev/null
    if "$program" -l flat vmlinux > out 2> err; then # from libkdumpfile 0.5.2 on
        cmp expected out
        return
    fi
    says 3 '^dangling: flat: .*flattened' "$program" flat vmlinux
    command=$(grep -o 'makedumpfile -R .*' said.err)
    [ "$command" = 'makedumpfile -R vmcore.restored < flat' ]
    eval "$command" > log
    same "$program" -l vmcore.restored vmlinux
}

@test "a compressed dump is decompressed with the command in the message" {
    local tool
    for tool in xz gzip zstd bzip2; do
        cp elf/vmcore packed
        "$tool" -c packed > packed."${tool:0:2}" 2> /dev/null
        rm packed
        says 3 "compressed with $tool: decompress it first: $tool -" "$program" packed."${tool:0:2}"
    done
    # The last one is bzip2's, whose suffix is bz2 elsewhere.
    says 3 'bzip2 -dk packed.bz$' "$program" packed.bz
}

@test "what is no dump is named" {
    : > empty
    echo hello > text
    mkdir dir
    mkfifo fifo
    ln -s nowhere dangling-link
    says 3 '^dangling: empty: the file is empty$' "$program" empty vmlinux
    says 3 '^dangling: text: not a dump that can be read: ' "$program" text vmlinux
    says 3 '^dangling: dir: is a directory' "$program" dir vmlinux
    says 3 '^dangling: fifo: not a file' "$program" fifo vmlinux
    says 3 '^dangling: /dev/null: not a file' "$program" /dev/null vmlinux
    says 3 '^dangling: missing: No such file' "$program" missing vmlinux
    says 3 '^dangling: dangling-link: No such file' "$program" dangling-link vmlinux
    says 3 '^dangling: vmlinux: an ELF file, but no dump: the dump comes first' \
        "$program" vmlinux vmcore
}

@test "a dump that may not be read is named" {
    [ "$(id -u)" != 0 ] || skip "root may read everything"
    install -m 0 elf/vmcore secret
    says 3 '^dangling: secret: Permission denied' "$program" secret elf/vmlinux
}

# ---- without VMCOREINFO ----

@test "without VMCOREINFO and registers: a kernel that was not moved" {
    same_fixture old --no-vmcoreinfo
    same_fixture old --no-vmcoreinfo --format=zlib
    says 4 'old/vmcore: has no VMCOREINFO.*install its debuginfo' "$program" old/vmcore
}

@test "without VMCOREINFO: a kernel moved by KASLR is found with QEMU's registers" {
    same_fixture moved --no-vmcoreinfo --registers=kernel --kaslr=0x2e000000
    # Interrupted in user space: with page table isolation, that has a page table of its own.
    same_fixture moved --no-vmcoreinfo --registers=user --kaslr=0x1200000
    same_fixture moved --no-vmcoreinfo --registers=kernel
}

@test "without VMCOREINFO: the registers may be missing, but then KASLR cannot be told" {
    fixture lost --no-vmcoreinfo --kaslr=0x2000000
    says 4 'the dump has no VMCOREINFO, and where lost/vmlinux has linux_banner there is none' \
        "$program" lost/vmcore lost/vmlinux
}

@test "without VMCOREINFO: a vmlinux of another build is refused" {
    fixture old --no-vmcoreinfo
    fixture other --build-id=0123456789abcdef0123456789abcdef01234567
    says 4 "its build-id is 0123456789abcdef.*, the dump's is $(build_id old/vmlinux)" \
        "$program" old/vmcore other/vmlinux
    says 4 'where vmlinux has linux_banner there is none: is it this kernel' \
        "$program" old/vmcore vmlinux
}

@test "kdump-compressed as QEMU does it, without a release in the header" {
    same_fixture nameless --format=zlib --nameless --kaslr=0x2000000
    same_fixture nameless --format=zlib --nameless --no-vmcoreinfo
    same_fixture nameless --format=zlib --nameless --btf --kallsyms=self
    "$program" -l nameless/vmcore | cmp - out
}

@test "without VMCOREINFO: the demo's" {
    cp vmcore noinfo
    "$top/tests/tools/hide-vmcoreinfo" noinfo
    same "$program" -l noinfo vmlinux
    says 4 'noinfo: has no VMCOREINFO' "$program" noinfo
}

@test "without VMCOREINFO: Debian's kernel, moved by KASLR, page tables of 5 levels" {
    local dir
    dir=$("$top/test-dumps/debian/make-dump" 6.1-v2)
    cp --reflink=auto --sparse=always "$dir/vmcore" noinfo
    "$top/tests/tools/hide-vmcoreinfo" noinfo
    "$program" -l "$dir/vmcore" "$dir/vmlinux" > out
    "$program" -l noinfo "$dir/vmlinux" | cmp - out
    nm "$dir/vmlinux" > map
    "$program" -l --symbols map noinfo | cmp - out
    says 4 'where vmlinux has linux_banner there is none' "$program" noinfo vmlinux
    rm noinfo
}

# ---- damaged ----

# sane LIST COMMAND…: it ends by itself, with a message where it prints nothing, and every figure that it
# prints is that of the list of all memory cgroups, or unreadable.
sane() {
    local expected=$1 status=0
    shift
    timeout 60 "$@" > sane.out 2> sane.err < /dev/null || status=$?
    case $status in
        0 | 6) "$top/tests/tools/same-or-unreadable" "$expected" sane.out ;;
        3 | 4 | 5) [ ! -s sane.out ] && grep -q '^dangling: ' sane.err ;;
        *) false ;;
    esac && return
    echo "status $status: $*"
    head -50 sane.err
    return 1
}

@test "a truncated dump: never a crash, never another figure" {
    local size file whole
    fixture raw --format=raw
    fixture zlib --format=zlib
    for file in elf raw zlib; do
        whole=$(stat -c %s "$file/vmcore")
        for size in 1 16 63 64 200 1000 4096 4100 8200 9000 12300 16400 20500 $((whole / 2)) \
             $((whole * 3 / 4)) $((whole - 5000)) $((whole - 4096)) $((whole - 1)); do
            [ "$size" -lt "$whole" ] || continue
            head -c "$size" "$file/vmcore" > part
            sane all.fixture "$sanitized" -l part elf/vmlinux
        done
    done
    for size in 5000 60000 1000000 4800000 4900000 5000000 5100000; do
        head -c "$size" vmcore > part
        sane all "$sanitized" -l part vmlinux
    done
}

@test "a truncated dump of which too little is left is said to be that" {
    head -c 100000 vmcore > part
    says 3 '^dangling: part: the file is truncated' "$program" part vmlinux
    head -c 16384 elf/vmcore > part
    says 3 '^dangling: part: the file is truncated' "$program" part elf/vmlinux
}

@test "damaged headers and page descriptors: never a crash, never a hang" {
    local seed file
    fixture zlib --format=zlib
    for file in elf zlib; do
        for seed in {1..10}; do
            echo "$file, seed $seed"
            cp "$file/vmcore" damaged
            "$top/tests/tools/damage-bytes" damaged "$seed" 0 24576
            ended "$sanitized" -l damaged elf/vmlinux
        done
    done
}

@test "a page that claims to be larger than a page is unreadable" {
    fixture lzo --format=lzo
    # All descriptors, which follow five blocks.
    python3 - lzo/vmcore <<'PYTHON'
import struct, sys
with open(sys.argv[1], "r+b") as dump:
    for descriptor in range(5 * 4096, 5 * 4096 + 20 * 24, 24):
        dump.seek(descriptor + 8)
        dump.write(struct.pack("<II", 60000, 2))
PYTHON
    says '3|4' . "$sanitized" -l lzo/vmcore lzo/vmlinux
}
