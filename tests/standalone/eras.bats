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
