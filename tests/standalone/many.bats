#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# The ledger of very many memory cgroups, and of a machine with much memory: it is whole, and a signal ends
# it soon. What it costs bench-ledger measures.

load lib

setup_file() {
    cd "$BATS_FILE_TMPDIR"
    "$top/test-dumps/fixtures/make-many" 10000 many
    "$top/test-dumps/fixtures/make-many" 200 large 64
}

setup() {
    cd "$BATS_FILE_TMPDIR"
}

@test "of 10,000 memory cgroups every reference is explained" {
    "$program" -p many/vmcore many/vmlinux > pins 2> err
    [ ! -s err ]
    [ "$(grep -c ' references*, all explained$' pins)" = 10000 ]
    grep -qE '^unexplained +0 +0$' pins
    for kind in page-cache shmem swap socket; do
        grep -qE "^$kind +[1-9]" pins
    done
}

@test "the scan of 56 GB finds what the lists have" {
    "$program" -p large/vmcore large/vmlinux > lists
    "$program" -p --scan large/vmcore large/vmlinux > scan 2> err
    [ ! -s err ]
    cmp lists scan
}

# bytes_read OPTION...: of the large machine's dump.
bytes_read() {
    "$program" -u "$@" large/vmcore large/vmlinux | sed -n 's/^reads: .* \([0-9]*\) bytes$/\1/p'
}

@test "all who look at every page do so in one pass" {
    local all=$((56 << 18)) once
    once=$(($(bytes_read -p --scan) - $(bytes_read -p)))
    [ "$once" -gt $((all * 64 * 9 / 10)) ]
    [ "$(($(bytes_read -p -s --scan) - $(bytes_read -p)))" -lt $((all * 64 * 11 / 10)) ]
}

# cut_short LINES COMMAND...: signals at several moments; each time the message is one of the lines, and the
# exit status tells.
cut_short() {
    local expected=$1 moment status nr=0
    shift
    for moment in 0.03 0.05 0.07 0.09 0.11 0.13 0.15 0.2 0.25 0.3; do
        status=0
        timeout -s INT "$moment" "$@" > out 2> err || status=$?
        [ -s err ] || continue
        cat err
        # timeout(1) says 124 whatever the program said.
        [ "$status" = 124 ]
        grep -qxE "$expected" err
        refute grep -qE 'kernel leak|unexplained' out
        nr=$((nr + 1))
    done
    [ "$nr" -gt 0 ]
}

@test "interrupted, a ledger says so, and claims no leak" {
    local ledger='dangling: interrupted: the ledger has what was found until then'
    cut_short "($ledger(, of [0-9]+ of 10000 memory cgroups)?|$(
        )dangling: interrupted(: [0-9]+ of 10000 memory cgroups shown| after [0-9]+ memory cgroups were found|$(
        ): the report is cut off))" "$program" -p -f -s --scan many/vmcore many/vmlinux
}

@test "SIGINT, SIGTERM and SIGHUP end a ledger early, with what was found" {
    ROUNDS=24 "$top/tests/tools/interrupt-program" "$program" -j -p -s many/vmcore many/vmlinux
}

@test "they end the scan of all pages" {
    ROUNDS=24 "$top/tests/tools/interrupt-program" "$program" -j -p -s --scan large/vmcore large/vmlinux
}
