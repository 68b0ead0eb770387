#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# NDJSON in a real crash on the committed dump: valid by the schema, and the same facts as the text.

load lib

setup_file() {
    unpack_demo
    cd "$BATS_FILE_TMPDIR"
    cat > commands <<'COMMANDS'
dangling -j > json
dangling -j -a > all.json
dangling > text
dangling -l > list
dangling -l -a > all
dangling -u -a > unions
sys > sys
dangling -jo output.json
dangling --json --list > long-option.json
dangling -j -n 2 > limited.json
dangling -j /again /live-oom > some.json
dangling -j /nowhere > nowhere.json
dangling -jk
dangling -j -u
dangling -j | cat > piped.json
COMMANDS
    crash_session vmlinux "$demo/vmcore" < commands
    # The same with a page missing that holds a memcg.
    cp "$demo/vmcore" damaged
    "$top/tests/tools/kdump-edit" damaged "$(awk 'NR == 5 { print substr($1, 1, 13) "000=hole" }' list)"
    mv session.err session.err.whole
    crash_session vmlinux damaged <<'COMMANDS'
dangling -j > damaged.json
dangling -l > damaged-list
COMMANDS
    mv session.err session.err.damaged
}

setup() {
    cd "$BATS_FILE_TMPDIR"
}

# memcgs FILE FILTER: what jq makes of each memcg's record.
memcgs() {
    jq -r "select(.type == \"memcg\") | $2" "$1"
}

@test "every report is what the schema says, and what -l says" {
    "$top/tests/tools/check-json" --text list json
    "$top/tests/tools/check-json" --text all all.json
    "$top/tests/tools/check-json" --text damaged-list damaged.json
    "$top/tests/tools/check-json" limited.json some.json nowhere.json
}

@test "the schema notices a member that is lost or of another type" {
    "$top/tests/tools/check-json" --teeth json all.json
}

@test "every line is an object by itself" {
    for file in json all.json damaged.json; do
        while IFS= read -r line; do
            jq -e .type <<< "$line" > type
        done < "$file"
        [ "$(cat type)" = '"end"' ]
    done
}

# The text report from the records, in the lines of text.c.
@test "the text report can be made of it, byte for byte" {
    memcgs json '"\(.name):\n\t\(.swap_bytes) swap bytes\n\t\(.tcp_bytes) tcp bytes, " +
        "in \(.tcp_sockets) sockets\n\t\(.kmem_bytes) kmem bytes" +
        (if .caches == [] then "" else " in caches" + ([.caches[] | " " + .name] | add) end)' |
        cmp - text
}

@test "the head tells which kernel and which dump" {
    jq -r 'select(.type == "head") | .dump, .release, .arch, .build_id, .types' all.json > head
    diff head - <<EXPECTED
$demo/vmcore
$(awk '$1 == "RELEASE:" { print $2 }' sys)
$(awk '$1 == "MACHINE:" { print $2 }' sys)
$(readelf -n vmlinux | awk '/Build ID:/ { print $3 }')
crash
EXPECTED
    grep -q '^types: crash$' unions
    grep -q "^hierarchy: $(jq -r 'select(.type == "head") | .hierarchy' all.json)$" unions
}

@test "the end counts what -u counts" {
    grep -q "$(jq -r 'select(.type == "end") |
        ", \(.dangling) dangling, \(.online) online, \(.dying) dying, \(.unreadable) unreadable$"' all.json)" unions
}

@test "flags and sources are those of -u" {
    memcgs all.json '"\(.address[2:])\(.sources | map(" " + .) | add):" +
        (.flags - ["escaped"] | if . == [] then " none" else map(" " + .) | add end)' > json.flags
    awk '/^[0-9a-f]+ / { address = $1 }
        sub(/^  seen by:/, "") { sources = $0 }
        sub(/^  flags:/, "") { print address sources ":" $0 }' unions | cmp - json.flags
}

@test "names: escaped where they must be, and only those are flagged" {
    memcgs all.json 'select(.flags | index("escaped")) | .path' | sort > escaped
    sort <<'EXPECTED' | diff - escaped
/a\ttab
/escape-\x1b[31mred
/latin1-\xe9t\xe9
EXPECTED
    memcgs all.json .path > paths
    grep -qF "/\"double\" and 'single' quotes" paths
    grep -qF '/Grüße-記憶-🐧' paths
    grep -qF '/dev-disk-by\x2dlabel-root.swap' paths
}

@test "swap entries carry the id of those that have swap" {
    memcgs json 'select(.swap_bytes > 0) | .address' > with-swap
    memcgs json 'select(.id != null) | .address' | cmp - with-swap
}

# All but how long it took.
same() {
    diff <(jq -c 'del(.seconds)' json) <(jq -c 'del(.seconds)' "$1")
}

@test "pipe, -o and -l do not change a byte" {
    same output.json
    same long-option.json
    same piped.json
}

@test "a limit, and a selection" {
    [ "$(wc -l < limited.json)" = 4 ]
    [ "$(jq -r 'select(.type == "end") | "\(.shown) \(.complete) \(.dangling)"' limited.json)" = "2 true 37" ]
    [ "$(memcgs some.json '"\(.path) \(.online)"')" = $'/again false\n/again false\n/live-oom true' ]
}

@test "a group that is not there is told in both places" {
    [ "$(jq -c .notes nowhere.json | tail -1)" = '["/nowhere: no such memory cgroup"]' ]
    grep -qx 'dangling: /nowhere: no such memory cgroup' session.err.whole
}

@test "-k and -u are text only" {
    grep -qx 'dangling: -k cannot be combined with -a or another view' session.err.whole
    grep -qx 'dangling: -j cannot be combined with -u.*' session.err.whole
    [ "$(grep -c '^dangling:' session.err.whole)" = 3 ]
}

@test "damage: unreadable is said, and the end is there and says so" {
    show session.err.damaged
    [ "$(memcgs damaged.json 'select(.state == "unreadable") | .refs' | sort -u)" = unreadable ]
    [ "$(jq -c 'select(.type == "end") | .complete' damaged.json)" = false ]
    jq -r 'select(.type == "end") | .notes[] | "dangling: " + .' damaged.json > notes
    [ -s notes ]
    # Both runs said the same.
    grep '^dangling:' session.err.damaged | cmp - <(cat notes notes)
}

@test "the README's example with jq is what jq prints" {
    cp json report.json
    sed -n '/^    \$ jq /,/^$/s/^    //p' "$top/README.md" > example
    command=$(head -1 example)
    [ -n "$command" ]
    eval "${command#$ }" | diff <(tail -n +2 example) -
}
