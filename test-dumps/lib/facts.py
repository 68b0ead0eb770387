#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Makes facts.json of the payloads summary, removed, live and made of a guest (see guest/memcg.sh).

A path that is not UTF-8 gets its bytes as \\xNN in "path", as the tool prints them; "path_hex"
always has the exact bytes.
"""

import json
import sys


def group(line):
    facts = json.loads(line.decode(errors="surrogateescape"))
    raw = facts["path"].encode(errors="surrogateescape")
    facts["path"] = raw.decode(errors="backslashreplace")
    facts["path_hex"] = raw.hex()
    return facts


def groups(path):
    with open(path, "rb") as file:
        return [group(line) for line in file]


def summary(path):
    with open(path, encoding="utf-8") as file:
        return dict(line.rstrip("\n").split(" ", 1) for line in file)


def made_in_groups(path):
    """{inode of the group: what was made in it}."""
    made = {}
    with open(path, "rb") as file:
        for line in file:
            thing = json.loads(line)
            made.setdefault(thing.pop("group"), []).append(thing)
    return made


def main():
    folder, output = sys.argv[1:]
    told = summary(f"{folder}/summary")
    facts = {"hierarchy": told["hierarchy"], "kernel": told["kernel"]}
    # On v1 the kernel has no such figure; the guest worked it out from the number of all cgroups.
    dying = "nr_dying_descendants" if told["hierarchy"] == "v2" else "nr_dying_derived"
    facts[dying] = int(told["nr_dying"])
    facts["removed"] = groups(f"{folder}/removed")
    made = made_in_groups(f"{folder}/made")
    for removed in facts["removed"]:
        removed["made"] = made.pop(removed["inode"], [])
    if made:
        sys.exit(f"facts: things were made in groups that were not removed: {made}")
    facts["live"] = groups(f"{folder}/live")
    if facts[dying] > len(facts["removed"]):
        sys.exit(f"facts: {len(facts['removed'])} groups removed, but {facts[dying]} are dying")
    with open(output, "w", encoding="utf-8") as file:
        json.dump(facts, file, indent=1, ensure_ascii=False)
        file.write("\n")


if __name__ == "__main__":
    main()
