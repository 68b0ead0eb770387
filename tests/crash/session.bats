#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# Life in a crash session: loading and unloading, many runs, interrupts, other versions of crash.

load lib

# A command line that appends crash's own resident memory (kB) to a file.
rss='!awk "/VmRSS/ { print \$2 }" /proc/$PPID/status >>'

setup_file() {
    unpack_demo
    cd "$BATS_FILE_TMPDIR"
    {
        # The first rounds warm crash's own caches up.
        for round in {1..10}; do
            echo "dangling -l > round-$round"
            echo "extend -u $extension"
            echo "extend $extension"
            echo "$rss rounds"
        done
        for run in {1..100}; do
            echo "dangling -u -a > run"
            [ $((run % 10)) != 0 ] || echo "$rss runs"
        done
        echo "extend -u $extension"
        echo "dangling"
        echo "extend $extension"
        echo "dangling -l > after"
        echo "sym root_mem_cgroup > alive"
    } > commands
    crash_session vmlinux "$demo/vmcore" < commands
}

setup() {
    cd "$BATS_FILE_TMPDIR"
}

@test "ten rounds of extend and extend -u leave nothing behind" {
    for round in {2..10}; do
        cmp round-1 "round-$round"
    done
    cmp round-1 after
    grep -q root_mem_cgroup alive
}

@test "unloaded, the command is gone" {
    grep -q 'command not found: dangling' session.out session.err
}

@test "neither the rounds nor 100 runs grow the session" {
    cat rounds runs
    [ "$(wc -l < rounds)" = 10 ]
    [ "$(wc -l < runs)" = 10 ]
    # From the second sample on, within the noise of the allocator.
    [ $(($(tail -1 rounds) - $(sed -n 2p rounds))) -le 512 ]
    [ $(($(tail -1 runs) - $(sed -n 2p runs))) -le 512 ]
}

@test "built for another crash, it refuses to load and says what to do" {
    mkdir other-crash
    cp /usr/include/crash/defs.h other-crash
    make -s -C "$top" BUILD="$PWD/other" CRASH="$PWD/other-crash" CRASH_VERSION=1.2.3
    extension=$PWD/other/memcg_dangling.so crash_session vmlinux "$demo/vmcore" <<'COMMANDS'
sym root_mem_cgroup > alive-other
COMMANDS
    grep -q 'built for crash 1.2.3, this is crash' session.err
    grep -q root_mem_cgroup alive-other
}

@test "arguments from a file: one run for each line" {
    mkdir -p arguments
    cd arguments
    printf '%s\n' '-l /mixed' '-l /shmem' nonsense > lines
    crash_session ../vmlinux "$demo/vmcore" <<'COMMANDS'
dangling < lines > rows
dangling -l > list
COMMANDS
    grep -q '  /mixed$' rows
    grep -q '  /shmem$' rows
    cmp ../round-1 list
}

@test "another defs.h or other flags build anew, a crash that tells no version is refused" {
    mkdir -p changing
    cp /usr/include/crash/defs.h changing
    make -s -C "$top" BUILD="$PWD/changed"
    echo '#error another crash' >> changing/defs.h
    run make -s -C "$top" BUILD="$PWD/changed" CRASH="$PWD/changing" CRASH_BIN=crash
    [ "$status" != 0 ]
    [[ $output == *'another crash'* ]]
    run make -s -C "$top" BUILD="$PWD/changed" CRASH="$PWD/changing"
    [ "$status" != 0 ]
    [[ $output == *'cannot be run, or does not tell its version'* ]]
    run make -s -C "$top" BUILD="$PWD/changed" CRASH=/nonexistent
    [ "$status" != 0 ]
    [[ $output == *'there is no defs.h in it'* ]]
}

@test "installed, it is found by its name alone, from ~/.crashrc too" {
    mkdir -p installed
    make -s -C "$top" BUILD="${extension%/*}" WERROR="${WERROR:-}" DESTDIR="$PWD/root" install
    cd installed
    echo 'extend memcg_dangling.so' > .crashrc
    printf '%s\n' 'dangling -l > list' quit > input
    HOME=$PWD CRASH_EXTENSIONS=$PWD/../root/usr/lib/crash/extensions \
        crash -s -i input ../vmlinux "$demo/vmcore" > out 2>&1 < /dev/null
    cmp ../round-1 list
}

@test "Ctrl-C ends the command, not the session" {
    "$top/tests/tools/interrupt-crash" "$extension" vmlinux "$demo/vmcore"
}

@test "Ctrl-C ends a ledger and its scan, not the session" {
    "$top/tests/tools/interrupt-crash" "$extension" vmlinux "$demo/vmcore" "dangling -p -f -s --scan"
}

@test "a reader that goes away ends the command, not the session" {
    crash_session vmlinux "$demo/vmcore" <<'COMMANDS'
dangling -u -a | head -1 > first-line
dangling -l > list
COMMANDS
    [ "$(wc -l < first-line)" = 1 ]
    refute grep -q '^dangling:' session.err
    cmp round-1 list
}
