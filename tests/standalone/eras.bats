#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# Kernels of every era, each a fixture: what `dangling` must say of them is in eras/NAME.golden.

load lib

setup_file() {
    cd "$BATS_FILE_TMPDIR"
    local era
    for era in $(eras); do
        "$top/test-dumps/fixtures/make-era" "$era" "$era"
    done
}

setup() {
    enter_test
}

# eras: the names in the table.
eras() {
    sed 's/#.*//; /^$/d; s/\t.*//' "$top/test-dumps/fixtures/eras.tsv"
}

@test "the golden report of every era" {
    local era differ=0
    for era in $(eras); do
        "$top/tests/tools/era-report" "$program" "$era" > report
        diff -u "$BATS_TEST_DIRNAME/eras/$era.golden" report || differ=1
    done
    [ $differ = 0 ]
}

# probes_of DIR…: "NAME USED" of every row of layout.def, for the dump in each.
probes_of() {
    local dir
    for dir; do
        "$program" -u -a "$dir/vmcore" "$dir/vmlinux" 2> said |
            awk 'probes { print $5, $4 } $1 == "PROBE" { probes = 1 }'
    done
}

@test "every row of layout.def is of use in some fixture or dump" {
    local dump dirs=()
    for dump in 6.1-v2 6.1-v1; do
        dirs+=("$("$top/test-dumps/debian/make-dump" "$dump")")
    done
    mapfile -O 2 -t dirs < <(eras)
    probes_of "${dirs[@]}" > probes
    [ "$(wc -l < probes)" -gt $((100 * ${#dirs[@]})) ]
    awk '{ rows[$1] } $2 == "yes" { used[$1] } END { for (row in rows) if (!(row in used)) print row }' probes |
        sort > unused
    diff -u /dev/null unused
}
