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
    says 3 '^dangling: flat: .*flattened' "$program" flat vmlinux
    command=$(grep -o 'makedumpfile -R .*' said.err)
    [ "$command" = 'makedumpfile -R vmcore.restored < flat' ]
    eval "$command" > log
    same "$program" -l vmcore.restored vmlinux
}

@test "a dump in several parts is joined with the command in the message" {
    local command
    makedumpfile --split -d 31 -x vmlinux vmcore part1 part2 > log
    says 3 '^dangling: part2: one part of several: join them first' "$sanitized" part2 vmlinux
    command=$(grep -o 'makedumpfile --reassemble .*' said.err)
    [ "$command" = 'makedumpfile --reassemble PART... vmcore' ]
    eval "${command/PART... vmcore/part1 part2 joined}" > log
    same "$program" -l joined vmlinux
}

@test "other formats that libkdumpfile reads are refused: which ones are read" {
    local read='ELF cores and kdump-compressed ones, as makedumpfile'
    fixture raw --format=raw
    # Of diskdump.c, lkcd.c and s390dump.c.
    for magic in DISKDUMP '\355\043\217\141\163\001\031\250' '\250\031\001\163\141\217\043\375'; do
        # shellcheck disable=SC2059 # escapes are meant
        { printf "$magic"; tail -c +9 raw/vmcore; } > other
        says 3 "^dangling: other: not a dump that can be read: these are $read" "$sanitized" other raw/vmlinux
    done
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
    says 3 '^dangling: text: not a dump that can be read: these are ELF cores and kdump-compressed ones' \
        "$program" text vmlinux
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

@test "a truncated dump of which too little is left is said to be that, and nothing else" {
    local rest='and what is left is not enough: copy it again, or take another dump$'
    head -c 100000 vmcore > part
    says 3 "^dangling: part: the file is truncated, $rest" "$program" part
    [ "$(wc -l < said.err)" = 1 ]
    says 3 '^dangling: part: the file is truncated' "$program" part vmlinux
    refute grep 'build\|debuginfo' said.err
    fixture self --btf --kallsyms=self
    head -c 16384 self/vmcore > part
    says 3 "^dangling: part: the file is truncated .16384 of [0-9]* bytes are there., $rest" "$program" part
    [ "$(wc -l < said.err)" = 1 ]
}

@test "a dump truncated within its headers is said to be that" {
    fixture zlib --format=zlib
    for size in 300 4100 9000 12300; do
        head -c "$size" zlib/vmcore > part
        says 3 "^dangling: part: truncated, or .*: $size of at least [0-9]* bytes are there" "$program" part
    done
    for size in 40 100 300; do
        head -c "$size" elf/vmcore > part
        says 3 "^dangling: part: truncated, or .*: $size of at least [0-9]* bytes are there" "$program" part
    done
}

@test "QEMU's ELF core without its end: what is there is read, and the user is told" {
    local whole cut told='the file is truncated .[0-9]* of [0-9]* bytes are there.: what is behind its end'
    fixture qemu --names=.shstrtab/
    whole=$(stat -c %s qemu/vmcore)
    # Of the string table, which has 11 bytes, and which is nobody's need.
    for cut in 1 5 11; do
        head -c $((whole - cut)) qemu/vmcore > part
        says 0 "^dangling: part: $told" "$sanitized" -l part qemu/vmlinux
        diff <(sed 's/^[0-9a-f]*//' expected.fixture) <(sed 's/^[0-9a-f]*//' said.out)
    done
    head -c $((whole / 2)) qemu/vmcore > part
    says 3 '^dangling: part: the file is truncated' "$sanitized" -l part qemu/vmlinux
    # Lacking nothing that is needed, it still wants what any dump wants.
    head -c $((whole - 1)) qemu/vmcore > part
    says 4 'install its debuginfo' "$program" part
    printf '%s\n' 'dangling -l' 'dangling -k' > commands
    "$program" shell part qemu/vmlinux < commands > out 2> err
    [ "$(grep -c "$told" err)" = 1 ]
}

@test "a truncated Debian dump of QEMU's" {
    local dir whole
    dir=$("$top/test-dumps/debian/make-dump" 6.1-v2)
    cp --reflink=auto --sparse=always "$dir/vmcore" part
    whole=$(stat -c %s part)
    "$program" -l "$dir/vmcore" "$dir/vmlinux" > out
    truncate -s $((whole - 1)) part
    says 0 "the file is truncated .$((whole - 1)) of $whole bytes" "$program" -l part "$dir/vmlinux"
    cmp out said.out
    # The kernel chose by chance in which half it is.
    truncate -s $((whole / 2)) part
    says '3|6' "the file is truncated .$((whole / 2)) of $whole bytes" "$program" -l part "$dir/vmlinux"
    # Page tables are lost.
    truncate -s 1000000 part
    says 3 'the file is truncated .*, and what is left is not enough' "$program" -l part
    rm part
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

@test "pages that claim to be larger than a page are unreadable: the dump is damaged" {
    fixture lzo --format=lzo
    "$top/tests/tools/kdump-header" lzo/vmcore descriptors=60000
    says 3 '^dangling: lzo/vmcore: the dump is damaged: what is damaged cannot be read$' \
        "$sanitized" -l lzo/vmcore lzo/vmlinux
    fixture self --format=lzo --btf --kallsyms=self
    "$top/tests/tools/kdump-header" self/vmcore descriptors=60000
    says 3 '^dangling: self/vmcore: the dump is damaged, and what is left is not enough' \
        "$sanitized" -l self/vmcore
}
