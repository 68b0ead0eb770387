#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# The extension on dumps of Debian's own kernel, made on the fly: cgroup v2, cgroup v1, and a real
# kdump with makedumpfile -d 31. The guest's kernel has said what must be found.

load lib

dumps=(6.1-v2 6.1-v1 6.1-kdump)

setup_file() {
    for dump in "${dumps[@]}"; do
        local dir
        dir=$("$top/test-dumps/debian/make-dump" "$dump")
        mkdir -p "$BATS_FILE_TMPDIR/$dump"
        cd "$BATS_FILE_TMPDIR/$dump"
        ln -s "$dir/facts.json" "$dir/vmlinux" .
        crash_session "$dir/vmlinux" "$dir/vmcore" <<'COMMANDS'
dangling > text
dangling -k > kernel
dangling -l > list
dangling -l -a > all
dangling -u -a > unions
dangling -j -a > all.json
dangling -n 3 -l > limited
dangling / > root
dangling /no/such/group > nothing
COMMANDS
    done
}

# same_as_guest DUMP
same_as_guest() {
    cd "$BATS_FILE_TMPDIR/$1"
    show session.err
    "$top/tests/tools/compare-facts" facts.json all
}

@test "v2: groups, memory, swap, kmem and tcp are the guest's" { same_as_guest 6.1-v2; }
@test "v1: groups, memory, swap, kmem and tcp are the guest's" { same_as_guest 6.1-v1; }
@test "kdump -d 31: groups, memory, swap, kmem and tcp are the guest's" { same_as_guest 6.1-kdump; }

@test "nothing is said where nothing is wrong" {
    for dump in "${dumps[@]}"; do
        cd "$BATS_FILE_TMPDIR/$dump"
        [ "$(grep '^dangling:' session.err)" = 'dangling: /no/such/group: no such memory cgroup' ]
        refute grep -q 'note:\|: unreadable' unions
    done
}

@test "the text report has a block for every dangling group, and no other" {
    for dump in "${dumps[@]}"; do
        cd "$BATS_FILE_TMPDIR/$dump"
        [ "$(grep -c '^/.*:$' text)" = "$(jq '.removed | length' facts.json)" ]
        [ "$(grep -c $'^\t[0-9]* swap bytes$' text)" = "$(jq '.removed | length' facts.json)" ]
    done
}

@test "without the facility -k differs from the default in the missing newline and raw names" {
    for dump in "${dumps[@]}"; do
        cd "$BATS_FILE_TMPDIR/$dump"
        # Bytes, not characters: raw names need not be UTF-8.
        LC_ALL=C sed 's/^\t0 kmem bytes/&\n/' kernel | LC_ALL=C grep -a $'^\t' > kernel.figures
        grep $'^\t' text > text.figures
        cmp kernel.figures text.figures
        # A control character and a byte that is not UTF-8, as the kernel has them.
        grep -aq $'^/with\ta tab:$' kernel
        LC_ALL=C grep -aq $'^/latin1-\xe9t\xe9:$' kernel
        grep -q '^/with\\ta tab:$' text
    done
}

@test "NDJSON is valid and says what the list says, names that are no JSON too" {
    for dump in "${dumps[@]}"; do
        cd "$BATS_FILE_TMPDIR/$dump"
        "$top/tests/tools/check-json" --text all all.json
        [ "$(jq -r 'select(.flags | index("escaped")?) | .path' all.json | sort)" = \
            $'/escape-\\x1b[31mred\n/latin1-\\xe9t\\xe9\n/with\\ta tab' ]
        [ "$(jq -r 'select(.type == "head") | .build_id' all.json)" = \
            "$(readelf -n vmlinux | awk '/Build ID:/ { print $3 }')" ]
        [ "$(jq -r 'select(.type == "head") | .hierarchy' all.json)" = "$(jq -r .hierarchy facts.json)" ]
    done
}

@test "newest first: the list descends by serial number" {
    for dump in "${dumps[@]}"; do
        cd "$BATS_FILE_TMPDIR/$dump"
        # The workload creates the 20 groups of one producer in the order of their numbers.
        grep -o 'run-[0-9]*\.service' list > order
        sort -t- -k2 -n -r order | cmp - order
        [ "$(wc -l < order)" = 20 ]
    done
}

@test "a limit shows so many rows and says so" {
    for dump in "${dumps[@]}"; do
        cd "$BATS_FILE_TMPDIR/$dump"
        [ "$(wc -l < limited)" = 5 ]
        [ "$(tail -1 limited)" = "(3 of $(jq '.removed | length' facts.json) shown)" ]
        [ "$(head -1 root)" = '/:' ]
        [ ! -s nothing ]
    done
}

@test "v1: live unions hold the listeners and flags that the guest set" {
    cd "$BATS_FILE_TMPDIR/6.1-v1"
    "$top/tests/tools/compare-unions" facts.json unions
}
