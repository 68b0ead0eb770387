#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# Every shell command in the documents that users read is run on the demonstration dump, and prints
# what they say.

@test "every example of a shell command is real output" {
    top=$(cd "$BATS_TEST_DIRNAME/../.." && pwd)
    PATH=$(realpath "${BUILD:-$top/build}"):$PATH
    ln -s "$top"/test-dumps/demo/{vmcore,vmlinux.xz} "$BATS_TEST_TMPDIR"
    "$top/tests/tools/check-shell-examples" "$BATS_TEST_TMPDIR" "$top/README.md"
}
