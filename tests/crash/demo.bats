#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# The extension in crash on the committed dump: the kernel's own report byte for byte, every view,
# and the conventions of crash that a command has to keep.
#
# Golden text is in expected/. After a rebuild of the dump, UPDATE_EXPECTED=1 rewrites it: read the
# difference before committing it.

load lib

setup_file() {
    unpack_demo
    cd "$BATS_FILE_TMPDIR"
    cat > commands <<'COMMANDS'
dangling -k > kernel
dangling > text
dangling -l > list
dangling -l -a > all
dangling -u -a > unions
dangling -ln2 > limited
dangling -k -n 1 /mixed > kernel-mixed
dangling /mixed > path
dangling /again > twice
dangling -l 18 > id
dangling -l "/a\ttab" "/two words,  three  blanks " -m /shmem > names
dangling /live-oom > live
dangling -o output -l
dangling -l | cat > piped
dangling -l >> appended
dangling -l >> appended
set radix 16 > radix
dangling -l > list-radix-16
set radix 10 > radix
help dangling > help
dangling -x
dangling -k -l
dangling -n many
dangling nonsense
dangling -o output 0x
dangling /nowhere > nowhere
dangling -k /live-oom > kernel-live
!echo stale > stale
dangling -o stale /nowhere
dangling -o /nonexistent/file
dangling -o /dev/full
dangling --list --limit 1 > long-options
dangling -l > last
COMMANDS
    crash_session vmlinux "$demo/vmcore" < commands
    addr=$(awk '$NF == "/mixed" { print $1 }' list)
    mkdir second
    cd second
    crash_session ../vmlinux "$demo/vmcore" <<COMMANDS
dangling -l $addr > ../bare-address
dangling -l 0x$addr > ../address
COMMANDS
}

setup() {
    cd "$BATS_FILE_TMPDIR"
}

# expect NAME: the file NAME is what expected/NAME.expected says.
expect() {
    local golden=$BATS_TEST_DIRNAME/expected/$1.expected
    [ -z "${UPDATE_EXPECTED:-}" ] || cp "$1" "$golden"
    diff -a "$golden" "$1"
}

@test "dangling -k is the kernel's own memory.dangling_memcgs, byte for byte" {
    cmp kernel "$demo/dangling_memcgs.txt"
}

@test "the guest's own counters are in the list" {
    "$top/tests/tools/compare-facts" "$demo/facts.json" all
}

@test "live unions hold the listeners and flags that the guest set" {
    "$top/tests/tools/compare-unions" "$demo/facts.json" unions
}

@test "the text report is as reviewed" { expect text; }
@test "the list is as reviewed" { expect list; }
@test "the list of all is as reviewed" { expect all; }
@test "unions, sources and probes are as reviewed" { expect unions; }

@test "list, tree and ids agree, and every dangling group was seen by all" {
    [ "$(grep -c "^  seen by: list tree ids$" unions)" = "$(grep -c '^  state: offline$' unions)" ]
    refute grep -q 'not-on-list\|not-in-tree\|alive-on-list' unions
}

@test "a path, an address and an id select; corpses that share a path are all shown" {
    [ "$(head -1 path)" = mixed: ]
    [ "$(head -1 kernel-mixed)" = mixed: ]
    [ "$(grep -c '^again:$' twice)" = 2 ]
    cmp address bare-address
    [ "$(awk 'NR == 2 { print $NF }' address)" = /mixed ]
    [ "$(awk 'NR == 2 { print $2 }' id)" = 18 ]
    [ "$(head -1 live)" = /live-oom: ]
}

@test "names are found with their blanks, and as they are shown" {
    [ "$(tail -n +2 names | wc -l)" = 3 ]
    grep -q '  /a\\ttab$' names
    grep -q '  /two words,  three  blanks $' names
}

@test "a limit cuts the view, not the count" {
    [ "$(wc -l < limited)" = 4 ]
    [ "$(tail -1 limited)" = "(2 of $(($(wc -l < list) - 1)) shown)" ]
    [ "$(wc -l < long-options)" = 3 ]
}

@test "pipe, redirection, -o and radix do not change a byte" {
    cmp list output
    cmp list piped
    cmp list list-radix-16
    cmp list last
    cat list list | cmp - appended
}

@test "help has crash's sections" {
    for section in NAME SYNOPSIS DESCRIPTION EXAMPLES; do
        grep -q "^ *$section$" help
    done
}

@test "every example in the help is what the command prints" {
    "$top/tests/tools/check-examples" help "$extension" vmlinux "$demo/vmcore"
}

@test "every example in the README is what the command prints" {
    "$top/tests/tools/check-examples" "$top/README.md" "$extension" vmlinux "$demo/vmcore"
}

# said TEXT: the session said so, apart from the report.
said() {
    grep -qF -- "dangling: $1" session.err
}

@test "wrong usage is told, shows the synopsis, and the prompt stays" {
    show session.err
    said '-x: no such option'
    said '-k cannot be combined with -a or another view'
    said 'many: -n takes a whole number'
    said 'nonsense: not a MEMCG'
    [ "$(grep -c '^Usage:' session.out)" = 5 ]
    # A report that is there already outlives a mistyped command.
    grep -q MEM_CGROUP output
}

@test "a group that is not there, and a file that cannot be written, are told" {
    said '/nowhere: no such memory cgroup'
    said "/live-oom: not on the kernel's list"
    said '/nonexistent/file: No such file or directory'
    said '/dev/full: No space left on device'
    [ ! -s nowhere ]
    [ ! -s kernel-live ]
    [ ! -s stale ]
}

@test "nothing reads as a problem where there is none" {
    refute grep -aiE 'error|fail|invalid|cannot|warning|unexpected' text list all unions help
}
