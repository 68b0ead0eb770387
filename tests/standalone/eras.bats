#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# Kernels of every era, each a fixture: what `dangling` must say of them is in eras/NAME.golden.
# UPDATE_EXPECTED=1 rewrites these: read the difference, which must be what the fixture's source says.

load lib

setup_file() {
    cd "$BATS_FILE_TMPDIR"
    local era
    for era in $(eras); do
        "$top/test-dumps/fixtures/make-era" "$era" "$era"
    done
}

setup() {
    enter_test
}

# eras: the names in the table.
eras() {
    sed 's/#.*//; /^$/d; s/\t.*//' "$top/test-dumps/fixtures/eras.tsv"
}

@test "the golden report of every era" {
    local era differ=0
    diff <(eras | sort) <(cd "$BATS_TEST_DIRNAME/eras" && printf '%s\n' *.golden | sed 's/\.golden$//' | sort)
    for era in $(eras); do
        "$top/tests/tools/era-report" "$program" "$era" > report
        [ -z "${UPDATE_EXPECTED:-}" ] || cp report "$BATS_TEST_DIRNAME/eras/$era.golden"
        diff -u "$BATS_TEST_DIRNAME/eras/$era.golden" report || differ=1
    done
    [ $differ = 0 ]
}

@test "where symbols do not tell what an open file is, its file system does" {
    local renamed=() name options
    for name in socket_file_ops inotify_fops fanotify_fops; do
        renamed+=("--define=$name=renamed_$name")
    done
    read -ra options < <(awk -F'\t' '$1 == "5.15" { print $3 }' "$top/test-dumps/fixtures/eras.tsv")
    "$top/test-dumps/fixtures/make-fixture" "${options[@]}" "${renamed[@]}" eras/5.15.c "$BATS_FILE_TMPDIR/nameless"
    ln -sf "$BATS_FILE_TMPDIR/nameless" .
    "$program" -p 5.15/vmcore 5.15/vmlinux > expected
    grep -q 'fanotify, held by' expected
    same "$program" -p nameless/vmcore nameless/vmlinux
}

# memcgs_of FACTS DIR: their records without these members, which are separated by blanks.
memcgs_of() {
    "$program" -j -a "$2/vmcore" "$2/vmlinux" |
        jq -c --arg facts "$1" 'select(.type == "memcg") |
            delpaths($facts | split(" ") | map([.])) | del(.address)'
}

@test "a member that the types lack: which fact is n/a and why is told, the rest stands" {
    local member facts probe
    fixture whole
    while read -r member probe facts; do
        fixture renamed --define="$member=renamed_$member"
        "$program" -u renamed/vmcore renamed/vmlinux > report
        for fact in $facts; do
            grep -qxF "n/a: $fact, since this kernel's types have no $probe" report ||
                [ "$fact" = name ]
        done
        "$program" -j renamed/vmcore renamed/vmlinux > json
        jq -se --arg fact "${facts%% *}" --arg probe "$probe" '
            (.[-1].missing | any(.fact == $fact and .probe == $probe)) and
            (map(select(.type == "memcg")) | length > 2 and all(.[$fact] == null))' json
        diff -u <(memcgs_of "$facts" whole) <(memcgs_of "$facts" renamed)
    done <<'EOF'
swap mem_cgroup.swap swap_bytes
percpu_count_ptr percpu_ref.percpu_count_ptr refs
usage page_counter.usage memory_bytes swap_bytes
kn cgroup.kn path name
name kernfs_node.name path name
EOF
}

@test "without what tells the dead from the living, nothing is called complete" {
    fixture stateless --define=flags=renamed_flags
    says 6 'what is dangling is not known: cgroup_subsys_state.flags' \
        "$program" stateless/vmcore stateless/vmlinux
    fixture rootless --define=children=renamed_children
    says 6 'only the root was found' "$program" rootless/vmcore rootless/vmlinux
}

# probes_of DIR…: "NAME USED" of every row of layout.def, for the dump in each, asked for all that there is to tell
# of it; the ledger twice, by pages' lists and by a scan.
probes_of() {
    local dir scan
    for dir; do
        for scan in '' --scan; do
            "$program" -u -a -p -f -s -g -i -c $scan "$dir/vmcore" "$dir/vmlinux" 2> said |
                awk 'probes { print $5, $4 } $1 == "PROBE" { probes = 1 }'
        done
    done
}

@test "every row of layout.def is of use in some fixture or dump" {
    local dump dirs=()
    for dump in 6.1-v2 6.1-v1; do
        dirs+=("$("$top/test-dumps/debian/make-dump" "$dump")")
    done
    mapfile -O 2 -t dirs < <(eras)
    dirs+=("$BATS_FILE_TMPDIR/nameless")
    probes_of "${dirs[@]}" > probes
    [ "$(wc -l < probes)" -gt $((100 * ${#dirs[@]})) ]
    awk '{ rows[$1] } $2 == "yes" { used[$1] } END { for (row in rows) if (!(row in used)) print row }' probes |
        sort > unused
    diff -u /dev/null unused
}
