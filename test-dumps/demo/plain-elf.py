#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""plain-elf.py CORE: moves the program headers of QEMU's ELF core to right behind the ELF header.

QEMU 7.2 puts section headers there first; makedumpfile never looks at e_phoff.
"""

import struct
import sys

EHDR = struct.Struct("<16sHHIQQQIHHHHHH")


def main():
    with open(sys.argv[1], "r+b") as core:
        (ident, kind, machine, version, entry, phoff, _, flags,
         _, phentsize, phnum, *_) = EHDR.unpack(core.read(EHDR.size))
        core.seek(phoff)
        headers = core.read(phentsize * phnum)
        first_data = min(struct.unpack_from("<Q", headers, i * phentsize + 8)[0] for i in range(phnum))
        if not ident.startswith(b"\x7fELF\x02\x01") or first_data < EHDR.size + len(headers):
            sys.exit(f"{sys.argv[1]}: not a core as QEMU writes it")
        core.seek(0)
        core.write(EHDR.pack(ident, kind, machine, version, entry, EHDR.size, 0, flags,
                             EHDR.size, phentsize, phnum, 0, 0, 0) + headers)


if __name__ == "__main__":
    main()
