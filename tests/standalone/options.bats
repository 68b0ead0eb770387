#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# The stand-alone program's command line, where its report goes, its exit status, and how it ends early.

load lib

setup_file() {
    unpack_demo
    cd "$BATS_FILE_TMPDIR"
    ln -s "$demo/vmcore" vmcore
    dangling -l > list
    dangling -u > unions
    # What takes a while.
    cp "$demo/vmcore" many
    "$top/tests/tools/many-memcgs" many unions /anon-pages 8000
}

setup() {
    cd "$BATS_FILE_TMPDIR"
}

# dangling OPTION…: on the demo.
dangling() {
    "$program" "$@" vmcore vmlinux
}

# same ARGUMENTS ARGUMENTS: lists of words that must give the same report, messages and exit status.
same() {
    # shellcheck disable=SC2086 # lists of words
    diff -a <(dangling $1 2>&1; echo $?) <(dangling $2 2>&1; echo $?)
}

# refused TEXT ARGUMENT…: usage that is told with TEXT and a hint, before anything is opened.
refused() {
    local text=$1 status=0
    shift
    "$program" "$@" > refused.out 2> refused.err || status=$?
    show refused.err
    [ "$status" = 2 ]
    [ ! -s refused.out ]
    [ "$(head -1 refused.err)" = "dangling: $text" ]
    [ "$(tail -n +2 refused.err)" = "Try 'dangling --help'." ]
}

# ends STATUS COMMAND…: standard output in out, messages in err.
ends() {
    local expected=$1 status=0
    shift
    "$@" > out 2> err || status=$?
    show err
    echo "exit status $status"
    [ "$status" = "$expected" ]
}

# ---- options ----

@test "every option has two names, or a long one" {
    same -a --all
    same -k --kernel
    same -l --list
    same -u --unions
    same '-n 2' '--limit 2'
    same '-n2' '--limit=2'
    same '-m /mixed' '--memcg=/mixed'
    same '-m /mixed -m 19' '--memcg /mixed --memcg 19'
    same '-l -a -n 3' -lan3
    same --list --lis
    dangling -j | sed 's/"seconds":.*//' > json
    dangling --json | sed 's/"seconds":.*//' | cmp json
    dangling -o out-short
    dangling --output=out-long
    dangling | tee out-plain | cmp - out-short
    cmp out-plain out-long
    same '--debug-dir=/nonexistent --symbols /nonexistent' ''
}

@test "options and operands in any order, and -- before what looks like an option" {
    cp -s -- "$PWD/vmcore" ./-vmcore
    "$program" vmcore -l vmlinux | cmp list
    "$program" vmcore vmlinux --list | cmp list
    "$program" -l -- vmcore vmlinux | cmp list
    "$program" -l -- -vmcore vmlinux | cmp list
    "$program" vmcore vmlinux -m /again -l -n 1 -m /mixed | grep -q '^(1 of 3 shown)$'
}

@test "the help mentions every option, fits a terminal, and is printed whatever else is there" {
    "$program" --help > help
    "$program" -h vmcore -l | cmp help
    for option in -{a,k,l,u,j,n,m,o,h},\ -- --{all,kernel,list,unions,json,limit=COUNT,memcg=MEMCG} \
        --{output=FILE,debug-dir=DIR,symbols=FILE,help,version}; do
        echo "$option"
        grep -qE -- "^  (-., |    )?$option" help
    done
    [ "$(wc -L < help)" -le 100 ]
    for status in 0 1 2 3 4 5 6 7; do
        grep -qE "(^|[ :,])$status [a-z]" help
    done
    grep -q '^Usage: dangling \[OPTION\]\.\.\. VMCORE \[VMLINUX\]$' help
}

@test "the version, with those of the libraries" {
    "$program" --version > version
    show version
    [ "$(head -1 version)" = "dangling $(sed -n 's/^#define MCD_VERSION "\(.*\)"/\1/p' "$top/include/mcd/version.h")" ]
    grep -qE '^libkdumpfile [0-9.]+, elfutils [0-9.]+, libbpf [0-9.]+, readline [0-9.]+$' version
}

@test "what makes no sense is refused with a hint" {
    refused 'which dump? Give a VMCORE'
    refused 'which dump? Give a VMCORE' -l
    refused 'more than a VMCORE and a VMLINUX; memory cgroups are given with -m' a b c
    refused '-x: no such option' -x vmcore
    refused '-x: no such option' -lx vmcore
    refused '--nonsense: no such option' --nonsense vmcore
    refused '--li: more than one option begins so' --li vmcore
    refused '--list=3: this option takes no argument' --list=3 vmcore
    refused '-n: this option needs an argument' vmcore -n
    refused '--output: this option needs an argument' vmcore --output
    refused 'many: -n takes a whole number' -n many vmcore
    refused '-3: -n takes a whole number' -n -3 vmcore
    refused '99999999999999999999: -n takes a whole number' -n 99999999999999999999 vmcore
    refused '-k cannot be combined with -a or another view' -kl vmcore
    refused '-k cannot be combined with -a or another view' -k -a vmcore
    refused '-j cannot be combined with -u, which is text only' -ju vmcore
    refused 'x: not a MEMCG: give a path (/…), an address (0x…) or a decimal css id' -m x vmcore
    refused ': not a MEMCG: give a path (/…), an address (0x…) or a decimal css id' -m '' vmcore
    refused '0x11111111111111111: number too large' -m 0x11111111111111111 vmcore
}

@test "a limit of none shows none and counts all" {
    [ "$(dangling -n 0)" = '(0 of 37 shown)' ]
    [ "$(dangling -l -n 0)" = '(0 of 37 shown)' ]
    [ -z "$(dangling -k -n 0)" ]
    dangling -j -n 0 | tail -1 | jq -e '.shown == 0 and .dangling == 37 and .complete'
}

# ---- exit status ----

@test "exit status 0, 1, 2: all shown, no such group, usage" {
    ends 0 dangling
    [ ! -s err ]
    ends 1 dangling -m /mixed -m /nowhere -l
    [ "$(cat err)" = 'dangling: /nowhere: no such memory cgroup' ]
    grep -q '  /mixed$' out
    ends 2 dangling -k -l
}

@test "exit status 3: not a dump" {
    ends 3 "$program" vmlinux vmlinux
    grep -q '^dangling: vmlinux: ' err
    ends 3 "$program" /nonexistent vmlinux
    [ "$(cat err)" = 'dangling: /nonexistent: No such file or directory' ]
    ends 3 "$program" /dev/null
    ends 3 "$program" .
    [ ! -s out ]
}

@test "exit status 4: no types, or a vmlinux of another kernel" {
    ends 4 "$program" vmcore
    grep -q 'no vmlinux with debuginfo was found' err
    ends 4 "$program" vmcore "$program"
    ends 4 "$program" vmcore /nonexistent
    [ "$(cat err)" = 'dangling: /nonexistent: No such file or directory' ]
    ends 4 "$program" vmcore vmcore
    [ ! -s out ]
}

@test "exit status 5: no memory controller" {
    objcopy --redefine-sym root_mem_cgroup=root_mem_cgrouq vmlinux vmlinux-none
    ends 5 "$program" -o untouched vmcore vmlinux-none
    [ "$(cat err)" = 'dangling: this kernel has no memory controller: there is no symbol root_mem_cgroup' ]
    [ ! -e untouched ]
}

@test "exit status 6: damage" {
    cp vmcore damaged
    "$top/tests/tools/kdump-edit" damaged "$(awk 'NR == 5 { print substr($1, 1, 13) "000=hole" }' list)"
    ends 6 "$program" -l damaged vmlinux
    [ "$(wc -l < out)" = "$(wc -l < list)" ]
    [ -s err ]
}

# ---- output ----

@test "output to a pipe, to a file, and to a file of -o is the same" {
    dangling -u -a | cat > piped
    dangling -u -a > redirected
    dangling -u -a -o named > nothing
    cmp piped redirected
    cmp piped named
    [ ! -s nothing ]
}

@test "-o: what is there stays where there is no report, and does not where that is empty" {
    echo stale > stale
    ends 2 dangling -o stale -x
    ends 3 "$program" -o stale vmlinux
    ends 4 "$program" -o stale vmcore
    ends 2 dangling -o stale -m nonsense
    [ "$(cat stale)" = stale ]
    ends 1 dangling -o stale -m /nowhere
    [ ! -s stale ]
    [ -e stale ]
}

@test "-o: never the dump itself, nor its vmlinux" {
    cp vmcore own
    ln -s own own-link
    ends 2 "$program" -o own-link own vmlinux
    [ "$(cat err)" = 'dangling: own-link: the report is made from it: write it to another file' ]
    ends 2 "$program" -o vmlinux own vmlinux
    cmp own vmcore
    dangling -l | cmp list
}

@test "output that cannot be written is told, and no fault of the dump: 7" {
    ends 7 dangling -o /dev/full
    [ "$(cat err)" = 'dangling: /dev/full: No space left on device' ]
    ends 7 dangling -o /nonexistent/file
    [ "$(cat err)" = 'dangling: /nonexistent/file: No such file or directory' ]
    ends 7 dangling -o .
    [ "$(cat err)" = 'dangling: .: Is a directory' ]
    for view in -l -k -u -j --help --version; do
        status=0
        dangling "$view" > /dev/full 2> err || status=$?
        echo "$view: $status, $(cat err)"
        [ "$status" = 7 ]
        [ "$(cat err)" = 'dangling: output: No space left on device' ]
        status=0
        dangling "$view" >&- 2> err || status=$?
        [ "$status" = 7 ]
        [ "$(cat err)" = 'dangling: output: Bad file descriptor' ]
    done
}

@test "with all three standard files closed a report gets no message in it" {
    status=0
    dangling -l -m /mixed -m /nowhere -o alone <&- >&- 2>&- || status=$?
    [ "$status" = 1 ]
    dangling -l -m /mixed | cmp - alone
}

@test "a reader that goes away ends the program quietly: 6" {
    for view in -u -l -j; do
        { "$program" "$view" -a many vmlinux 2> err || echo $? > status; } | head -1 > first
        echo "$view: $(cat status err)"
        [ "$(wc -l < first)" = 1 ]
        [ ! -s err ]
        [ "$(cat status)" = 6 ]
    done
}

# ---- a long run ----

# stopped_for_a_while COMMAND: runs it on a terminal, which is seen in the file screen, and stops it in the
# middle for longer than progress takes to appear.
stopped_for_a_while() {
    rm -f pid
    script -qec "echo \$\$ > pid; exec $1" /dev/null > screen < /dev/null &
    until [ -s pid ]; do sleep 0.01; done
    sleep 0.1
    kill -STOP "$(cat pid)"
    sleep 2.1
    # script stops with its child.
    kill -CONT "$(cat pid)" $!
    wait $!
}

@test "progress is shown on a terminal, and leaves the report as it is" {
    stopped_for_a_while "'$program' -u many vmlinux"
    grep -aqE $'\rdangling: [0-9]+ (of [0-9]+ )?[a-z ]+\x1b\\[K' screen
    "$program" -u many vmlinux > whole
    tr -d '\r' < screen | sed $'s/^.*\x1b\\[K//' | cmp - whole
}

@test "progress is not shown elsewhere" {
    stopped_for_a_while "'$program' -l many vmlinux 2> err"
    [ ! -s err ]
    refute grep -aq $'\x1b' screen
}

@test "SIGINT, SIGTERM and SIGHUP end a report early, with what was found" {
    ROUNDS=24 "$top/tests/tools/interrupt-program" "$program" -j many vmlinux
}

@test "interrupted, text reports say how much is missing" {
    "$program" -l many vmlinux > whole
    for moment in 0.05 0.1 0.15 0.2 0.25 0.3; do
        timeout -s INT "$moment" "$program" -l many vmlinux > out 2> err || true
        cat err
        [ -s err ] || continue
        grep -qE '^dangling: interrupted(: [0-9]+ of 8037 memory cgroups shown| after [0-9]+ memory cgroups were found)$' err
        [ "$(grep -c ' /' out)" = "$(sed -n 's/.*: \([0-9]*\) of .*/\1/p' err | grep . || echo 0)" ]
    done
}

@test "a signal ends even a report that nobody reads" {
    mkfifo fifo
    # Opened, never read.
    exec 9<> fifo
    "$program" -l many vmlinux > fifo 2> err &
    # It sleeps once the FIFO is full.
    until [ "$(cut -d' ' -f3 "/proc/$!/stat")" = S ]; do sleep 0.01; done
    kill -TERM $!
    status=0
    wait $! || status=$?
    exec 9>&-
    cat err
    [ "$status" = 6 ]
    [ "$(cat err)" = 'dangling: output: interrupted, the report is cut off' ]
}
