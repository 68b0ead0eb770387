#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# The stand-alone program says what the command says in crash, byte for byte: on every dump, with the
# vmlinux and, where the dump has the kernel's BTF, without; reports, messages and exit status.

load lib

dumps=(demo 6.1-v2 6.1-v1 6.1-kdump)

# The directory of a dump's vmlinux and vmcore.
find_dump() { # DUMP
    if [ "$1" = demo ]; then
        unpack_demo
        ln -s "$demo/vmcore" "$BATS_FILE_TMPDIR/vmcore"
        echo "$BATS_FILE_TMPDIR"
    else
        "$top/test-dumps/debian/make-dump" "$1"
    fi
}

# What is asked: exit status and arguments, quoted as crash and bash both understand. LIST is that of
# all memory cgroups.
questions() { # LIST
    echo '0 '
    cat <<'QUESTIONS'
0 -m /again
0 -m /live-tcp
0 -k
0 -l
0 -l -a
0 -a
0 -u
0 -u -a
0 -j
0 -j -a
0 -p
0 -p -a
0 -p -l
0 -p --scan
0 -p -m /again
0 -f
0 -f -n 3
0 -f --scan -m /mixed
0 -s
0 -g
0 -i
0 -c
0 -g -n 2
0 -g -a
0 -g -m /again
0 -j -g
0 -j -g -n 3
0 -c -n 2
0 -c -a
0 -c -m /again -m /live-tcp
0 -l -c
0 -i -n 1
0 -i -c -l -p
0 -j -c -i
0 -j -p -f -s -g -i -c
0 -j -p --scan -a
0 -n 3
0 -k -n 3
0 -l -a -n 0
0 -j -n 3
0 -u -n 1
0 -u -l -a -n 2
0 --all --list --limit 5
0 -m /
0 -k -m /live-tcp
0 -j -m /again -m /live-tcp
0 -u -m /live-tcp
1 -m /no/such/group
1 -l -m /again -m /no/such/group
1 -j -m 0x1234 -m 65534
2 -k -l
2 -l --scan
2 -j -u
2 -x
2 --li
2 --list=all
2 -n many
2 -m nonsense
2 -m 0x
QUESTIONS
    awk 'NR > 1 && NR < 6 { print "0 -l -m " $1; print "0 -u -m 0x" $1; print "0 -m " $2 }' "$1"
    odd_paths "$1" | sed 's/.*/0 -l -m "&"/'
    # As the kernel has them.
    odd_paths "$1" | grep -e '\\t' -e '\\xe9' -e '\\x1b' | while IFS= read -r path; do
        printf "0 -l -m \"%b\"\n" "$path"
    done
}

# Those of a list that are not just words; crash has no way to quote a double quote.
odd_paths() { # LIST
    awk 'NR == 1 { column = index($0, "PATH") } NR > 1 { print substr($0, column) }' "$1" |
        grep -e '[^-a-z0-9./]' -e '0000' | grep -v '"'
}

# ask FRONT-END FILE…: answers of the stand-alone program, one file for each question; messages and exit
# statuses each in one file.
ask() {
    local front_end=$1 nr=0 status arguments
    shift
    mkdir "$front_end"
    while IFS=' ' read -r _ arguments; do
        nr=$((nr + 1))
        status=0
        eval "\"\$program\" $arguments \"\$@\"" \
            > "$front_end/$nr" 2>> "$front_end/messages" < /dev/null || status=$?
        echo "$status $arguments" >> "$front_end.statuses"
    done < questions
    # Where crash shows the synopsis.
    sed -i "/^Try 'dangling --help'\.$/d" "$front_end/messages"
    forget_origin "$front_end"
}

# The same in one session of crash, which has no exit status; the synopsis is no report.
ask_crash() { # VMLINUX VMCORE
    local nr=0 status arguments
    mkdir crash
    while IFS=' ' read -r status arguments; do
        nr=$((nr + 1))
        echo "dangling $arguments > crash/$nr"
    done < questions > commands
    crash_session "$@" < commands
    LC_ALL=C grep -a '^dangling: ' session.err > crash/messages
    nr=0
    while IFS=' ' read -r status arguments; do
        nr=$((nr + 1))
        [ "$status" != 2 ] || : > "crash/$nr"
    done < questions
    forget_origin crash
}

# What the front ends may differ in: a line of -u, three members of NDJSON, and how long it took.
forget_origin() { # FRONT-END
    sed -n '/^types: /p' "$1"/* | LC_ALL=C sort -u > "$1.types"
    LC_ALL=C sed -s -i -E -e 's/^types: .*/types:/' \
        -e 's/"(front_end|types)":"[a-z]*"/"\1":/g; s/"seconds":[0-9.e-]+/"seconds":/' "$1"/*
}

setup_file() {
    local dump dir
    for dump in "${dumps[@]}"; do
        dir=$(find_dump "$dump")
        mkdir "$BATS_FILE_TMPDIR/$dump"
        cd "$BATS_FILE_TMPDIR/$dump"
        "$program" -l -a "$dir/vmcore" "$dir/vmlinux" > list
        questions list > questions
        ask_crash "$dir/vmlinux" "$dir/vmcore" &
        ask dwarf "$dir/vmcore" "$dir/vmlinux"
        [ "$dump" = demo ] || ask btf "$dir/vmcore"
    done
    wait
}

# same DUMP ONE OTHER
same() {
    local nr
    cd "$BATS_FILE_TMPDIR/$1"
    # The questions were good ones.
    [ "$(wc -l < questions)" -gt 50 ]
    [ "$(wc -l < "$2/messages")" -gt 10 ]
    [ "$(find "$2" -type f -size +0 | wc -l)" -gt 40 ]
    diff -ar "$2" "$3" || for nr in $(diff -rq "$2" "$3" | grep -o '/[0-9]* differ' | tr -dc '0-9\n'); do
        echo "$nr: $(sed -n "${nr}p" questions)"
    done
    diff -rq "$2" "$3"
}

@test "demo: with vmlinux as in crash" { same demo crash dwarf; }
@test "v2: with vmlinux as in crash" { same 6.1-v2 crash dwarf; }
@test "v2: without vmlinux as in crash" { same 6.1-v2 crash btf; }
@test "v1: with vmlinux as in crash" { same 6.1-v1 crash dwarf; }
@test "v1: without vmlinux as in crash" { same 6.1-v1 crash btf; }
@test "kdump -d 31: with vmlinux as in crash" { same 6.1-kdump crash dwarf; }
@test "kdump -d 31: without vmlinux as in crash" { same 6.1-kdump crash btf; }

@test "exit status tells how it went" {
    local dump
    for dump in "${dumps[@]}"; do
        cd "$BATS_FILE_TMPDIR/$dump"
        diff -a questions dwarf.statuses
        [ "$dump" = demo ] || diff -a questions btf.statuses
    done
}

@test "each front end says where the types are from" {
    cd "$BATS_FILE_TMPDIR/6.1-v2"
    grep -qx 'types: crash' crash.types
    grep -qx 'types: DWARF of /.*/vmlinux' dwarf.types
    grep -qx 'types: BTF and kallsyms in the dump' btf.types
    cat ./*.types | wc -l | grep -qx 3
}

@test "every name is found, as it is shown and as the kernel has it" {
    local dump nr question
    for dump in "${dumps[@]}"; do
        cd "$BATS_FILE_TMPDIR/$dump"
        nr=0
        while IFS= read -r question; do
            nr=$((nr + 1))
            [[ $question != '0 -l -m '* ]] || [ "$(wc -l < "dwarf/$nr")" -ge 2 ]
        done < questions
        [ "$(LC_ALL=C grep -ac $'\xe9t\xe9' questions)" = 1 ]
    done
}
