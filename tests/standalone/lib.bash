# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# What the tests of the stand-alone program share, on top of ../crash/lib.bash.

load ../crash/lib

program=${extension%/*}/dangling
# The same with sanitizers, for damaged input. The leak is libkdumpfile's, where a page cannot be read.
sanitized=${extension%/*}/san/dangling
export ASAN_OPTIONS=allocator_may_return_null=1
export LSAN_OPTIONS=suppressions=$BATS_FILE_TMPDIR/leaks:print_suppressions=0

# fixture NAME [OPTION…]: makes NAME/{vmlinux,vmcore} of test-dumps/fixtures/v2.c.
fixture() {
    local name=$1
    shift
    "$top/test-dumps/fixtures/make-fixture" "$@" v2.c "$name"
}

# For setup(): a directory of the test's own, with what setup_file() has made.
enter_test() {
    cd "$BATS_TEST_TMPDIR"
    ln -s "$BATS_FILE_TMPDIR"/* .
}

# says STATUS PATTERN COMMAND…: it ends soon, with that status and on standard error a line that
# matches. Status "3|4" is one of them.
says() {
    local expected=$1 pattern=$2 status=0
    shift 2
    timeout 20 "$@" > said.out 2> said.err < /dev/null || status=$?
    if [[ ! $status =~ ^($expected)$ ]] || ! grep -qE "$pattern" said.err; then
        echo "status $status, not $expected, or not /$pattern/: $*"
        head -c 2000 said.err
        return 1
    fi
}

# ended COMMAND…: it ended by itself: no crash, no hang, no finding of the sanitizers.
ended() {
    local status=0
    timeout 60 "$@" > ended.out 2> ended.err < /dev/null || status=$?
    [[ $status =~ ^[03-7]$ ]] && ! grep -q 'ERROR: \|runtime error' ended.err && return
    echo "status $status: $*"
    head -30 ended.err
    return 1
}

# same COMMAND…: it succeeds, says nothing, and prints what is in the file expected.
same() {
    "$@" > same.out 2> same.err && [ ! -s same.err ] && cmp expected same.out && return
    echo "$*"
    head -20 same.err same.out
    return 1
}

# cached DUMP: the directory of a dump of Debian's kernels, if it is in the cache and not of an older recipe.
cached() {
    "$top/test-dumps/debian/make-dump" --cached "$1"
}

# build_id VMLINUX
build_id() {
    readelf -n "$1" 2> /dev/null | sed -n 's/.*Build ID: //p'
}

# fastest COMMAND…: microseconds of the fastest of 5 runs.
fastest() {
    local best=999999999 start took
    for _ in {1..5}; do
        start=${EPOCHREALTIME/./}
        "$@" > /dev/null
        took=$((${EPOCHREALTIME/./} - start))
        [ "$took" -ge "$best" ] || best=$took
    done
    echo "$best"
}

# unindex VMLINUX COPY: one in which nothing leads from functions to DWARF.
unindex() {
    cp --reflink=auto "$1" "$2"
    # Only the name of the section goes: objcopy would rewrite 590 MB.
    python3 - "$2" <<'PYTHON'
import mmap, sys
with open(sys.argv[1], "r+b") as file, mmap.mmap(file.fileno(), 0) as elf:
    end = elf.rfind(b".debug_aranges\0") + len(".debug_aranges")
    elf[end - 1:end] = b"_"
PYTHON
}

# is_quick VMCORE VMLINUX: a report from it takes a fifth of what it takes without .debug_aranges, or less.
is_quick() {
    local quick slow
    unindex "$2" unindexed
    "$program" -l "$1" "$2" > out
    "$program" -l "$1" unindexed | cmp - out
    quick=$(fastest "$program" -l "$1" "$2")
    slow=$(fastest "$program" -l "$1" unindexed)
    rm unindexed
    echo "$quick µs, $slow µs by a scan of all units"
    [ $((5 * quick)) -le "$slow" ]
}
