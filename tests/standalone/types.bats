#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# Where the stand-alone program takes symbols and types from: the DWARF of a vmlinux that is given or
# found, the BTF and kallsyms in the dump, a System.map; and what it refuses.

load lib

setup_file() {
    unpack_demo
    cd "$BATS_FILE_TMPDIR"
    echo leak:libkdumpfile > leaks
    "$program" -l "$demo/vmcore" vmlinux > expected
    ln -s "$demo/vmcore" .
    fixture small --btf --kallsyms=percpu
    fixture other --build-id=0123456789abcdef0123456789abcdef01234567
    "$program" -l small/vmcore small/vmlinux > expected.small
}

setup() {
    enter_test
}

# gives FILE COMMAND…: it succeeds and prints what is in the file but for the addresses.
gives() {
    local expected=$1
    shift
    "$@" > gives.out
    diff <(sed 's/^[0-9a-f]*//' "$expected") <(sed 's/^[0-9a-f]*//' gives.out)
}

# source_of COMMAND…: where it says types are from.
source_of() {
    "$@" -u | sed -n '1s/^types: //p'
}

# ---- DWARF ----

@test "DWARF without .debug_aranges: all units are read, the report is the same" {
    objcopy --remove-section=.debug_aranges vmlinux unindexed
    same "$program" -l vmcore unindexed
    rm unindexed
}

@test "DWARF in compressed sections" {
    local how
    for how in zlib zlib-gnu; do
        objcopy --compress-debug-sections="$how" vmlinux packed
        same "$program" -l vmcore packed
    done
    # elfutils knows them since 0.189.
    if objcopy --compress-debug-sections=zstd vmlinux packed 2> err; then
        "$program" -l vmcore packed > out 2> err && cmp expected out ||
            says 4 'packed: debuginfo: .* objcopy --decompress-debug-sections packed' \
                "$program" vmcore packed
    fi
    rm packed
}

@test "DWARF of a compressed vmlinux" {
    same "$program" -l vmcore "$demo/vmlinux.xz"
    zstd -q -1 < vmlinux > vmlinux.packed
    same "$program" -l vmcore vmlinux.packed
    gzip -1 -c vmlinux > vmlinux.packed
    same "$program" -l vmcore vmlinux.packed
    rm vmlinux.packed
}

@test "DWARF of clang, which writes no .debug_aranges" {
    fixture clang --cc=clang
    refute grep -q debug_aranges <(readelf -SW clang/vmlinux)
    gives expected.small "$program" -l clang/vmcore clang/vmlinux
    [ "$(source_of "$program" clang/vmcore clang/vmlinux)" = 'DWARF of clang/vmlinux' ]
}

@test "DWARF 4 and 5 of both compilers" {
    local cc version
    for cc in gcc clang; do
        for version in 4 5; do
            CFLAGS=-gdwarf-$version fixture dwarf --cc="$cc"
            gives expected.small "$program" -l dwarf/vmcore dwarf/vmlinux
        done
    done
}

@test "DWARF is not indexed at start: a scan of all units takes 5 times as long at the least" {
    local dir
    dir=$("$top/test-dumps/debian/make-dump" 6.1-v2)
    is_quick "$dir/vmcore" "$dir/vmlinux"
}

@test "KASLR is undone with VMCOREINFO" {
    fixture moved --kaslr=0x2e600000
    gives expected.small "$program" -l moved/vmcore moved/vmlinux
    # And that the groups are where the kernel was moved to.
    refute cmp -s gives.out expected.small
}

# ---- finding a vmlinux ----

@test "a vmlinux is found at every place below --debug-dir" {
    local id release=6.1.0-fixture place suffix
    local -A pack=([.]=cat [.xz]="xz -0" [.zst]="zstd -q" [.gz]=gzip)
    fixture dump # without BTF: only a vmlinux will do
    id=$(build_id dump/vmlinux)
    for place in ".build-id/${id:0:2}/${id:2}.debug" "boot/vmlinux-$release" "boot/vmlinux-$release.debug" \
        "lib/modules/$release/vmlinux" "vmlinux-$release" vmlinux; do
        for suffix in . .xz .zst .gz; do
            rm -rf debug
            mkdir -p "debug/$(dirname "$place")"
            ${pack[$suffix]} < dump/vmlinux > "debug/$place${suffix%.}"
            [ "$(source_of "$program" --debug-dir=debug dump/vmcore)" = "DWARF of debug/$place${suffix%.}" ]
        done
    done
    gives expected.small "$program" -l --debug-dir=debug dump/vmcore
}

@test "of several --debug-dir the first that has the right one is taken" {
    mkdir -p first second third
    cp other/vmlinux first
    cp small/vmlinux second
    cp small/vmlinux third
    [ "$(source_of "$program" --debug-dir=first --debug-dir=second --debug-dir=third small/vmcore)" = \
        'DWARF of second/vmlinux' ]
}

@test "a vmlinux is found in /usr/lib/debug" {
    local id apart=(unshare -m)
    [ -d /usr/lib/debug ] || { mkdir /usr/lib/debug && touch made; } 2> err || skip 'it cannot be made'
    "${apart[@]}" true 2> err || apart=(unshare -rm)
    "${apart[@]}" true 2> err || skip 'mounting is not allowed here'
    fixture dump
    id=$(build_id dump/vmlinux)
    mkdir -p "system/.build-id/${id:0:2}" system/boot
    cp dump/vmlinux "system/.build-id/${id:0:2}/${id:2}.debug"
    cp other/vmlinux system/boot/vmlinux-6.1.0-fixture
    # shellcheck disable=SC2016 # the inner shell expands it
    local run='mount --bind system /usr/lib/debug && "$0" -u dump/vmcore'
    "${apart[@]}" sh -c "$run" "$program" > out
    [ "$(head -1 out)" = "types: DWARF of /usr/lib/debug/.build-id/${id:0:2}/${id:2}.debug" ]
    mv "system/.build-id/${id:0:2}/${id:2}.debug" system/boot/vmlinux-6.1.0-fixture
    "${apart[@]}" sh -c "$run" "$program" > out
    [ "$(head -1 out)" = 'types: DWARF of /usr/lib/debug/boot/vmlinux-6.1.0-fixture' ]
    [ ! -e made ] || rmdir /usr/lib/debug
}

@test "what is there and of no use is passed over and named" {
    fixture dump
    mkdir -p wrong stripped text
    cp other/vmlinux wrong
    strip -g -o stripped/vmlinux dump/vmlinux
    echo text > text/vmlinux
    says 4 "wrong/vmlinux: is of another build \($(build_id other/vmlinux)\).*build-id $(build_id dump/vmlinux)" \
        "$program" --debug-dir=wrong dump/vmcore
    says 4 'stripped/vmlinux: has no debuginfo' "$program" --debug-dir=stripped dump/vmcore
    says 4 'text/vmlinux: neither an ELF file nor' "$program" --debug-dir=text dump/vmcore
    # Where the dump has types itself, it does.
    [ "$(source_of "$program" --debug-dir=wrong small/vmcore)" = 'BTF and kallsyms in the dump' ]
}

@test "what to install is said where nothing is found" {
    says 4 'Debian: linux-image-6.1.192-dangling-dbg' "$program" vmcore
    says 4 "vmcore: its kernel has no BTF: .* 6.1.192-dangling, build-id $(build_id vmlinux)" \
        "$program" vmcore
}

# ---- a vmlinux that is given ----

@test "a vmlinux without a build-id must have the dump's linux_banner" {
    fixture lacks --define=LACKS_SWAP '--define=BUILD_NUMBER="#2"'
    objcopy --remove-section=.notes lacks/vmlinux lacks/anonymous
    says 4 'lacks/anonymous: is of another build than the dump: its build-id is missing' \
        "$program" -l small/vmcore lacks/anonymous
    objcopy --remove-section=.notes small/vmlinux anonymous
    "$program" -l small/vmcore anonymous > out
    cmp expected.small out
}

@test "a vmlinux of another build is refused with both build-ids" {
    says 4 "^dangling: other/vmlinux: is of another build than the dump: its build-id is \
$(build_id other/vmlinux), the dump's is $(build_id small/vmlinux)$" \
        "$program" small/vmcore other/vmlinux
    says 4 "its build-id is $(build_id small/vmlinux), the dump's is $(build_id vmlinux)" \
        "$program" vmcore small/vmlinux
    strings -n 40 vmcore | grep -qx "BUILD-ID=$(build_id vmlinux)"
}

@test "before 5.9 VMCOREINFO has no build-id: that in the dump's memory is compared" {
    fixture old --no-build-id --btf
    mkdir -p right wrong/boot
    cp old/vmlinux right
    cp other/vmlinux wrong/boot/vmlinux-6.1.0-fixture
    gives expected.small "$program" -l old/vmcore old/vmlinux
    says 4 "is $(build_id other/vmlinux), the dump's is $(build_id old/vmlinux)$" \
        "$program" old/vmcore other/vmlinux
    says 4 'vmlinux: is of another build than the dump: init_uts_ns is somewhere else' \
        "$program" old/vmcore vmlinux
    # Found by its release, and passed over.
    gives expected.small "$program" -l --debug-dir=right old/vmcore
    says 4 "kallsyms; wrong/boot/vmlinux.* is $(build_id other/vmlinux), .*install its debuginfo" \
        "$program" --debug-dir=wrong old/vmcore
    nm old/vmlinux > map
    gives expected.small "$program" -l --debug-dir=wrong --symbols map old/vmcore
}

@test "a vmlinux that cannot be used is named" {
    : > empty
    echo hello > text
    mkfifo fifo
    strip -o stripped vmlinux
    strip -g -o no-debuginfo vmlinux
    head -c 1000000 vmlinux > part
    head -c 100000 "$demo/vmlinux.xz" > cut.xz
    zstd -qc -1 small/vmlinux | head -c 3000 > cut.zst
    says 4 '^dangling: missing: No such file' "$program" vmcore missing
    says 4 '^dangling: \.: not a file' "$program" vmcore .
    says 4 '^dangling: fifo: not a file' "$program" vmcore fifo
    says 4 '^dangling: empty: neither an ELF file nor' "$program" vmcore empty
    says 4 '^dangling: text: neither an ELF file nor' "$program" vmcore text
    says 4 '^dangling: vmcore: neither an ELF file nor' "$program" vmcore vmcore
    says 4 '^dangling: stripped: has no symbol table' "$program" vmcore stripped
    says 4 '^dangling: no-debuginfo: has no debuginfo; vmcore: its kernel has no BTF' \
        "$program" vmcore no-debuginfo
    says 4 '^dangling: part: ' "$program" vmcore part
    says 4 '^dangling: cut.xz: ' "$program" vmcore cut.xz
    says 4 '^dangling: cut.zst: zstd cannot decompress it' "$program" vmcore cut.zst
}

@test "a vmlinux without debuginfo does for a kernel that has BTF" {
    strip -g -o no-debuginfo small/vmlinux
    gives expected.small "$program" -l small/vmcore no-debuginfo
    [ "$(source_of "$program" small/vmcore no-debuginfo)" = 'BTF in the dump, symbols of no-debuginfo' ]
}

# ---- BTF and kallsyms of the dump ----

@test "every form of kallsyms, with and without KASLR" {
    local form kaslr
    for form in words base percpu self; do
        for kaslr in 0 0x1e200000; do
            fixture kallsyms --btf --kallsyms="$form" --kaslr="$kaslr"
            gives expected.small "$program" -l kallsyms/vmcore
            [ "$(source_of "$program" kallsyms/vmcore)" = 'BTF and kallsyms in the dump' ]
        done
    done
}

@test "kallsyms with functions only: a System.map does the rest" {
    fixture functions --btf --kallsyms=self --functions-only
    says 4 'its kallsyms has functions only: .*--symbols with its System.map' "$program" functions/vmcore
    nm functions/vmlinux > map
    gives expected.small "$program" -l --symbols=map functions/vmcore
}

@test "Debian's kernels: BTF says what DWARF says" {
    local dump dir
    for dump in 6.1-v2 6.1-kdump 6.12-v2; do
        dir=$("$top/test-dumps/debian/make-dump" "$dump")
        "$program" -u -a "$dir/vmcore" "$dir/vmlinux" > dwarf
        "$program" -u -a "$dir/vmcore" > btf
        [ "$(head -1 btf)" = 'types: BTF and kallsyms in the dump' ]
        [ "$(head -1 dwarf)" = "types: DWARF of $dir/vmlinux" ]
        diff <(tail -n +2 dwarf) <(tail -n +2 btf)
    done
}

@test "what BTF lacks is not there, never wrong" {
    fixture lacks --btf --btf-define=LACKS_SWAP --kallsyms=self
    "$program" -l lacks/vmcore > out
    diff - <(tr -s ' ' < out | cut -d' ' -f2-) <<'LIST'
ID REFS MEMORY SWAP KMEM TCP STATE PATH
5 6 20480 n/a n/a n/a offline /newest
4 1 0 n/a n/a n/a offline /swapped out
3 3 8192 n/a n/a n/a offline /oldest
LIST
}

@test "damaged kallsyms and BTF: a message, never a crash, never a hang" {
    local seed start end
    # The image is where the file's first page ends; kallsyms_room and .BTF as in vmlinux.
    start=$((0x$(nm small/vmlinux | awk '/kallsyms_room/ { print $1 }') - 0xffffffff81000000 + 4096))
    for seed in {1..12}; do
        echo "kallsyms, seed $seed"
        cp small/vmcore damaged
        "$top/tests/tools/damage-bytes" damaged "$seed" "$start" $((start + 8192))
        ended "$sanitized" -l damaged
    done
    start=$((0x$(nm small/vmlinux | awk '/__start_BTF/ { print $1 }') - 0xffffffff81000000 + 4096))
    end=$((0x$(nm small/vmlinux | awk '/__stop_BTF/ { print $1 }') - 0xffffffff81000000 + 4096))
    for seed in {1..18}; do
        echo "BTF, seed $seed"
        cp small/vmcore damaged
        "$top/tests/tools/damage-bytes" damaged "$seed" "$start" "$end"
        ended "$sanitized" -u -a damaged
    done
}

# ---- System.map ----

@test "a System.map beside BTF" {
    local dir
    fixture plain --btf --kaslr=0x3000000
    nm plain/vmlinux > map
    says 4 'its VMCOREINFO does not locate kallsyms' "$program" plain/vmcore
    gives expected.small "$program" -l --symbols map plain/vmcore
    [ "$(source_of "$program" --symbols map plain/vmcore)" = 'BTF in the dump, symbols of map' ]
    # CONFIG_KALLSYMS gives the same in another order.
    sort -k3 map > sorted
    gives expected.small "$program" -l --symbols sorted plain/vmcore
}

@test "a System.map of another build is refused" {
    fixture plain --btf
    nm vmlinux > map
    says 4 '^dangling: map: is of another build than the dump: init_uts_ns is somewhere else' \
        "$program" --symbols map plain/vmcore
    # One that differs by a little, in what VMCOREINFO does not have.
    nm plain/vmlinux | sed 's/.* linux_banner/ffffffff81000100 R linux_banner/' > map
    says 4 '^dangling: map: is of another build than the dump: where it has linux_banner' \
        "$program" --symbols map plain/vmcore
}

@test "what is no System.map is named" {
    fixture plain --btf
    : > nothing
    echo hello > text
    echo 'ffffffffffffffff B The real System.map is in the linux-image-<version>-dbg package' > stub
    says 4 '^dangling: nothing: has no _stext' "$program" --symbols nothing plain/vmcore
    says 4 '^dangling: text: not a System.map' "$program" --symbols text plain/vmcore
    says 4 '^dangling: stub: .*linux-image-RELEASE-dbg' "$program" --symbols stub plain/vmcore
    says 4 '^dangling: \.: not a file' "$program" --symbols . plain/vmcore
    says 4 '^dangling: missing: No such file' "$program" --symbols missing plain/vmcore
    says 4 '^dangling: vmlinux: not a System.map' "$program" --symbols vmlinux plain/vmcore
}

# ---- no memory controller ----

@test "a kernel without memory controller is told apart, whatever types are from" {
    fixture none --define=LACKS_CONTROLLER --btf --kallsyms=self
    nm none/vmlinux > map
    says 5 '^dangling: this kernel has no memory controller' "$program" none/vmcore none/vmlinux
    says 5 '^dangling: this kernel has no memory controller' "$program" none/vmcore
    says 5 '^dangling: this kernel has no memory controller' "$program" --symbols map none/vmcore
}

@test "odd types: an enumerator named like a struct, some without a sign, a bit-field" {
    local vmlinux
    fixture odd --define=ODD_TYPES --btf --btf-define=ODD_TYPES --kallsyms=base
    for vmlinux in odd/vmlinux ''; do
        # shellcheck disable=SC2086 # nothing is no argument
        "$sanitized" -u odd/vmcore $vmlinux > out
        grep -qE '^enumerator +200 +- +(yes|-) +MEMCG_SOCK$' out
        grep -qE '^enumerator +32769 +- +(yes|-) +MEMCG_KMEM$' out
        grep -qE '^member +unreadable +- +(yes|-) +mem_cgroup.move_charge_at_immigrate$' out
        grep -E '^(struct|member) ' out > "probes${vmlinux:+.dwarf}"
    done
    cmp probes probes.dwarf
}

@test "a global symbol goes before a local one of its name" {
    local name
    name=$(nm small/vmlinux | awk '$3 == "root_mem_cgroup" { print $1 }')
    objcopy --add-symbol root_mem_cgroup=.data:0x8,local small/vmlinux two
    [ "$(nm two | grep -c ' root_mem_cgroup$')" = 2 ]
    "$program" -l small/vmcore two > out
    cmp expected.small out
    # A System.map has both, the local one first.
    { echo "${name%???}000 d root_mem_cgroup"; nm -n small/vmlinux; } > map
    "$program" -l --symbols=map small/vmcore > out
    cmp expected.small out
}

@test "BTF is found by the names that it had first" {
    nm -n small/vmlinux | sed 's/__start_BTF/_binary__btf_vmlinux_bin_start/; s/__stop_BTF/_binary__btf_vmlinux_bin_end/' > map
    grep -q _binary__btf_vmlinux_bin_end map
    "$program" -l --symbols=map small/vmcore > out
    cmp expected.small out
}

# ---- what takes time can be ended ----

# stopped_in_time PATTERN COMMAND…: after 0.1 s SIGTERM; within half a second it says so, status 6.
stopped_in_time() {
    local pattern=$1 status=0 start=${EPOCHREALTIME/./}
    shift
    timeout -s TERM 0.1 "$@" > out 2> err || status=$?
    [ $((${EPOCHREALTIME/./} - start)) -lt 600000 ]
    # timeout tells by 124 that it sent the signal.
    [ "$status" = 124 ]
    grep -q "$pattern" err
}

@test "a signal ends the decompression of a vmlinux" {
    stopped_in_time '^dangling: interrupted while xz decompressed' "$program" vmcore "$demo/vmlinux.xz"
}

@test "a signal ends the scan of all units, and that is no lack of types" {
    local dir
    dir=$("$top/test-dumps/debian/make-dump" 6.1-v2)
    cp --reflink=auto "$dir/vmlinux" unindexed
    python3 - "$(readelf -SW unindexed | awk '/ \.debug_aranges / { print $0 }' | sed 's/^ *\[ *[0-9]*\] *//' | awk '{ print $4, $5 }')" <<'PYTHON'
import sys
offset, size = (int(word, 16) for word in sys.argv[1].split())
with open("unindexed", "r+b") as file:
    file.seek(offset)
    file.write(bytes(size))
PYTHON
    "$program" -l "$dir/vmcore" unindexed > /dev/null
    stopped_in_time "^dangling: interrupted while the kernel's types were looked up" \
        "$program" -l "$dir/vmcore" unindexed
    rm unindexed
}

@test "what a dump or a user says cannot reach the terminal raw" {
    says 3 'evil\\x1b\]0;x: No such file' "$program" $'evil\e]0;x'
}
