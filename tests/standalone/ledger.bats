#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# The ledger on dumps of real kernels: every reference of every dangling memory cgroup is explained, by
# the pins that the guest made; one reference too many is told.

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
        "$program" -j -p -f "$dump/vmcore" "$dump/vmlinux" > "$dump.json"
    done
}

setup() {
    cd "$BATS_FILE_TMPDIR"
}

# memcgs DUMP: its records.
memcgs() {
    jq -c 'select(.type == "memcg")' "$1.json"
}

# For all dumps there are: no line of what a filter prints of a record.
nothing_in_any() { # FILTER
    local dump
    while read -r dump; do
        [ -s "$dump.json" ]
        memcgs "$dump" | jq -r "$1" > found
        if [ -s found ]; then
            sed "s/^/$dump: /" found
            return 1
        fi
    done < made
}

@test "no reference is unexplained, on any kernel" {
    nothing_in_any 'select(.unexplained_refs != 0) | "\(.path): \(.unexplained_refs) of \(.refs)"'
    [ "$(wc -l < made)" -ge "${#dumps[@]}" ]
}

@test "references are the sum of those of the pins" {
    nothing_in_any 'select(.refs != ([.pins[].refs] | add)) | .path'
}

@test "pages of files are the sum of the files" {
    nothing_in_any '([.pins[] | select(.kind == "page-cache" or .kind == "shmem" or .kind == "hugetlb") | .bytes] | add) as $pins
        | select(($pins // 0) < ([.files[].bytes] | add)) | .path'
}

@test "what the guests made in their groups is what holds them, every kind that the kernel has" {
    local dump
    while read -r dump; do
        # The demonstration's guest does not tell.
        [ "$dump" = demo ] || "$top/tests/tools/compare-made" "$dump/facts.json" "$dump.json"
    done < made
}

@test "every group has a verdict, and none is a leak" {
    nothing_in_any 'select(.verdict == [] or any(.verdict[]; .kind == "unexplained")) | .path'
}

@test "a run that is not complete would say so" {
    while read -r dump; do
        [ "$(jq -r 'select(.type == "end") | .complete' "$dump.json")" = true ]
    done < made
}

@test "records are as the schema says" {
    while read -r dump; do
        "$top/tests/tools/check-json" "$dump.json"
    done < made
    jq -c 'del(.files)' 6.1-v2.json > pins.json
    "$top/tests/tools/check-json" --teeth pins.json
}

@test "the scan of all pages finds what the lists have" {
    local dump
    for dump in "${dumps[@]}"; do
        "$program" -j -p -f --scan "$dump/vmcore" "$dump/vmlinux" > scan
        diff <(sed 's/"seconds":[0-9.]*//' "$dump.json") <(sed 's/"seconds":[0-9.]*//' scan)
    done
}

@test "one reference more than there are pins is unexplained, and no other" {
    local group count refs
    group=$(memcgs demo | jq -r 'select(.path == "/mixed") | .address')
    refs=$(memcgs demo | jq -r 'select(.path == "/mixed") | .refs')
    crash_session vmlinux "$demo/vmcore" << COMMANDS
p &((struct cgroup_subsys_state *)$group)->refcnt.data->count.counter > count
COMMANDS
    count=$(grep -o '0x[0-9a-f]*' count)
    cp "$demo/vmcore" leak
    "$top/tests/tools/kdump-edit" leak "${count#0x}=$(printf %016x $((refs + 1)))"
    "$program" -j -p leak vmlinux | jq -r 'select(.type == "memcg" and .unexplained_refs != 0)
        | "\(.path) \(.refs) \(.unexplained_refs) \(.verdict[-1].text)"' > found
    echo "/mixed $((refs + 1)) 1 unexplained: 1 reference, possible kernel leak" | diff - found
    "$program" -lp leak vmlinux | awk '$4 == 1' > found
    [ "$(wc -l < found)" = 1 ]
}

@test "a limit leaves rows out, but no sum" {
    "$program" -p 6.1-v2/vmcore 6.1-v2/vmlinux | sed -n '/^PIN /,$p' > all
    "$program" -p -n 1 6.1-v2/vmcore 6.1-v2/vmlinux > limited
    sed -n '/^PIN /,$p' limited | diff all -
    [ "$(grep -c '^[^ \t].*:$' limited)" = 1 ]
    "$program" -f -n 2 6.1-v2/vmcore 6.1-v2/vmlinux > limited
    [ "$(wc -l < limited)" = 4 ]
    grep -q '^(2 of [0-9]* shown)$' limited
}
