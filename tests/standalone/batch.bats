#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# dangling batch over 200 real dumps and things that are none: every one has its record and
# its class, whatever happens to workers and to the batch itself.

load ../crash/lib

program=${extension%/*}/dangling

# dump CLASS PATH [VMLINUX]: a place in the list, and the class that it has to get.
dump() {
    printf '%s\t%s\n' "$1" "$2" >> expected
    printf '%s%s\n' "$2" "${3:+$'\t'$3}" >> list
}

# link CLASS PATH TARGET [VMLINUX]
link() {
    mkdir -p "${2%/*}"
    ln -s "$3" "$2"
    dump "$1" "$2" "${4:-}"
}

# Dumps as they are.
make_good() {
    local i
    for i in {001..040}; do
        link ok "crash/host-$i/vmcore" "$kdump/vmcore"
        echo dmesg > "crash/host-$i/vmcore-dmesg.txt" # has no place of its own
    done
    for i in {1..10}; do
        link ok "v1/$i" "$v1/vmcore"
        link ok "v2/$i" "$v2/vmcore"
        link ok "demo/$i" "$demo/vmcore" vmlinux
    done
    cp "$kdump/vmcore" copy
    dump ok copy
    link ok "here/%/100%" "$kdump/vmcore"
    link ok "here%//100%" "$kdump/vmcore"
}

# Dumps of which something is missing, from a damaged list to all but one byte.
make_damaged() {
    local head bytes
    head=$("$program" -u "$demo/vmcore" vmlinux | awk '$NF == "dangling_memcgs" { print $2 }')
    cp "$demo/vmcore" no-list-head
    "$top/tests/tools/kdump-edit" no-list-head "$head=abc"
    dump partial no-list-head vmlinux
    mkdir truncated
    for bytes in 1 8 100 400 2000 4096 100000 1000000; do
        head -c "$bytes" "$demo/vmcore" > "truncated/demo-$bytes"
        dump unreadable "truncated/demo-$bytes" vmlinux
        head -c "$bytes" "$kdump/vmcore" > "truncated/kdump-$bytes"
        dump unreadable "truncated/kdump-$bytes"
        head -c "$bytes" "$v2/vmcore" > "truncated/elf-$bytes"
        dump unreadable "truncated/elf-$bytes"
    done
}

# No dumps at all.
make_others() {
    local i
    mkdir others
    for i in {1..45}; do
        : > "others/empty-$i"
        dump unreadable "others/empty-$i"
        echo 'not a dump' > "others/text-$i"
        dump unreadable "others/text-$i"
    done
    link unreadable others/vmlinux "$kdump/vmlinux"
    link unreadable others/random /dev/urandom
    link unreadable others/gone /no/such/file
    mkfifo others/fifo
    dump unreadable others/fifo
    python3 -c 'import socket; socket.socket(socket.AF_UNIX).bind("others/socket")'
    dump unreadable others/socket
    dump unreadable missing
    mkdir -p dirs/empty dirs/log
    echo log > dirs/log/vmcore-dmesg.txt
    ln -s .. dirs/log/up
    # In the order of the walk.
    printf 'unreadable\t%s\n' dirs/empty dirs/log/up >> expected
    echo dirs >> list
}

# What the kernel or the vmlinux, the memory or the time do not suffice for.
make_limits() {
    local i
    echo hangs > hanging
    dump timeout hanging
    objcopy --redefine-sym root_mem_cgroup=root_mem_cgrouq vmlinux vmlinux-no-memcg
    for i in {1..5}; do
        link no-types "wrong/other-$i" "$kdump/vmcore" vmlinux
        link no-types "wrong/none-$i" "$demo/vmcore"
        link no-memcg "wrong/memcg-$i" "$demo/vmcore" vmlinux-no-memcg
    done
    "$top/tests/tools/batch-big-notes" big 2000000000
    dump memory big
}

setup_file() {
    cd "$BATS_FILE_TMPDIR"
    unpack_demo
    local name
    for name in kdump v1 v2; do
        "$top/test-dumps/debian/make-dump" "6.1-$name" > "made-$name" &
    done
    wait
    kdump=$(< made-kdump) v1=$(< made-v1) v2=$(< made-v2)
    export kdump v2
    make_limits
    make_good
    make_damaged
    make_others
    batch_all --output whole > whole.out 2> whole.err || echo $? > whole.status
}

setup() {
    cd "$BATS_FILE_TMPDIR"
}

teardown() {
    let_go
}

# The dump `hanging` is one that cannot be opened, until let_go.
hang() {
    rm -f held
    "$top/tests/tools/batch-hang" hanging > held 3>&- &
    holder=$!
    until [ -s held ]; do
        kill -0 $holder
        sleep 0.01
    done
}

let_go() {
    [ -z "${holder:-}" ] || kill "$holder" 2> "$BATS_TEST_TMPDIR/let_go" || true
    holder=
}

# The whole list, with the limits that its classes need.
batch_all() {
    local status=0
    hang
    "$program" batch --jobs 3 --timeout 2 --memory-limit 256M "$@" @list || status=$?
    let_go
    return $status
}

# What cannot be the same in two runs; and "stream", which only directories have.
normalise() {
    sed -E 's/"(seconds|peak_bytes)":[0-9.]+/"\1":0/g' "$@"
}

# same_results DIR…: the streams and summaries of two directories are the same, and nothing else is there.
same_results() {
    diff <(ls -A "$1") <(ls -A "$2")
    cmp <(normalise "$1"/*) <(normalise "$2"/*)
}

classes_of() { # SUMMARY
    jq -r 'select(.type == "dump") | [.class, .dump] | join("\t")' "$1"
}

@test "200 dumps: each has its record and its class, in order, and the exit status is 6" {
    [ "$(cat whole.status)" = 6 ]
    [ "$(wc -l < expected)" -ge 200 ]
    diff expected <(classes_of whole/batch.ndjson)
    # One stream each, the summary, and nothing that is not whole.
    [ "$(find whole -type f ! -name .lock | wc -l)" = $(($(wc -l < expected) + 1)) ]
    [ -z "$(find whole -name '*.partial')" ]
}

@test "every line is valid by the schema, and every stream has its end" {
    "$top/tests/tools/check-json" whole/*.ndjson
    jq -e .type whole/*.ndjson > types
    [ "$(grep -c '"end"' types)" = $(($(wc -l < expected) + 1)) ]
    tail -q -n 1 whole/*.ndjson | jq -e '.type == "end"' > types
}

@test "the report of a dump is that of the program by itself" {
    "$program" -j "$(readlink v2/7)" > single || [ $? = 6 ]
    diff <(normalise single | grep '"type":"memcg"') <(grep '"type":"memcg"' whole/v2%7.ndjson)
    "$program" -j demo/3 vmlinux | normalise > single
    diff single <(normalise whole/demo%3.ndjson | grep -v '"type":"dump"')
    "$program" -j no-list-head vmlinux 2> single.err | normalise > single || true
    diff single <(normalise whole/no-list-head.ndjson | grep -v '"type":"dump"')
    jq -r 'select(.type == "dump") | .message' whole/no-list-head.ndjson |
        grep -qF "$(sed -n '1s/^dangling: //p' single.err)"
}

@test "records have the kernel and the counts of their stream" {
    jq -s -e '.[0] as $head | .[-2] as $dump | .[-1] as $last |
        $dump.release == $head.release and $dump.build_id == $head.build_id and
        $dump.dangling == $last.dangling and $dump.dangling > 10 and $dump.online == $last.online and
        $dump.peak_bytes > 1000000 and $dump.seconds > 0' whole/v1%1.ndjson
    tail -n 1 whole/batch.ndjson | jq -e '.complete and .dumps >= 200'
}

@test "what is bad is told on standard error with its path and why, what is fine is not" {
    [ "$(wc -l < whole.err)" = "$(grep -vc ^ok expected)" ]
    refute grep -v '^dangling: ' whole.err
    grep -qx 'dangling: others/fifo: a FIFO, not opened: copy the dump into a file' whole.err
    grep -qx 'dangling: others/random: a character device, not opened: copy the dump into a file' whole.err
    grep -qx 'dangling: others/gone: No such file or directory' whole.err
    grep -qx 'dangling: dirs/empty: no dump in this directory' whole.err
    grep -qx 'dangling: hanging: not done after 2 s: see --timeout' whole.err
    grep -q '^dangling: big: .*memory' whole.err
    grep -q '^dangling: wrong/other-1: vmlinux: is of another build' whole.err
}

@test "the table has a row for each dump and a line for each class" {
    [ "$(head -1 whole.out | tr -s ' ')" = 'DANGLING ONLINE SECONDS PEAK CLASS DUMP' ]
    diff expected <(tail -n +2 whole.out | sed '/^$/,$d' |
        awk '{ print $5 "\t" substr($0, index($0, " " $5 " ") + 13) }' | sed 's/\t */\t/')
    sed '1,/^$/d' whole.out | grep -v ' of ' > counts
    diff <(cut -f 1 expected | sort | uniq -c | awk '{ print $1, $2 }' | sort) <(sort counts)
}

@test "nothing was written outside of the output" {
    [ -z "$(find . -newer whole/.lock -type f ! -path './whole*' ! -path ./held ! -path ./types \
        ! -path './single*' ! -path ./counts)" ]
}

@test "without --output the same streams come on standard output, in order" {
    local name status=0
    mkdir "$BATS_TEST_TMPDIR/spool"
    TMPDIR=$BATS_TEST_TMPDIR/spool batch_all --jobs 5 > out 2> err || status=$?
    [ $status = 6 ]
    jq -r 'select(.type == "dump") | .stream' whole/batch.ndjson | while read -r name; do
        cat "whole/$name"
    done > joined
    diff <(normalise joined | sed -E 's/"stream":"[^"]*"/"stream":null/') <(normalise out)
    diff whole.err <(sed '/^DANGLING /,$d' err)
    grep -q '^DANGLING ' err
    [ -z "$(ls "$BATS_TEST_TMPDIR/spool")" ]
}

# gone MS PID…: each of them has ended in time; one that nobody has waited for yet has, too.
gone() {
    local deadline=$((${EPOCHREALTIME/./} + $1 * 1000)) pid
    shift
    for pid; do
        until [[ ! -e /proc/$pid/status || $(< "/proc/$pid/status") == *$'\nState:\tZ'* ]]; do
            [ "${EPOCHREALTIME/./}" -lt $deadline ]
            sleep 0.02
        done
    done
}

@test "killed by SIGKILL in the middle, --resume ends as if nothing had happened" {
    local out=$BATS_TEST_TMPDIR/killed
    hang
    "$program" batch --jobs 2 --timeout 2 --memory-limit 256M --output "$out" @list 3>&- \
        > "$out.out" 2>&1 &
    local batch=$!
    until [ "$(find "$out" -name '*.ndjson' 2> find.err | wc -l)" -ge 40 ]; do
        sleep 0.02
    done
    mapfile -t workers < <(pgrep -P $batch)
    kill -KILL $batch
    wait $batch || [ $? = 137 ]
    [ ! -e "$out/batch.ndjson" ]
    [ "$(find "$out" -name '*.ndjson' | wc -l)" -lt 120 ]
    gone 5000 "${workers[@]}" # with their batch
    let_go
    batch_all --resume --output "$out" > "$out.out" 2> "$out.err" || [ $? = 6 ]
    same_results whole "$out"
    diff whole.err "$out.err"
}

@test "--resume does only what is not done, has changed, or can come out otherwise" {
    local out=$BATS_TEST_TMPDIR/resumed
    cp -a whole "$out"
    touch -r copy stamp
    touch -d 2001-01-01 copy
    rm "$out/v1%5.ndjson"
    echo '{"type":"head"}' > "$out/v1%6.ndjson"
    head -c -20 "whole/v1%7.ndjson" > "$out/v1%7.ndjson"
    touch before
    batch_all --resume --output "$out" > "$out.out" 2>&1 || [ $? = 6 ]
    touch -r stamp copy
    grep -qE ' dumps in [0-9.]+ s, [12][0-9][0-9] of them reported before, ' "$out.out"
    refute grep -q 'reported before' whole.out
    diff expected <(classes_of "$out/batch.ndjson")
    {
        grep -E '^(no-types|timeout|memory)' expected | cut -f 2 | tr / % | sed 's/$/.ndjson/'
        # Where there is no file, nothing tells that it is the same.
        printf '%s.ndjson\n' batch copy v1%5 v1%6 v1%7 missing others%gone
    } | sort | diff - <(find "$out" -newer before -name '*.ndjson' -printf '%f\n' | sort)
    # Without it, all is made anew.
    mkdir "$BATS_TEST_TMPDIR/anew"
    echo '{"type":"end"}' > "$BATS_TEST_TMPDIR/anew/copy.ndjson"
    echo half > "$BATS_TEST_TMPDIR/anew/gone.ndjson.partial"
    "$program" batch --output "$BATS_TEST_TMPDIR/anew" copy
    [ "$(ls "$BATS_TEST_TMPDIR/anew")" = $'batch.ndjson\ncopy.ndjson' ]
    [ "$(wc -l < "$BATS_TEST_TMPDIR/anew/copy.ndjson")" -gt 10 ]
}

# interrupted OUT SIGNAL: a batch that a signal has ended: whole streams, of what was begun.
interrupted() {
    local out=$1
    hang
    # A job in the background ignores SIGINT unless it is told not to, and one of nohup SIGHUP.
    env --default-signal=INT,HUP "$program" batch --timeout 600 --memory-limit 256M --jobs 2 --output "$out" @list 3>&- \
        > "$out.out" 2> "$out.err" &
    until [ "$(find "$out" -name '*.ndjson' 2> find.err | wc -l)" -ge 5 ]; do
        kill -0 $!
        sleep 0.02
    done
    kill "-$2" $!
    wait $! || [ $? = 6 ]
    let_go
    "$top/tests/tools/check-json" "$out"/*.ndjson
    [ -z "$(find "$out" -name '*.partial')" ]
    tail -n 1 "$out/batch.ndjson" | jq -e '.complete == false'
    # The first of all, which nothing but the signal ended.
    grep '"dump":"hanging"' "$out/batch.ndjson" | jq -e '.interrupted and .class == "partial"'
    tail -n 1 "$out/hanging.ndjson" | jq -e '.complete == false'
    grep -qx 'dangling: hanging: interrupted' "$out.err"
    local told
    told=$(grep -c '"type":"dump"' "$out/batch.ndjson")
    told=$((told - $(grep -c '"interrupted":true' "$out/batch.ndjson")))
    [ "$(tail -n 1 "$out.out")" = "interrupted: the same command with --resume does the other $((\
        $(wc -l < expected) - told))" ]
}

@test "Ctrl-C ends every stream that was begun, and --resume does the rest" {
    local out=$BATS_TEST_TMPDIR/interrupted
    interrupted "$out" INT
    [ "$(grep -c '"type":"dump"' "$out/batch.ndjson")" -lt "$(wc -l < expected)" ]
    batch_all --resume --output "$out" > "$out.out" 2>&1 || [ $? = 6 ]
    same_results whole "$out"
}

@test "so do SIGTERM and SIGHUP" {
    interrupted "$BATS_TEST_TMPDIR/term" TERM
    interrupted "$BATS_TEST_TMPDIR/hup" HUP
}

# begin OPTION… DUMP…: a batch in the background with one worker, which hangs; their numbers are in batch
# and worker.
begin() {
    hang
    "$program" batch --jobs 1 "$@" 3>&- > background.out 2> background.err &
    batch=$!
    until worker=$(pgrep -P $batch) && grep -q '^State:.S' "/proc/$worker/status"; do
        kill -0 $batch
        sleep 0.02
    done
}

stop_worker() {
    kill -STOP "$worker"
    until grep -q '^State:.T' "/proc/$worker/status"; do
        sleep 0.02
    done
}

@test "a worker that does not react is killed; a second signal ends the batch at once" {
    begin --timeout 0.3 hanging copy
    stop_worker
    wait $batch || [ $? = 6 ]
    [ "$(jq -r 'select(.type == "dump") | .class' background.out | tr '\n' ' ')" = 'timeout ok ' ]
    head -n 1 background.out | jq -e '.dump == "hanging" and .seconds > 2 and .seconds < 5'
    let_go
    begin --output "$BATS_TEST_TMPDIR/twice" hanging
    stop_worker
    kill -TERM $batch
    sleep 0.2
    kill -TERM $batch
    wait $batch || [ $? = 143 ]
    gone 5000 "$worker"
    [ "$(ls "$BATS_TEST_TMPDIR/twice")" = $'batch.ndjson.partial\nhanging.ndjson.partial' ]
}

@test "a worker that dies is its dump's own misfortune, and the message says of what" {
    local signal class
    while read -r signal class; do
        begin --output "$BATS_TEST_TMPDIR/$signal" hanging copy
        kill "-$signal" "$worker"
        wait $batch || [ $? = 6 ]
        let_go
        diff <(printf '%s\thanging\nok\tcopy\n' "$class") \
            <(classes_of "$BATS_TEST_TMPDIR/$signal/batch.ndjson")
        grep "^dangling: hanging: the worker " background.err
    done <<< $'SEGV internal\nABRT internal\nKILL memory'
    grep -q 'died of SIGABRT' "$BATS_TEST_TMPDIR/ABRT/hanging.ndjson"
}

@test "two batches do not share a directory" {
    local status=0
    begin --output "$BATS_TEST_TMPDIR/shared" hanging
    "$program" batch --output "$BATS_TEST_TMPDIR/shared" copy 2> err || status=$?
    [ $status = 7 ]
    grep -q 'another batch is writing here' err
    refute grep -q '^Try' err
    kill -TERM $batch
    wait $batch || [ $? = 6 ]
    "$program" batch --output "$BATS_TEST_TMPDIR/shared" copy
}

@test "a reader that goes away ends the batch, and nothing is left behind" {
    mkdir "$BATS_TEST_TMPDIR/spool"
    local status=0
    (
        set -o pipefail
        TMPDIR=$BATS_TEST_TMPDIR/spool "$program" batch crash 2> err | head -c 10000 > out
    ) || status=$?
    [ $status = 6 ]
    [ -z "$(ls "$BATS_TEST_TMPDIR/spool")" ]
}

@test "names: every byte, every length, and the directory of the output itself" {
    local long wide nr=14
    mkdir -p "$BATS_TEST_TMPDIR/names/sub dir"
    cd "$BATS_TEST_TMPDIR/names"
    long=$(printf 'x%.0s' {1..250})
    wide=$(printf 'ü%.0s' {1..125})
    for name in $'tab\t' $'line\n' $'latin1-\xe9' 'a=b%' batch ümlaut "$long" '@list' 'sub dir/x' .hidden \
        ./-n $'del\x7f' $'c1-\xc2\x85' "$wide"; do
        ln -s "$BATS_FILE_TMPDIR/truncated/kdump-100" "$name"
    done
    "$program" batch --output out . > ../table 2> ../err || [ $? = 6 ]
    "$program" batch --output out . > ../table 2> ../err || [ $? = 6 ] # does not read what it wrote
    "$top/tests/tools/check-json" out/*
    [ "$(jq -r 'select(.type == "end") | .dumps' out/batch.ndjson)" = $nr ]
    diff - <(jq -r 'select(.type == "dump") | .dump' out/batch.ndjson | cut -c -30) <<'DUMPS'
./-n
./.hidden
./@list
./a=b%
./batch
./c1-\xc2\x85
./del\x7f
./latin1-\xe9
./line\n
./sub dir/x
./tab\t
./xxxxxxxxxxxxxxxxxxxxxxxxxxxx
./ümlaut
./üüüüüüüüüüüüüü
DUMPS
    jq -r 'select(.type == "dump") | .stream' out/batch.ndjson > streams
    # Each is the name of its file as it stands there.
    while read -r name; do
        cat -- "out/$name" > stream
        tail -n 1 stream | jq -e '.type == "end"'
    done < streams
    jq -r 'select(.type == "dump") | .message' out/batch.ndjson | grep -q '^./line..: .'
    grep -qx 'a=3db=25.ndjson' streams
    grep -qx '=62atch.ndjson' streams
    grep -qx 'sub dir%x.ndjson' streams
    [ -e out/=62atch.ndjson ]
    grep -qx 'line=0a.ndjson' streams
    grep -qx 'latin1-=e9.ndjson' streams
    [ "$(sort -u streams | wc -l)" = "$nr" ]
    refute grep -v "^DANGLING\|^$\|^$nr \|^ *-  .*unreadable  \./" ../table
}

@test "a message has its reason, however long the path is" {
    local part path
    cd "$BATS_TEST_TMPDIR"
    part=$(printf 'ü%.0s' {1..120})
    path=$part/$part/$part/empty
    mkdir -p "${path%/*}"
    : > "$path"
    "$program" batch "$path" > out 2> err || [ $? = 6 ]
    grep -qx 'dangling: üüü*\.\.\.üüü*/empty: the file is empty' err
    [ "$(head -1 err | wc -c)" -lt 400 ]
    head -n 1 out | jq -e --arg path "$path" '.dump == $path'
    # A name that needs escapes is told once.
    : > $'new\nline'
    "$program" batch $'new\nline' > out 2> err || [ $? = 6 ]
    head -1 err | grep -qxF 'dangling: new\nline: the file is empty'
}

@test "what is named twice has one record, and a vmlinux from whoever names it" {
    cd "$BATS_TEST_TMPDIR"
    ln -s "$demo/vmcore" a
    ln -s "$BATS_FILE_TMPDIR/vmlinux" .
    printf 'a\n./a\tvmlinux\n\na\tvmlinux\n' | "$program" batch .//a/ @- a > out || [ $? = 6 ]
    "$program" batch a @<(printf './a\tvmlinux\n\na\tvmlinux\n') ./a > out 2> err
    [ "$(jq -r 'select(.type == "dump") | .dump' out)" = a ]
    "$program" batch @<(printf 'a\tvmlinux\na\tother\n') > out 2> err || [ $? = 2 ]
    grep -q 'two vmlinux are named' err
}

@test "--debug-dir finds the vmlinux" {
    mkdir -p "$BATS_TEST_TMPDIR/debug"
    ln -s "$BATS_FILE_TMPDIR/vmlinux" "$BATS_TEST_TMPDIR/debug/vmlinux-6.1.192-dangling"
    "$program" batch --debug-dir "$BATS_TEST_TMPDIR/debug" "$demo/vmcore" > out 2> err
    [ "$(jq -r 'select(.type == "dump") | .class' out)" = ok ]
}

@test "wrong usage is told before anything runs" {
    local line
    cd "$BATS_TEST_TMPDIR"
    mkdir dumps
    : > file
    printf 'a\0b\n' > binary
    while read -r line; do
        echo "batch $line"
        # shellcheck disable=SC2086 # several words
        "$program" batch $line > out 2> err && false
        [ $? = 2 ]
        [ ! -s out ]
        grep -q '^dangling: ' err
        [ ! -e new ]
    done <<'USAGE'

--output new
--output new @/no/such/list
--output new @binary
--output dumps dumps
--resume dumps
--jobs 0 dumps
--jobs many dumps
--jobs 1.5 dumps
--timeout 0 dumps
--timeout -1 dumps
--timeout nan dumps
--timeout 1x dumps
--timeout s dumps
--memory-limit 1K dumps
--memory-limit 20Q dumps
--memory-limit 64Mi dumps
--memory-limit 64MBB dumps
--memory-limit 64iB dumps
--memory-limit 99999999999G dumps
--memory-limit -1 dumps
--output
--symbols map dumps
--res=x dumps
-j dumps
--nonsense dumps
USAGE
    "$program" batch --help | grep -q -- '--memory-limit SIZE'
    # Nothing to do is no mistake.
    : | "$program" batch --output new @- 2> err
    jq -e '.complete and .dumps == 0' new/batch.ndjson
    [ "$(< err)" = 'dangling: there is nothing to do: no list names a dump' ]
    "$program" batch --version | cmp - <("$program" --version)
    for line in '--memory-limit 64MB' '--memory-limit 64MiB' '--memory-limit 1g' '--timeout 5m' \
        '--timeout 1.5h' '--timeout 9s'; do
        # shellcheck disable=SC2086 # several words
        "$program" batch $line /dev/null > out 2> err && false
        [ $? = 6 ]
    done
}

@test "a place that cannot be written to is no mistake in the command line" {
    local place status
    cd "$BATS_TEST_TMPDIR"
    : > file
    for place in file /no/such/dir/new; do
        status=0
        "$program" batch --output "$place" dumps > out 2> err || status=$?
        [ $status = 7 ]
        grep -q "^dangling: $place: .*: cannot be used for the streams" err
        [ "$(wc -l < err)" = 1 ]
    done
    for place in '' --version --help; do
        status=0
        "$program" batch "${place:-$BATS_FILE_TMPDIR/copy}" > /dev/full 2> err || status=$?
        [ $status = 7 ]
        grep -q ': No space left on device$' err
    done
}

@test "whoever ignores SIGCHLD is told how workers end all the same" {
    env --ignore-signal=CHLD "$program" batch copy > out 2> err
    [ "$(jq -r 'select(.type == "dump") | .class' out)" = ok ]
}

@test "a limit of the machine's own that is narrower holds" {
    (ulimit -d 250000; "$program" batch --memory-limit 1G copy > out 2> err)
    [ "$(jq -r 'select(.type == "dump") | .class' out)" = ok ]
}

# clog NAME: a pipe that is full and that nobody reads, at descriptor 7.
clog() {
    mkfifo "$BATS_TEST_TMPDIR/$1"
    exec 7<> "$BATS_TEST_TMPDIR/$1"
    head -c 65536 /dev/zero >&7
}

# ends_soon STATUS: the batch in the background gets SIGTERM and ends soon.
ends_soon() {
    local status=0
    kill -TERM $batch
    gone 2000 $batch
    wait $batch || status=$?
    [ $status = "$1" ]
}

@test "nobody reads the messages: limits and signals still hold" {
    local out=$BATS_TEST_TMPDIR/deaf
    clog deaf-words
    hang
    "$program" batch --jobs 2 --timeout 1 --output "$out" missing hanging copy v1/1 3>&- 2>&7 > table &
    batch=$!
    until [ -e "$out/hanging.ndjson" ] && [ -e "$out/v1%1.ndjson" ]; do
        kill -0 $batch
        sleep 0.02
    done
    let_go
    ends_soon 6
    exec 7>&-
    [ "$(classes_of "$out/batch.ndjson" | cut -f 1 | tr '\n' ' ')" = 'unreadable timeout ok ok ' ]
}

@test "nobody reads the streams: one signal ends the batch" {
    clog stuck
    mkdir "$BATS_TEST_TMPDIR/spool"
    TMPDIR=$BATS_TEST_TMPDIR/spool "$program" batch copy v1/1 3>&- >&7 2> err &
    batch=$!
    until [ -n "$(find "$BATS_TEST_TMPDIR/spool" -name 'v1%1.ndjson')" ]; do
        kill -0 $batch
        sleep 0.02
    done
    ends_soon 6
    [ -z "$(ls "$BATS_TEST_TMPDIR/spool")" ]
    # Nor the table, of which there is no need any more: what was spooled is gone before it.
    TMPDIR=$BATS_TEST_TMPDIR/spool "$program" batch copy 3>&- > out 2>&7 &
    batch=$!
    until grep -q '"type":"end"' out && [ -z "$(ls "$BATS_TEST_TMPDIR/spool")" ]; do
        kill -0 $batch
        sleep 0.02
    done
    ends_soon 143
    exec 7>&-
}

@test "a directory: what is no dump is passed over, what may be a failed one is not" {
    local dir=$BATS_TEST_TMPDIR/crash status=0
    mkdir -p "$dir/a" "$dir/b"
    cd "$dir"
    ln -s "$demo/vmcore" a/vmcore
    ln -s "$BATS_FILE_TMPDIR/vmlinux" a/vmlinux
    touch a/System.map-6.1
    ln -s "$demo/vmcore" b/vmcore
    ln -s "$kdump/vmlinux" b/vmlinux # of another build
    ln -s "$BATS_FILE_TMPDIR/vmlinux" b/kernel
    echo 'some notes' > b/notes.txt
    echo '{}' > b/x.json
    printf 'K' > b/cut-1
    printf '\x7fELF' > b/cut-4
    : > b/empty
    head -c 5000 /dev/zero > b/zeros
    gzip -c b/notes.txt > b/dump.gz
    mkfifo b/fifo
    "$program" batch --output ../reports . > ../table 2> ../err || status=$?
    [ $status = 6 ]
    diff - <(classes_of ../reports/batch.ndjson) <<'CLASSES'
ok	./a/vmcore
unreadable	./b/cut-1
unreadable	./b/cut-4
unreadable	./b/dump.gz
unreadable	./b/empty
unreadable	./b/fifo
no-types	./b/vmcore
unreadable	./b/zeros
CLASSES
    [ "$(tail -n 2 ../table | sed 's/ in .*//')" = $'8 of 8 dumps\n3 other files passed over' ]
    [ "$(find ../reports -type f ! -name .lock | wc -l)" = 9 ]
    # Whoever names a file wants to know.
    "$program" batch . b/notes.txt ./b/x.json > ../out 2> ../err || [ $? = 6 ]
    jq -r 'select(.type == "dump") | .dump' ../out > ../told
    grep -qx ./b/notes.txt ../told
    grep -qx ./b/x.json ../told
    refute grep -q kernel ../told
    "$program" batch --resume --output ../reports . > ../table 2> ../err || [ $? = 6 ]
    grep -q '^8 of 8 dumps in .* 7 of them reported before' ../table
}

@test "a list names vmlinux and System.map after tabs, in lines of any system" {
    cd "$BATS_TEST_TMPDIR"
    nm "$kdump/vmlinux" > good.map
    mkdir sub
    ln -s "$kdump/vmcore" sub/vmcore
    printf '%s\t\t%s\r\n' "$kdump/vmcore" good.map sub none.map > list
    printf '%s\r\n' "$BATS_FILE_TMPDIR/copy" >> list
    "$program" batch @list > out 2> err || [ $? = 6 ]
    [ "$(jq -r 'select(.type == "dump") | .class' out | tr '\n' ' ')" = 'ok no-types ok ' ]
    grep -q '^dangling: sub/vmcore: none.map: No such file' err
    printf 'a\tb\tc\td\n' | "$program" batch @- > out 2> err || [ $? = 2 ]
    grep -q 'more than a dump, its vmlinux and its System.map' err
}

@test "a disk that is full is told, and the batch does not claim success" {
    local status=0
    "$program" batch copy > /dev/full 2> err || status=$?
    [ $status = 7 ]
    grep -qx 'dangling: standard output: No space left on device' err
}

@test "progress is on a terminal only, and goes" {
    TERM=xterm script -qec "'$program' batch --output progress others 2>&1" /dev/null > terminal || true
    grep -aq $'\r\\[#*\\.*\\] [0-9]*/[0-9]*, [0-9]* running, [0-9]* not ok' terminal
    grep -aqF $'\r[########################################] 49/49' terminal
    # The table begins on a line of its own.
    tr '\r' '\n' < terminal | grep -aq $'^\x1b\\[KDANGLING'
    refute grep -aq running whole.err whole.out
    TERM=dumb script -qec "'$program' batch --output progress others 2>&1" /dev/null > terminal || true
    refute grep -aq running terminal
}

@test "docs/BATCH.md: every example is what it prints, GNU parallel included" {
    mkdir "$BATS_TEST_TMPDIR/doc"
    ln -s "$demo"/{vmcore,vmlinux.xz} "$BATS_TEST_TMPDIR/doc"
    PATH=${program%/*}:$PATH "$top/tests/tools/check-shell-examples" "$BATS_TEST_TMPDIR/doc" \
        "$top/docs/BATCH.md"
    cd "$BATS_TEST_TMPDIR/doc"
    "$program" batch --output reports @list dumps > table 2>&1 || [ $? = 6 ]
    figures() {
        sed -E 's/[0-9]+\.[0-9]+/N/; s/[0-9]{6,}/N/' "$@" | tr -s ' '
    }
    diff <(sed -n '/^dangling: dumps.web-3/,/^```/p' "$top/docs/BATCH.md" | grep -v '```' | figures) \
        <(figures table)
}
