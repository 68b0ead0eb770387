#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# Who produces what dangles, and how old it is: sums are those of the ledger, on dumps of real kernels and
# on a fixture of every era; ages are bounds.

load lib

dumps=(demo 6.1-v2 6.1-v1 6.1-kdump)
# Other kernels, where the cache has their dumps.
more=(5.10-v1 5.10-v2 6.12-v2 7-v2 arm64-6.1-v2 arm64-6.12-v2 arm64-16k-v2)

setup_file() {
    local dump dir
    unpack_demo
    cd "$BATS_FILE_TMPDIR"
    mkdir demo.dump
    ln -s "$BATS_FILE_TMPDIR/vmlinux" "$demo/vmcore" demo.dump
    for dump in "${dumps[@]}" "${more[@]}"; do
        case $dump in
            demo) dir=demo.dump ;;
            6.1-*) dir=$("$top/test-dumps/debian/make-dump" "$dump") ;;
            *) dir=$(cached "$dump") || continue ;;
        esac
        ln -s "$(realpath "$dir")" "$dump"
        echo "$dump" >> made
        "$program" -j -p -g "$dump/vmcore" "$dump/vmlinux" > "$dump.json"
        "$program" -j -p -g -a "$dump/vmcore" "$dump/vmlinux" > "$dump.all.json"
    done
}

setup() {
    cd "$BATS_FILE_TMPDIR"
}

# in_all FILTER: it is true of every report, given as an array of its records; $memcgs and $producers are
# those of one kind.
in_all() {
    local report nr=0
    for report in *.json; do
        jq -se --arg report "$report" 'map(select(.type == "memcg")) as $memcgs
            | map(select(.type == "producer")) as $producers | '"$1" "$report" > said ||
            { echo "$report: $(head -c 2000 said)"; return 1; }
        nr=$((nr + 1))
    done
    [ "$nr" -ge $((2 * ${#dumps[@]})) ]
}

@test "records are as the schema says" {
    "$top/tests/tools/check-json" ./*.json
    "$top/tests/tools/check-json" --teeth 6.1-v2.json
}

@test "every memory cgroup has a producer, and one only" {
    in_all '($producers | map(.memcgs) | add) == ($memcgs | length) and ($producers | length) > 10'
}

@test "references and bytes are those of the ledger" {
    in_all '($producers | map(.refs // 0) | add) == ($memcgs | map(.refs // 0) | add)'
    in_all '($producers | map(.bytes) | add) == ([$memcgs[].pins[].bytes // 0] | add)'
    in_all '($producers | map(.unexplained_refs) | add) ==
        ([$memcgs[].unexplained_refs // 0 | select(. > 0)] | add // 0)'
}

@test "pins of each kind are those of the ledger" {
    in_all '[$memcgs[].pins[].kind] | unique | length > 4'
    in_all '([$memcgs[].pins[]] | group_by(.kind) | map({key: .[0].kind, value: (map(.refs) | add)}) | from_entries)
        == ([$producers[].pins[]] | group_by(.kind) | map({key: .[0].kind, value: (map(.refs) | add)}) | from_entries)'
}

@test "first and last are serial numbers of its memory cgroups, the example is one of them" {
    in_all '($producers | map(.first_serial) | min) == ($memcgs | map(.serial) | min) and
        ($producers | map(.last_serial) | max) == ($memcgs | map(.serial) | max) and
        all($producers[]; .first_serial <= .last_serial and (.memcgs > 1 or .first_serial == .last_serial))'
    in_all '($memcgs | map(.path // .name)) as $paths | all($producers[]; .example as $one | $paths | index([$one]) != null)'
}

@test "services that come and go are one producer" {
    local dump
    for dump in 6.1-v2 6.1-v1 6.1-kdump; do
        jq -se 'map(select(.pattern == "/system.slice/run-*.service")) | length == 1 and .[0].memcgs == 20' "$dump.json"
        "$program" -g -n 1 "$dump/vmcore" "$dump/vmlinux" > report
        sed -n 1p report | grep -qE '^MEMCGS +BYTES +REFS +FIRST +LAST +PINS +PATTERN$'
        sed -n 2p report | grep -qE '^ +20 +[0-9]+ .* shmem [0-9]+ +/system\.slice/run-\*\.service$'
        sed -n 3p report | grep -qE '^\(1 of [0-9]+ shown\)$'
    done
}

@test "the table has the records' figures" {
    local dump
    while read -r dump; do
        "$program" -g "$dump/vmcore" "$dump/vmlinux" > report
        jq -r 'select(.type == "producer") | "\(.memcgs) \(.bytes) \(.refs) \(.first_serial) \(.last_serial)"' "$dump.json" |
            diff - <(awk 'NR > 1 { print $1, $2, $3, $4, $5 }' report)
        jq -r 'select(.type == "producer") | .pattern' "$dump.json" |
            diff - <(awk 'NR == 1 { at = index($0, "PATTERN") } NR > 1 { print substr($0, at) }' report)
    done < made
}

@test "of what is selected" {
    "$program" -g -m /again 6.1-v2/vmcore 6.1-v2/vmlinux > report
    [ "$(wc -l < report)" = 2 ]
    grep -qE '^ +2 .*  /again$' report
    "$program" -g -m /no/such 6.1-v2/vmcore 6.1-v2/vmlinux > report || [ $? = 1 ]
    [ ! -s report ]
}

@test "ages are bounds: none beyond the time that the machine was up, none that falls with the serial number" {
    in_all '($memcgs | sort_by(.serial) | map(.age.at_least_ms)) as $ages
        | $ages == ($ages | sort | reverse) and $ages[-1] > 0'
    # The root was there from the start; the guests took some seconds.
    in_all '($report | contains(".all.") | not) or ($memcgs | map(select(.path == "/"))[0].age.at_least_ms) as $up
        | $up > 20000 and $up < 600000 and all($memcgs[]; .age.at_least_ms <= $up)'
}

@test "the text has the ages too" {
    local dump
    while read -r dump; do
        "$program" -p "$dump/vmcore" "$dump/vmlinux" > report
        [ "$(grep -cE $'^\tage: at least [0-9]+ (ms|s|min) \\((socket_pressure|lru_gen|psi|younger)\\)$' report)" = \
            "$(grep -c '"type":"memcg"' "$dump.json")" ]
    done < made
}

@test "a kernel that keeps no time: no line, and null" {
    "$top/test-dumps/fixtures/make-era" 3.16 timeless
    "$program" -p timeless/vmcore timeless/vmlinux > report 2> said || [ $? = 6 ]
    grep -q 'references' report
    [ "$(grep -c 'age:' report)" = 0 ]
    "$program" -j -p timeless/vmcore timeless/vmlinux 2> said |
        jq -se 'map(select(.type == "memcg")) | length > 3 and all(.age == null)'
}

@test "3.13 and 3.14: the time of the directory's inode, or that of one created later" {
    local era
    for era in 3.13 3.14; do
        "$top/test-dumps/fixtures/make-era" "$era" "$era"
        # Made as many seconds after the start as its serial number says; job went at 1000; 2000 is now.
        "$program" -j -p "$era/vmcore" "$era/vmlinux" | jq -se 'map(select(.type == "memcg")) | length == 6 and
            all(.age == if .path == "/batch" then {at_least_ms: 1990000, source: "younger"}
                else {at_least_ms: ((1999 - .serial) * 1000), source: "inode"} end)'
        says 0 '' "$program" -p -m /idle "$era/vmcore" "$era/vmlinux" || [ -s said.out ]
        grep -qx $'\tage: at least 18 min (inode)' said.out
    done
}

@test "a fixture of every era: producers of all that dangles" {
    local era nr=0
    while read -r era; do
        mkdir "era-$era"
        "$top/test-dumps/fixtures/make-era" "$era" "era-$era"
        # Fixtures lack some of what the ledger needs.
        "$program" -j -p -g "era-$era/vmcore" "era-$era/vmlinux" > era 2> said || [ $? = 6 ]
        jq -se 'map(select(.type == "producer")) as $producers | (.[-1].dangling > 2) and
            ($producers | map(.memcgs) | add) == .[-1].dangling' era
        "$program" -g "era-$era/vmcore" "era-$era/vmlinux" > report 2> said || [ $? = 6 ]
        head -1 report | grep -q '^MEMCGS .* PATTERN$'
        rm -r "era-$era"
        nr=$((nr + 1))
    done < <(sed 's/#.*//; /^$/d; s/\t.*//' "$top/test-dumps/fixtures/eras.tsv")
    [ "$nr" -gt 50 ]
}

@test "60,000 memory cgroups are added up in a moment" {
    "$top/test-dumps/fixtures/make-many" 60000 many
    local start=${EPOCHREALTIME/./} listed took
    "$program" -p many/vmcore many/vmlinux > /dev/null
    listed=$((${EPOCHREALTIME/./} - start))
    start=${EPOCHREALTIME/./}
    "$program" -g many/vmcore many/vmlinux > report
    took=$((${EPOCHREALTIME/./} - start))
    echo "-g $took µs, -p $listed µs"
    awk 'NR > 1 && !/shown/ { sum += $1 } END { exit sum != 60000 }' report
    [ $((2 * took)) -le $((3 * listed)) ]
}
