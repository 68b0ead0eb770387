#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# What memory cgroups cost, and who has the ids: on dumps of real kernels, beside what the guests and crash
# say; on every era's fixture; and tables of ids that are full.

load lib

dumps=(demo 6.1-v2 6.1-v1 6.1-kdump)
# Other kernels, where the cache has their dumps.
more=(5.10-v1 5.10-v2 6.12-v2 7-v2 arm64-6.1-v2 arm64-6.12-v2 arm64-16k-v2)

setup_file() {
    local dump dir
    unpack_demo
    cd "$BATS_FILE_TMPDIR"
    mkdir demo.dump
    ln -s "$BATS_FILE_TMPDIR/vmlinux" "$demo"/{vmcore,facts.json} demo.dump
    for dump in "${dumps[@]}" "${more[@]}"; do
        case $dump in
            demo) dir=demo.dump ;;
            6.1-*) dir=$("$top/test-dumps/debian/make-dump" "$dump") ;;
            *) dir=$(cached "$dump") || continue ;;
        esac
        ln -s "$(realpath "$dir")" "$dump"
        echo "$dump" >> made
        "$program" -j -c -i "$dump/vmcore" "$dump/vmlinux" > "$dump.json"
    done
    for dump in $(eras); do
        "$top/test-dumps/fixtures/make-era" "$dump" "era-$dump"
    done
}

setup() {
    cd "$BATS_FILE_TMPDIR"
}

# eras: the names in the table.
eras() {
    sed 's/#.*//; /^$/d; s/\t.*//' "$top/test-dumps/fixtures/eras.tsv"
}

# figure FILE NAME COLUMN: of the line of -i that ends with NAME; columns count from 1.
figure() {
    awk -v name="$2" -v column="$3" 'index($0, "  " name) && $0 ~ name "$" { print $column }' "$1"
}

# ids DIR: the view -i of the dump there, in the file ids.
ids() {
    "$program" -i "$1/vmcore" "$1/vmlinux" > ids
}

@test "every table of ids is known, and the guest has as many live and removed groups" {
    local dump
    while read -r dump; do
        jq -s --slurpfile facts "$dump/facts.json" --arg dump "$dump" '
            (.[] | select(.type == "ids")) as $ids | $facts[0] as $guest |
            ($guest.nr_dying_descendants // ($guest.removed | length)) as $removed |
            if ($ids.directories == ($guest.live | length)
                and $ids.cgroups == $ids.directories + $removed
                and $ids.memcgs == {online: ($guest.live | length), offline: $removed, dying: 0,
                                    released: 0, unreadable: 0}
                and ($ids.tables | map(.name) == ["memcg ids", "css ids"] and all(.gone == 0))
                and $ids.tables[1].offline == $removed
                and $ids.tables[1].online == $ids.directories
                and $ids.tables[0].online == $ids.directories)
            then empty else "\($dump): \($ids)" end' "$dump.json" > wrong
        [ ! -s wrong ] || { cat wrong; return 1; }
    done < made
    [ "$(wc -l < made)" -ge "${#dumps[@]}" ]
}

@test "a removed group keeps its id as long as it has something in swap, and no longer" {
    local dump
    while read -r dump; do
        [ "$(jq -s '[.[] | select(.type == "memcg" and .id != null)] | length' "$dump.json")" = \
            "$(jq 'select(.type == "ids") | .tables[0].offline' "$dump.json")" ]
        [ "$(jq -s '[.[] | select(.type == "memcg" and .swap_bytes > 0 and .id == null
                and (.path | test("outer|inner|parent") | not))] | length' "$dump.json")" = 0 ]
    done < made
}

@test "crash walks the same tables of ids, and reads the same number of cgroups" {
    crash_session 6.1-v2/vmlinux 6.1-v2/vmcore << 'COMMANDS'
tree -t xarray -r idr.idr_rt mem_cgroup_idr > memcg-ids
p/d ((struct mem_cgroup *)root_mem_cgroup)->css.cgroup->root->nr_cgrps.counter > cgroups
p/d ((struct mem_cgroup *)root_mem_cgroup)->css.cgroup->nr_descendants > below
COMMANDS
    ids 6.1-v2
    [ "$(grep -c '^ffff\|^ff' memcg-ids)" = "$(figure ids 'memcg ids' 1)" ]
    [ "$(grep -o '[0-9]*$' cgroups)" = "$(figure ids /proc/cgroups 1)" ]
    [ "$(($(grep -o '[0-9]*$' below) + 1))" = "$(figure ids directories 1)" ]
}

@test "crash finds the same sizes of what a memory cgroup is made of" {
    local dump group bytes
    for dump in demo 6.1-v2; do
        group=$(jq -r 'select(.type == "memcg") | .address' "$dump.json" | head -1)
        crash_session "$dump/vmlinux" "$dump/vmcore" << COMMANDS
kmem -s $group > memcg
p/x ((struct mem_cgroup *)$group)->nodeinfo[0] > node
p/x ((struct mem_cgroup *)$group)->css.cgroup > cgroup
p/d sizeof(struct memcg_vmstats_percpu) > statistics
COMMANDS
        crash_session "$dump/vmlinux" "$dump/vmcore" << COMMANDS
kmem -s $(grep -o '0x[0-9a-f]*' node) > node
kmem -s $(grep -o '0x[0-9a-f]*' cgroup) > cgroup
COMMANDS
        for what in mem_cgroup:memcg mem_cgroup_per_node:node cgroup:cgroup; do
            # CACHE OBJSIZE ALLOCATED TOTAL SLABS SSIZE NAME; what is allocated is not smaller
            bytes=$(awk '$1 == "CACHE" { getline; print $2; exit }' "${what#*:}")
            [ "$(row "$dump" "${what%:*}" .each_bytes)" = "$bytes" ]
        done
        [ "$(row "$dump" memcg_vmstats_percpu .each_bytes)" = "$(grep -o '[0-9]*$' statistics)" ]
    done
}

# row DUMP NAME FILTER: of one row of the cost.
row() {
    jq -r --arg name "$2" "select(.type == \"cost\") | .rows[] | select(.name == \$name) | $3" "$1.json"
}

@test "what is per cpu is there for every possible cpu" {
    local dump
    while read -r dump; do
        [ "$(row "$dump" memcg_vmstats_percpu '.cpus * .count * .each_bytes - .bytes')" = 0 ]
    done < made
    [ "$(row demo memcg_vmstats_percpu .cpus)" = 3 ]
    [ "$(row 6.1-v2 memcg_vmstats_percpu .cpus)" = 2 ]
}

@test "every memory cgroup costs at least its own structures, and less than 64 kB" {
    local dump
    while read -r dump; do
        [ "$(jq -s '([.[] | select(.type == "cost").rows[] | select(.name == "mem_cgroup" or .name == "cgroup")
            .each_bytes] | add) as $least |
            [.[] | select(.type == "memcg").cost_bytes | select(. < $least or . > 65536)] | length' \
            "$dump.json")" = 0 ]
        [ "$(jq 'select(.type == "cost") | .unreadable' "$dump.json")" = 0 ]
    done < made
}

@test "records are as the schema says, and add up" {
    local dump
    while read -r dump; do
        "$top/tests/tools/check-json" "$dump.json"
    done < made
    jq -c 'del(.cost_bytes)' 6.1-v2.json > part.json
    "$top/tests/tools/check-json" --teeth part.json
}

@test "the list has the cost of each, and the view their sum" {
    local dump
    while read -r dump; do
        "$program" -l -c "$dump/vmcore" "$dump/vmlinux" > list
        awk 'NR == 1 { for (i = 1; i <= NF; i++) if ($i == "COST") column = i } NR > 1 { print $column }' list |
            diff - <(jq 'select(.type == "memcg") | .cost_bytes' "$dump.json")
        "$program" -c "$dump/vmcore" "$dump/vmlinux" > view
        awk '$1 ~ /^[0-9]+$/ && $2 ~ /^[0-9]+$/ { sum += $1 } / memory cgroups: / { print sum - $4 }' view |
            grep -qx 0
        refute grep -q COST view
    done < made
}

@test "a limit leaves rows out, but no sum; a selection is a part of the sum" {
    "$program" -c 6.1-v2/vmcore 6.1-v2/vmlinux > view
    "$program" -c -n 2 6.1-v2/vmcore 6.1-v2/vmlinux > limited
    diff <(tail -1 view) <(tail -1 limited)
    [ "$(grep -c . limited)" = 5 ]
    grep -q '^(2 of [0-9]* shown)$' limited
    "$program" -j -c -n 2 6.1-v2/vmcore 6.1-v2/vmlinux > limited.json
    diff <(jq -c 'select(.type == "cost")' 6.1-v2.json) <(jq -c 'select(.type == "cost")' limited.json)
    "$program" -j -c -m /again 6.1-v2/vmcore 6.1-v2/vmlinux > some.json
    "$top/tests/tools/check-json" some.json
    [ "$(jq 'select(.type == "cost") | .memcgs' some.json)" = \
        "$(jq -s '[.[] | select(.type == "memcg" and .path == "/again")] | length' 6.1-v2.json)" ]
    "$program" -j -c -i -a 6.1-v2/vmcore 6.1-v2/vmlinux > all.json
    "$top/tests/tools/check-json" all.json
    diff <(jq -c 'select(.type == "ids")' 6.1-v2.json) <(jq -c 'select(.type == "ids")' all.json)
    says 1 'no such memory cgroup' "$program" -c -m /nowhere 6.1-v2/vmcore 6.1-v2/vmlinux
    [ ! -s said.out ]
}

@test "every era: rows, sums and records agree, and nothing else is said than by -l" {
    local era status expected
    for era in $(eras); do
        expected=0
        "$program" -l "era-$era/vmcore" "era-$era/vmlinux" > list 2> expected || expected=$?
        status=0
        "$program" -j -c -i -a "era-$era/vmcore" "era-$era/vmlinux" > "$era.json" 2> messages || status=$?
        [ "$status" = "$expected" ]
        diff expected messages
        "$top/tests/tools/check-json" "$era.json"
        # Ids of memcgs, and the table that they are found by, beside the records.
        jq -s --arg era "$era" '
            [.[] | select(.type == "memcg")] as $memcgs | (.[] | select(.type == "ids")) as $ids |
            (.[] | select(.type == "cost")) as $cost |
            def of(state): [$memcgs[] | select(.state == state)] | length;
            if (all("online", "dying", "offline", "released"; . as $state | $ids.memcgs[$state] == of($state))
                and ($ids.tables[-1] | .used - .gone) == ([$memcgs[] | select(.sources | index("ids"))] | length)
                and ($ids.tables[0].name != "memcg ids" or ($ids.tables[0] | .used - .gone)
                    == ([$memcgs[] | select(.id != null)] | length) or all($memcgs[]; .id == null))
                and $ids.tables[0].gone <= 2 and $ids.tables[-1].gone <= 2
                and $ids.left == $ids.tables[0].limit - $ids.tables[0].used
                and ($ids.directories | . == null or . <= $ids.cgroups and . >= of("online") - 1)
                and $cost.unreadable == 0 and $cost.memcgs == ($memcgs | length)
                and all($memcgs[]; .cost_bytes > 500))
            then empty else "\($era): \($ids)" end' "$era.json" > wrong
        [ ! -s wrong ] || { cat wrong; return 1; }
    done
}

# By hand, from the sources in test-dumps/fixtures/eras: what is used of which table, of how many; directories;
# the number in /proc/cgroups.
@test "ids of some eras are as their worlds have them" {
    local era table used limit directories cgroups
    while read -r era table used limit directories cgroups; do
        ids "era-$era"
        [ "$(figure ids "$table ids" 1) $(figure ids "$table ids" 8)" = "$used $limit" ]
        [ "$(figure ids directories 1) $(figure ids /proc/cgroups 1)" = "$directories $cgroups" ]
    done << 'WORLDS'
3.8 css 22 65535 3 5
3.14 cgroup 14 65536 4 13
3.16 css 14 65535 4 13
4.4 css 15 65535 5 16
4.12-unified memcg 8 65534 n/a 17
4.19 memcg 8 65534 5 16
5.4-unified memcg 8 65534 6 17
5.9 memcg 7 65534 4 17
5.15-mkdir memcg 8 65534 5 18
6.10 memcg 7 65535 4 17
6.12-legacy memcg 6 65535 3 15
7.2 memcg 7 65535 4 17
WORLDS
}

@test "costs of some eras are as their structures are freed" {
    local era
    for era in 3.8 3.8-v2 3.14 3.18 5.9 5.10 5.15 6.10; do
        "$program" -j -c -a "era-$era/vmcore" "era-$era/vmlinux" > "$era.json"
    done
    # up to v3.16, and since v5.3, the per-cpu part of a reference count is freed by a kill
    [ "$(row 3.14 percpu_ref .count)" = 3 ]
    [ "$(row 3.18 percpu_ref .count)" = 12 ]
    [ "$(row 5.10 percpu_ref .count)" = 5 ]
    # a reference count has data of its own since v5.10; orig_objcg came with v6.7
    [ -z "$(row 5.9 percpu_ref_data .count)" ]
    [ -z "$(row 5.15 obj_cgroup .count)" ]
    [ "$(row 6.10 obj_cgroup .count)" = 4 ]
    # the first variant of the facility copies a name, the second takes a page for it
    [ "$(row 3.8-v2 memcg_name .each_bytes)" = 4096 ]
    [ -z "$(row 3.8 memcg_name .each_bytes)" ]
}

# full KERNEL: 6.12.c with that, and no id that is left.
full() {
    "$top/test-dumps/fixtures/make-fixture" --release=6.12.0-fixture --define=KERNEL="$1" \
        --define=FULL_IDS eras/6.12.c full
    ids full
}

@test "where no id is left, mkdir would fail as that kernel lets it" {
    full 612
    [ "$(tail -1 ids)" = 'no memcg ids are left: mkdir would return EBUSY' ]
    [ "$(figure ids 'memcg ids' 1) $(figure ids 'memcg ids' 7)" = '65535 65528' ]
    [ "$(figure ids 'css ids' 1)" = 20 ]
    "$program" -j -i full/vmcore full/vmlinux > full.json
    "$top/tests/tools/check-json" full.json
    [ "$(jq 'select(.type == "ids") | .left' full.json)" = 0 ]
    full 610
    [ "$(tail -1 ids)" = 'no memcg ids are left: mkdir would return ENOSPC' ]
}

@test "ids that are not in the dump are none that are left" {
    local address
    full 612
    address=$(nm full/vmlinux | awk '$3 == "full_ids_branches" { print $1 }')
    "$program" -i full/vmcore full/vmlinux > whole
    cp full/vmlinux kernel
    python3 - "$address" << 'PYTHON'
import re, subprocess, sys
address = int(sys.argv[1], 16)
for line in subprocess.run(["readelf", "-lW", "full/vmcore"], capture_output=True, text=True).stdout.splitlines():
    found = re.match(r"\s*LOAD\s+(0x\w+)\s+(0x\w+)\s+0x\w+\s+(0x\w+)", line)
    if found and 0 <= address - int(found[2], 16) < int(found[3], 16):
        at = int(found[1], 16) + address - int(found[2], 16)
with open("full/vmcore", "r+b") as file:
    file.seek(at)
    file.write(b"\x63")  # a shift that no node has
PYTHON
    says 6 'memcg ids: the node at .* makes no sense: ids from 0 on are missing' \
        "$program" -i full/vmcore full/vmlinux
    [ "$(tail -1 said.out)" = 'memcg ids left: unreadable' ]
    [ "$(figure said.out 'memcg ids' 1)" -lt 65535 ]
}
