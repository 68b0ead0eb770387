#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# dangling shell: scripts on standard input, and a session on a pseudo-terminal with completion,
# history, Ctrl-C, pipes and files.

load ../crash/lib

program=${extension%/*}/dangling

setup_file() {
    unpack_demo
    cd "$BATS_FILE_TMPDIR"
    "$program" -l "$demo/vmcore" vmlinux > list
    "$program" "$demo/vmcore" vmlinux > text
    # What takes a while.
    "$program" -u "$demo/vmcore" vmlinux > unions
    cp "$demo/vmcore" many
    "$top/tests/tools/many-memcgs" many unions /anon-pages 8000
}

# Each test has a home and a directory of its own.
setup() {
    cd "$BATS_TEST_TMPDIR"
    list=$BATS_FILE_TMPDIR/list
    text=$BATS_FILE_TMPDIR/text
    export HOME=$PWD INPUTRC=/dev/null
    unset XDG_STATE_HOME
}

# script LINE…: runs a script; leaves what it prints in out and err.
script() {
    printf '%s\n' "$@" |
        timeout 60 "$program" shell "$demo/vmcore" "$BATS_FILE_TMPDIR/vmlinux" > out 2> err
}

# session: the same on a terminal, by the steps of drive-shell on standard input, after the first
# prompt. Leaves what was on the terminal in screen. On another dump with dump=FILE before it.
session() {
    { echo 'expect dangling> '; cat; } |
        "$top/tests/tools/drive-shell" "$program" shell "${dump:-$demo/vmcore}" "$BATS_FILE_TMPDIR/vmlinux" \
            > screen || { cat -v screen; return 1; }
}

# status STATUS COMMAND…: the command ends with that exit status.
status() {
    local expected=$1 got=0
    shift
    "$@" || got=$?
    [ "$got" = "$expected" ] || { echo "$*: exit status $got, not $expected"; cat err; return 1; }
}

# ---- scripts ----

@test "a script prints what the program prints, and no prompt" {
    script -l
    cmp out "$list"
    [ ! -s err ]
    script dangling
    cmp out "$text"
    script 'dangling -l'
    cmp out "$list"
    script -k
    cmp out "$demo/dangling_memcgs.txt"
    [ ! -e .local ]
}

@test "empty lines and comments do nothing, the last line needs no newline, a CR does no harm" {
    printf '\n   \n# -x\n\t# nonsense\n-l\r\n-n 1 -l' |
        "$program" shell "$demo/vmcore" "$BATS_FILE_TMPDIR/vmlinux" > out
    { cat "$list"; "$program" -n 1 -l "$demo/vmcore" "$BATS_FILE_TMPDIR/vmlinux"; } | cmp - out
}

@test "names with blanks and quotes can be given, a backslash is nothing special" {
    script "-l '/two words,  three  blanks '" '-l "/two words,  three  blanks "' \
        "-l '/\"double\" and '\"'\"'single'\"'\"' quotes'" '-l /a\ttab /dev-disk-by\x2dlabel-root.swap' \
        "-l -m '/percent %s %n %d'" "-l '--memcg=/odd kmem (7:x) y'"
    [ ! -s err ]
    grep -o '/.*' out > names
    diff names - <<'NAMES'
/two words,  three  blanks 
/two words,  three  blanks 
/"double" and 'single' quotes
/dev-disk-by\x2dlabel-root.swap
/a\ttab
/percent %s %n %d
/odd kmem (7:x) y
NAMES
}

@test "> writes a file, >> appends to it, | feeds a program, wherever blanks are" {
    script '-l > list' '-l>>list' '>"with blank" -l' '-l | cat -n | tail -1 > last' '-l|cat>piped' \
        '> ~/home -l' "-l > '|'"
    [ ! -s out ]
    [ ! -s err ]
    cat "$list" "$list" | cmp - list
    cmp 'with blank' "$list"
    [ "$(< last)" = "$(cat -n "$list" | tail -1)" ]
    cmp piped "$list"
    cmp home "$list"
    cmp '|' "$list"
}

@test "-o works as everywhere" {
    script '-l -o list'
    cmp list "$list"
    [ ! -s out ]
}

@test "a slip of the keys is told and empties no file; the script goes on" {
    echo kept > kept
    script '-x > kept' '-k -l > kept' 'nonsense > kept' '-l > kept | cat' '-l > kept > other' \
        '-l >' '-l |' '> kept' '| cat' "-l '/mixed" '-l > /nonexistent/file' '-l /mixed'
    [ "$(< kept)" = kept ]
    [ ! -e other ]
    diff err - <<'ERRORS'
dangling: line 1: -x: no such option (help lists commands and options)
dangling: line 2: -k cannot be combined with -a or another view (help lists commands and options)
dangling: line 3: nonsense: not a MEMCG: give a path (/…), an address (0x…) or a decimal css id (help lists commands and options)
dangling: line 4: > and |: the report can go to one of them only (help lists commands and options)
dangling: line 5: >: only one file can be written (help lists commands and options)
dangling: line 6: >: the name of a file is missing (help lists commands and options)
dangling: line 7: |: the command after it is missing (help lists commands and options)
dangling: line 8: >: the command before it is missing (help lists commands and options)
dangling: line 9: |: the command before it is missing (help lists commands and options)
dangling: line 10: ': this quote is not closed (help lists commands and options)
dangling: line 11: /nonexistent/file: No such file or directory
ERRORS
    [ "$(wc -l < out)" = 2 ]
}

@test "what only /bin/sh knows is refused, unless it is quoted" {
    local line
    for line in '-l 2> errs' '-l 2>&1' '-l 12>> errs' '-l >& errs' '-l > &1' '-l &' '-l; -k' '-l < in' '-l |& cat' \
        '-l a&b > errs'; do
        status 2 script "$line"
        [ ! -s out ]
        grep -q '^dangling: line 1: .*: only > FILE, >> FILE and | COMMAND are known, and messages stay' err
    done
    [ "$(ls)" = $'err\nout' ]
    script "-l > '&1'" '-l 19 > 2' "-m '2'>x -l" '-l|cat 2>&1 > y; echo a&'
    [ ! -s err ]
    cmp '&1' "$list"
    cmp y "$list"
    [ -e x ]
    grep -q '/outer$' 2
}

@test "the dump and the vmlinux are not written to" {
    cp "$demo/vmcore" vmcore
    cp "$BATS_FILE_TMPDIR/vmlinux" vmlinux
    for file in vmcore ./vmlinux; do
        for way in "-l > $file" "-l >> $file" "-l -o $file" "help > $file"; do
            status 2 "$program" shell vmcore vmlinux <<< "$way" 2> err
            grep -q "^dangling: \(line 1: \)\?$file: the report is made from it" err
        done
    done
    cmp vmcore "$demo/vmcore"
    cmp vmlinux "$BATS_FILE_TMPDIR/vmlinux"
}

@test "help knows every option, can be piped, and help of the shell itself" {
    script help 'help | head -1'
    for option in all kernel list unions json limit memcg output; do
        grep -q -e "--$option" out
    done
    refute grep -q -e --debug-dir out
    [ "$(head -1 out)" = "$(tail -1 out)" ]
    "$program" shell --help > usage
    grep -q '^Usage: dangling shell' usage
    "$program" shell -h | cmp - usage
    script help
    cp out help
    for word in -h --help '?' 'dangling -h' 'dangling --help'; do
        script "$word"
        cmp out help
    done
    "$program" shell --version | cmp - <("$program" --version)
    status 7 script 'help > /dev/full'
    [ "$(< err)" = 'dangling: output: No space left on device' ]
    status 7 "$program" shell --help > /dev/full 2> err
    [ "$(< err)" = 'dangling: output: No space left on device' ]
    script 'help | true' 'help | head -1'
    [ ! -s err ]
}

@test "the seconds of a report are its own" {
    script '!sleep 1' '-j > first' '-j > second'
    for report in first second; do
        tail -n 1 "$report" | jq -e '.seconds < 0.9'
    done
}

@test "! runs a program, which does not read the script" {
    script '!cat; echo from $((2 + 3))' '-l /mixed'
    [ "$(head -1 out)" = 'from 5' ]
    [ "$(wc -l < out)" = 3 ]
    status 2 script '! '
    grep -q '^dangling: line 1: !: the command after it is missing' err
}

@test "a script that cannot be read is told" {
    status 7 "$program" shell "$demo/vmcore" "$BATS_FILE_TMPDIR/vmlinux" < / 2> err
    [ "$(< err)" = 'dangling: standard input: Is a directory' ]
}

@test "the exit status is that of the last command" {
    status 0 script -l
    status 1 script -l '/nowhere'
    status 0 script '/nowhere' -l
    status 2 script -l -x
    status 0 script -x -l '# -x' ''
    status 1 script /nowhere '!true' quit -l
    status 7 script '-l > /nonexistent/file'
    status 0 script
    status 0 script -l exit -x
    status 0 script -l q -x
}

@test "the shell's own command line" {
    status 2 "$program" shell 2> err
    grep -q 'Give a VMCORE' err
    status 2 "$program" shell -l "$demo/vmcore" 2> err
    grep -q 'shell: -l: no such option' err
    status 2 "$program" shell -xy "$demo/vmcore" 2> err
    grep -q 'shell: -x: no such option' err
    status 2 "$program" shell --list "$demo/vmcore" 2> err
    grep -q 'shell: --list: no such option' err
    status 2 "$program" shell --symbols 2> err
    grep -q 'needs an argument' err
    status 2 "$program" shell a b c 2> err
    grep -q 'shell: c: more than' err
    status 3 "$program" shell nowhere 2> err < /dev/null
    grep -q nowhere err
    mkdir debug
    ln -s "$BATS_FILE_TMPDIR/vmlinux" debug/vmlinux
    echo -l | "$program" shell --debug-dir debug --debug-dir=/nonexistent "$demo/vmcore" | cmp - "$list"
}

@test "SIGINT and SIGTERM end a script" {
    mkfifo lines ready
    for signal in INT TERM; do
        # A job in the background ignores SIGINT unless it is told not to.
        env --default-signal=INT "$program" shell "$demo/vmcore" "$BATS_FILE_TMPDIR/vmlinux" \
            < lines > out &
        exec 7> lines
        echo '!echo > ready' >&7
        read -r _ < ready
        kill -"$signal" $!
        case $signal in
            INT) status 6 wait $! ;;
            TERM) status 143 wait $! ;;
        esac
        exec 7>&-
    done
}

@test "the examples in docs/SHELL.md are real" {
    sed '1,/^help lists/d; /^```$/,$d' "$top/docs/SHELL.md" > example
    sed -n 's/^dangling> //p' example > lines
    [ "$(wc -l < lines)" -gt 5 ]
    grep -v '^dangling> ' example > expected
    "$program" shell "$demo/vmcore" "$BATS_FILE_TMPDIR/vmlinux" < lines > out 2>&1 || [ $? = 1 ]
    diff expected out
}

# ---- on a terminal ----

@test "on a terminal: the same reports, a prompt, and exit status 0" {
    session <<'STEPS'
send -l > list\r
expect dangling> 
send dangling > text\r
expect dangling> 
send -l /nowhere\r
expect no such memory cgroup
expect dangling> 
send quit\r
end 0
STEPS
    cmp list "$list"
    cmp text "$text"
}

@test "the end of the input leaves" {
    session <<'STEPS'
send \x04
end 0
STEPS
}

@test "TAB completes a path, and quotes where that is needed" {
    session <<'STEPS'
send -l /mi\t\x0c
expect dangling> -l /mixed 
send /tw\t\x0c
expect dangling> -l /mixed '/two words,  three  blanks ' 
send "/odd k\t\x0c
expect dangling> -l /mixed '/two words,  three  blanks ' "/odd kmem (7:x) y" 
send -m '/"\t\x0c
expect dangling> -l /mixed '/two words,  three  blanks ' "/odd kmem (7:x) y" -m '/"double" and '"'"'single'"'"' quotes' 
send --memcg=/pe\t/dev-disk-by\\\t> list\r
expect dangling> 
send q\r
end 0
STEPS
    grep -o '/.*' list > names
    diff names - <<'NAMES'
/percent %s %n %d
/dev-disk-by\x2dlabel-root.swap
/"double" and 'single' quotes
/two words,  three  blanks 
/mixed
/odd kmem (7:x) y
NAMES
}

@test "TAB goes as far as all agree, twice lists them" {
    session <<'STEPS'
send -l /sy\t\x0c
expect dangling> -l /system.slice
send /ru\t\x0c
expect dangling> -l /system.slice/run-
send \t\t
expect /system.slice/run-1.service
expect /system.slice/run-5.service
expect dangling> -l /system.slice/run-
send 3\t\r
expect  /system.slice/run-3.service
expect dangling> 
send q\r
end 0
STEPS
}

@test "M-* inserts all" {
    session <<'STEPS'
send -l /system.slice/ru\x1b*> list\r
expect dangling> 
send q\r
end 0
STEPS
    [ "$(grep -c 'slice/run-' list)" = 5 ]
}

@test "TAB completes addresses, options, commands and files" {
    address=$(awk '$NF == "/mixed" { print $1 }' "$list")
    touch 'a file' directory
    mkdir 'a folder'
    session <<STEPS
send -l ${address:0:14}\t\x0c
expect dangling> -l $address 
send -m 0x${address:0:14}\t\x0c
expect dangling> -l $address -m 0x$address 
send \x15--u\t\x0c
expect dangling> --unions 
send --\t\t
expect --all
expect --output
expect dangling> --unions --
send \x15-\t\t
expect -a 
expect -o 
send \x15he\t\x0c
expect dangling> help 
send \x15\t\t
expect exit
expect quit
send -l > a\t\x0c
expect dangling> -l > 'a f
send i\t\x0c
expect dangling> -l > 'a file' 
send \x15-l -o a\tol\t\x0c
expect dangling> -l -o 'a folder/
send x' /mixed\r
expect dangling> 
send -l | cat dir\t\x0c
expect dangling> -l | cat directory 
send \x15q\r
end 0
STEPS
    grep -q '/mixed$' 'a folder/x'
}

@test "TAB quotes names of files for /bin/sh, and leaves out what no line can hold" {
    echo one > 'a$HOME'
    echo two > 'b`id`;x'
    echo three > "c'\"&"
    echo four > $'d\nx'
    echo five > d-other
    session <<'STEPS'
send !cat a\t\x0c
expect dangling> !cat 'a$HOME' 
send "b\t\x0c
expect dangling> !cat 'a$HOME' 'b`id`;x' 
send c\td\t> got\r
expect dangling> 
send -l /mixed | cat - a\t>> got\r
expect dangling> 
send q\r
end 0
STEPS
    [ "$(head -4 got)" = $'one\ntwo\nthree\nfive' ]
    [ "$(tail -1 got)" = one ]
}

@test "TAB does not look into the dump where a command fits, and SIGTERM ends it" {
    for delay in 0.01 0.02 0.03 0.04 0.05 0.06; do
        dump=$BATS_FILE_TMPDIR/many session <<STEPS
send -l /\t
sleep $delay
signal TERM
end 143
STEPS
    done
}

@test "many words are listed only when they are asked for; ~/.inputrc knows the program" {
    printf '%s\n' '$if dangling' 'set completion-query-items 10' '$endif' > inputrc
    INPUTRC=inputrc session <<'STEPS'
send -l /s\t\t
expect Display all 11 possibilities? (y or n)
send n\x0c
expect dangling> -l /s
send c\x08\t\t
expect (y or n)
send y
expect /scrub
expect /system.slice/run-5.service
expect dangling> -l /s
send c\x08\t\t
expect (y or n)
interrupt dangling> 
send -l > list\r
expect dangling> 
send q\r
end 0
STEPS
    cmp list "$list"
}

@test "history: kept over sessions, without repetitions, for the user only" {
    session <<'STEPS'
send -l /mixed\r
expect  /mixed
expect dangling> 
send -l /mixed\r
expect  /mixed
expect dangling> 
send -l /shmem\r
expect  /shmem
expect dangling> 
send quit\r
end 0
STEPS
    printf '%s\n' '-l /mixed' '-l /shmem' quit > expected
    diff expected .local/state/memcg-dangling/history
    [ "$(stat -c %a .local/state/memcg-dangling .local/state/memcg-dangling/history)" = $'700\n600' ]
    session <<'STEPS'
send \x10\x10\x10\x0c
expect dangling> -l /mixed
send \r
expect  /mixed
expect dangling> 
send \x12shm\r
expect offline  /shmem
expect dangling> 
send \x04
end 0
STEPS
    printf '%s\n' '-l /mixed' '-l /shmem' >> expected
    diff expected .local/state/memcg-dangling/history
}

@test "history: in XDG_STATE_HOME, at most 1000 lines, of several shells at once" {
    export XDG_STATE_HOME=$PWD/state
    mkdir -p state/memcg-dangling
    printf -- '-l %d\n' {1..1200} > state/memcg-dangling/history
    for shell in {1..6}; do
        mkdir "$shell"
        (cd "$shell" && printf 'send # %s %s\\r\nexpect dangling> \n' "$shell" one "$shell" two | {
            cat
            echo 'send \x04'
            echo 'end 0'
        } | session) &
        shells+=($!)
    done
    for shell in "${shells[@]}"; do
        wait "$shell"
    done
    [ "$(wc -l < state/memcg-dangling/history)" = 1000 ]
    [ "$(head -1 state/memcg-dangling/history)" = '-l 213' ]
    # What a shell adds stays together.
    tail -12 state/memcg-dangling/history | paste - - | sort > last
    printf '# %s one\t# %s two\n' 1 1 2 2 3 3 4 4 5 5 6 6 | diff - last
}

@test "history: without a place for it there is none, and no word about it" {
    touch file
    HOME=$PWD/file session <<'STEPS'
send -l /mixed\r
expect  /mixed
expect dangling> 
send \x10\x0c
expect dangling> -l /mixed
send \x15q\r
end 0
STEPS
    (unset HOME; session <<'STEPS'
send q\r
end 0
STEPS
    )
    [ "$(grep -c '' screen)" -le 3 ]
}

@test "Ctrl-C at the prompt drops the line, also in the middle of a search" {
    session <<'STEPS'
send -l /mixed\r
expect  /mixed
expect dangling> 
send nonsense
expect nonsense
interrupt dangling> 
send \x12mix
expect reverse-i-search
interrupt dangling> 
send -l /\t
send \x03\x03\x03
expect dangling> 
send !echo all is ca'l'm\r
expect all is calm
expect dangling> 
send -l > list\r
expect dangling> 
send q\r
end 0
STEPS
    cmp list "$list"
    refute grep -q 'not a MEMCG' screen
}

@test "Ctrl-C ends what reads the report, and what ! runs, not the shell" {
    session <<'STEPS'
send -l | sleep 1000\r
expect | sleep 1000
interrupt dangling> 
send !sleep 1000\r
expect !sleep 1000
interrupt dangling> 
send -l | (trap '' INT; read first; echo "still there"; cat > rest)\r
expect still there
expect dangling> 
send -l > list\r
expect dangling> 
send q\r
end 0
STEPS
    cmp list "$list"
}

# A pipe that is full and that nobody reads holds a report up for as long as a test likes. After
# Ctrl-C the report gives such a reader 100 ms.
@test "Ctrl-C ends a report that waits for its reader" {
    mkfifo full
    exec 7<> full
    head -c 65536 /dev/zero >&7
    session <<'STEPS'
send -l > full\r
expect > full
quick dangling> 
send dangling -o full\r
expect -o full
quick dangling> 
send -l > list\r
expect dangling> 
send q\r
end 0
STEPS
    cmp list "$list"
}

@test "Ctrl-C at any moment: the next report is whole" {
    "$program" -l "$BATS_FILE_TMPDIR/many" "$BATS_FILE_TMPDIR/vmlinux" > whole
    for round in {1..30}; do
        printf '%s\n' 'send -l > cut\r' 'expect > cut' "$(printf 'sleep 0.%03d' $((5 * round)))" 'interrupt dangling> ' \
            "send !echo round-\$(($round + 0))\\r" "expect round-$round" 'expect dangling> '
    done > steps
    printf '%s\n' 'send -l > list\r' 'expect dangling> ' 'send q\r' 'end 0' >> steps
    dump=$BATS_FILE_TMPDIR/many session < steps
    cmp list whole
    # In the middle of the report, many of them.
    [ "$(grep -c 'dangling: interrupted' screen)" -ge 5 ]
}

@test "a program that stops reading ends the report without a word" {
    session <<'STEPS'
send -u -a | head -1\r
expect types: DWARF of
expect dangling> 
send -l > list\r
expect dangling> 
send q\r
end 0
STEPS
    cmp list "$list"
    refute grep -q '^dangling: ' screen
}

@test "SIGTERM and SIGHUP end the shell, and the history is kept" {
    for signal in TERM HUP; do
        session <<STEPS
send # before $signal\r
expect dangling> 
signal $signal
end $((128 + $(kill -l $signal)))
STEPS
    done
    diff .local/state/memcg-dangling/history - <<'LINES'
# before TERM
# before HUP
LINES
}

@test "SIGTERM ends what the shell waits for, too" {
    session <<'STEPS'
send -l | (echo started-$((1 + 1)) >&2; exec sleep 1000)\r
expect started-2
signal TERM
end 143
STEPS
}

@test "a program leaves the terminal as it was" {
    session <<'STEPS'
send !stty intr ^G\r
expect dangling> 
send !stty -a > settings\r
expect dangling> 
send q\r
end 0
STEPS
    grep -q 'intr = ^C;' settings
}

@test "Ctrl-Z stops the shell, fg shows its line again" {
    "$top/tests/tools/drive-shell" bash --norc -i > screen <<STEPS || { cat -v screen; return 1; }
send PS1='bash: '; bind 'set enable-bracketed-paste off'\r
expect bash: 
expect bash: 
send $program shell $demo/vmcore $BATS_FILE_TMPDIR/vmlinux\r
expect dangling> 
send -l /mix
expect -l /mix
send \x1a
expect Stopped
expect bash: 
send fg\r
expect dangling> -l /mix
send ed > mixed\r
expect dangling> 
send !kill -STOP \$PPID\r
expect Stopped
expect bash: 
send fg\r
expect dangling> 
send quit\r
expect bash: 
send exit\r
end 0
STEPS
    grep -q '/mixed$' mixed
}

@test "lines that are pasted together run one after the other" {
    session <<'STEPS'
send \x1b[200~-l > list\x0adangling > text\x1b[201~\r
expect dangling> 
send q\r
end 0
STEPS
    cmp list "$list"
    cmp text "$text"
    [ "$(head -2 .local/state/memcg-dangling/history)" = $'-l > list\ndangling > text' ]
}
