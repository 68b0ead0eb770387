#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# Bad input in a real crash: damaged dumps, missing types, a kernel without memory cgroups. What is
# damaged is named, the rest of the report is intact, and the prompt is alive afterwards.

load lib

# damaged NAME EDIT…: a session on a copy of the demo dump with the edits; every view into files.
damaged() {
    mkdir -p "$BATS_FILE_TMPDIR/$1"
    cd "$BATS_FILE_TMPDIR/$1"
    shift
    cp "$demo/vmcore" .
    [ $# = 0 ] || "$top/tests/tools/kdump-edit" vmcore "$@"
    views ../vmlinux vmcore
}

views() { # VMLINUX VMCORE [OPTION…]
    crash_session "$@" <<'COMMANDS'
dangling -k > kernel
dangling > text
dangling -l > list
dangling -u > unions
dangling -j -a > json
sym root_mem_cgroup > alive
COMMANDS
}

# The prompt is alive after everything: the session's last command has run.
alive() {
    grep -q root_mem_cgroup alive
}

setup_file() {
    unpack_demo
    cd "$BATS_FILE_TMPDIR"
    views vmlinux "$demo/vmcore"
    mv alive alive-undamaged
}

setup() {
    whole=$BATS_FILE_TMPDIR
}

@test "a list that loops back is completed from its other end" {
    damaged loop "$(member_of 5 dead)=$(member_of 2 dead)"
    alive
    cmp "$whole/kernel" kernel
    cmp "$whole/text" text
    cmp "$whole/list" list
    grep -q '^dangling: dangling_memcgs: damaged after .* nothing is missing$' session.err
    grep -q '^note: dangling_memcgs: damaged after ' unions
}

@test "a list that points nowhere is completed from its other end" {
    damaged nowhere "$(member_of 3 dead)=dead000000000100"
    alive
    cmp "$whole/kernel" kernel
    cmp "$whole/list" list
    grep -q 'next dead000000000100 cannot be read' session.err
}

@test "a list that points to the head too early is completed from its other end" {
    damaged early "$(member_of 1 dead)=$(symbol dangling_memcgs)"
    alive
    cmp "$whole/kernel" kernel
    cmp "$whole/list" list
}

@test "a list head that points nowhere is completed from its other end" {
    damaged head "$(symbol dangling_memcgs)=0000000000000abc"
    alive
    cmp "$whole/kernel" kernel
}

@test "a list broken at both ends: the tree still finds everyone, and says who is not on the list" {
    local prev
    prev=$(printf '%x' $((0x$(symbol dangling_memcgs) + 8)))
    damaged both "$(member_of 3 dead)=dead000000000100" "$prev=dead000000000200"
    alive
    [ "$(tail -n +2 list | cut -d' ' -f1 | sort)" = "$(tail -n +2 "$whole/list" | cut -d' ' -f1 | sort)" ]
    grep -q 'some may be missing' session.err
    grep -q '^  flags: not-on-list' unions
}

# others_stand PAGE…: rows of all other pages are what they were, figure by figure. What lies between
# two breaks of the list comes from the tree and thus later, so that the order is not compared.
others_stand() {
    local page pattern=''
    for page; do
        pattern+="${pattern:+\|}^${page%000}"
    done
    diff <(grep -v "$pattern" "$whole/list" | tr -s ' ' | sort) \
        <(grep -v "$pattern" list | tr -s ' ' | sort)
    [ "$(wc -l < list)" = "$(wc -l < "$whole/list")" ]
}

@test "a memcg whose page is missing is a row that says unreadable, and the others stand" {
    damaged hole "$(page_of 4)=hole"
    alive
    others_stand "$(page_of 4)"
    grep -q "^$(page_of 4) .* unreadable .* (name unreadable)$" list
    grep -q $'^\tunreadable swap bytes$' text
}

@test "a truncated dump: what was cut off is unreadable, and the rest stands" {
    local lost
    mkdir -p "$whole/truncated"
    cd "$whole/truncated"
    cp "$demo/vmcore" .
    # Pages lie in the order of their numbers: move two of them to the end, and cut that off.
    "$top/tests/tools/kdump-edit" vmcore "$(page_of 8)=tail" "$(page_of 14)=tail"
    truncate -s -5000 vmcore
    views ../vmlinux vmcore
    alive
    others_stand "$(page_of 8)" "$(page_of 14)"
    lost=$(grep -c 'unreadable  *[^ ]* (name unreadable)$' list)
    [ "$lost" -ge 2 ]
    [ "$(grep -c $'^\tunreadable swap bytes$' text)" = "$lost" ]
}

@test "root_mem_cgroup NULL: the controller was never set up" {
    damaged null-root "$(symbol root_mem_cgroup)=0"
    alive
    grep -q 'root_mem_cgroup is NULL' session.err
    [ ! -s text ]
}

@test "root_mem_cgroup unreadable: the list alone is reported" {
    damaged wild-root "$(symbol root_mem_cgroup)=dead000000000300"
    alive
    cmp "$whole/kernel" kernel
}

@test "a kernel without memory cgroups is told apart" {
    mkdir -p "$whole/no-memcg"
    cd "$whole/no-memcg"
    objcopy --redefine-sym root_mem_cgroup=root_mem_cgrouq ../vmlinux vmlinux
    views vmlinux "$demo/vmcore"
    grep -q '^dangling: this kernel has no memory controller' session.err
    [ ! -s text ]
}

@test "a vmlinux without the types is told apart" {
    mkdir -p "$whole/no-types"
    cd "$whole/no-types"
    # Same length, so that the struct has another name and nothing moves.
    objcopy --dump-section .debug_str=strings ../vmlinux
    LC_ALL=C sed -i 's/mem_cgroup\x00/mem_cgrouq\x00/g' strings
    objcopy --update-section .debug_str=strings ../vmlinux vmlinux
    views vmlinux "$demo/vmcore"
    alive
    grep -q '^dangling: no type information (mem_cgroup' session.err
    [ ! -s text ]
}

@test "crash's minimal mode has no types and says so" {
    mkdir -p "$whole/minimal"
    cd "$whole/minimal"
    views ../vmlinux "$demo/vmcore" --minimal
    alive
    grep -q '^dangling: crash runs in minimal mode' session.err
}

@test "random damage around the memcgs never ends a session" {
    local seed
    for seed in {1..12}; do
        mapfile -t edits < <("$top/tests/tools/random-damage" "$whole/list" "$seed")
        echo "seed $seed: ${edits[*]}"
        damaged random "${edits[@]}"
        alive
        [ -s unions ]
        "$top/tests/tools/check-json" json
        rm alive unions
    done
}
