# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# What the tests in a real crash share. crash takes seconds to start, so a test file runs one session
# with many commands, each redirected to a file, and its tests look at the files.

top=$(cd "$BATS_TEST_DIRNAME/../.." && pwd)
extension=$(cd "$BATS_CWD" && realpath "${BUILD:-build}")/memcg_dangling.so
demo=$top/test-dumps/demo
export LC_ALL=C.UTF-8

# crash_session VMLINUX VMCORE [OPTION...]: runs the commands on standard input in one session with
# the extension loaded, in the current directory. Leaves what crash printed in session.out and what
# went to standard error in session.err. No ~/.crashrc, no pager, and an end to every hang.
crash_session() {
    local vmlinux=$1 vmcore=$2
    shift 2
    { echo "extend $extension"; cat; echo quit; } > session.in
    HOME=$PWD timeout -k 10 300 crash -s "$@" -i session.in "$vmlinux" "$vmcore" \
        > session.out 2> session.err < /dev/null
}

# The demo's vmlinux, uncompressed once for all sessions of this file.
unpack_demo() {
    xz -dkc "$demo/vmlinux.xz" > "$BATS_FILE_TMPDIR/vmlinux"
}

# refute COMMAND…: fails where the command succeeds; a plain "!" would not end a test.
refute() {
    ! "$@"
}

# The first lines of a file that the test is about, for the report of a failure.
show() {
    echo "--- $1"
    head -40 "$1"
}

# Addresses in a dump, by its reports $BATS_FILE_TMPDIR/list (-l) and unions (-u); row 1 is the newest.
member_of() { # ROW MEMBER: of that mem_cgroup
    local base offset
    base=$(awk -v n="$1" 'NR == n + 1 { print $1 }' "$BATS_FILE_TMPDIR/list")
    offset=$(awk -v m="mem_cgroup.$2" '$NF == m { print $2 }' "$BATS_FILE_TMPDIR/unions")
    printf '%x' $((0x$base + offset))
}
page_of() { # ROW
    awk -v n="$1" 'NR == n + 1 { print substr($1, 1, length($1) - 3) "000" }' "$BATS_FILE_TMPDIR/list"
}
symbol() { # NAME
    awk -v s="$1" '$1 == "symbol" && $NF == s { print $2 }' "$BATS_FILE_TMPDIR/unions"
}
