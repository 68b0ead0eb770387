#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# Every shell command in the documents is run, on the demonstration dump or on a fixture, and prints what they say.

setup() {
    top=$(cd "$BATS_TEST_DIRNAME/../.." && pwd)
    PATH=$(realpath "${BUILD:-$top/build}"):$top/test-dumps/fixtures:$PATH
}

@test "README: every example of a shell command is real output" {
    ln -s "$top"/test-dumps/demo/{vmcore,vmlinux.xz} "$BATS_TEST_TMPDIR"
    "$top/tests/tools/check-shell-examples" "$BATS_TEST_TMPDIR" "$top/README.md"
}

@test "support of a new kernel, a new pin: so are their examples" {
    local page
    for page in support-a-new-kernel add-a-pin; do
        mkdir "$BATS_TEST_TMPDIR/$page"
        "$top/tests/tools/check-shell-examples" "$BATS_TEST_TMPDIR/$page" "$top/docs/HOWTO-$page.md"
    done
}
