#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Builds an initramfs for a test guest: busybox, an /init, extra files, kernel modules.

Needs neither root nor cpio, and the same inputs give the same bytes. Device nodes are not
written: the guest mounts devtmpfs. Modules go to /modules under their position in load order
("00-crc16.ko"), so that the guest loads them with "for m in /modules/*; do insmod $m; done".
"""

import argparse
import lzma
import os
import re
import stat
import subprocess
import sys

BUSYBOX = "/bin/busybox"


class Cpio:
    """The "newc" archive that the kernel unpacks; parents are made as they are needed."""

    def __init__(self, out):
        self.out = out
        self.size = 0
        self.ino = 0
        self.made = set()

    def _write(self, data):
        padding = -len(data) % 4
        self.out.write(data + b"\0" * padding)
        self.size += len(data) + padding

    def _entry(self, path, mode, data):
        name = path.encode() + b"\0"
        self.ino += 1
        fields = (self.ino, mode, 0, 0, 1, 0, len(data), 0, 0, 0, 0, len(name), 0)
        self._write(b"070701" + b"".join(b"%08X" % f for f in fields) + name)
        self._write(data)

    def directory(self, path):
        path = path.strip("/")
        if not path or path in self.made:
            return
        self.directory(os.path.dirname(path))
        self.made.add(path)
        self._entry(path, stat.S_IFDIR | 0o755, b"")

    def file(self, path, data, mode=0o755):
        path = path.strip("/")
        self.directory(os.path.dirname(path))
        self.made.add(path)
        self._entry(path, stat.S_IFREG | mode, data)

    def symlink(self, path, target):
        path = path.strip("/")
        self.directory(os.path.dirname(path))
        self._entry(path, stat.S_IFLNK | 0o777, target.encode())

    def finish(self):
        self._entry("TRAILER!!!", 0, b"")


def read(path):
    with open(path, "rb") as file:
        return file.read()


def module_name(path):
    return os.path.basename(path).split(".ko")[0].replace("-", "_")


def module_data(path):
    data = read(path)
    return lzma.decompress(data) if path.endswith(".xz") else data


def module_depends(data):
    """Names that the module's own .modinfo asks for: modules.dep would need depmod."""
    found = re.search(rb"\0depends=([^\0]*)\0", data)
    return found.group(1).decode().replace("-", "_").split(",") if found and found.group(1) else []


def resolve_modules(root, wanted):
    """Yields (name, data) in load order. A name that ends in "?" may be built in or missing."""
    paths = {}
    for folder, _, names in sorted(os.walk(root)):
        paths.update((module_name(n), os.path.join(folder, n)) for n in names if ".ko" in n)
    done = set()

    def visit(name, optional):
        name = name.replace("-", "_")
        if name in done:
            return
        done.add(name)
        if name not in paths:
            if optional:
                return
            raise SystemExit(f"mkinitramfs: no module {name} below {root}")
        data = module_data(paths[name])
        for needed in module_depends(data):
            yield from visit(needed, False)
        yield name, data

    for name in wanted:
        yield from visit(name.rstrip("?"), name.endswith("?"))


def shared_libraries(program):
    """Paths of the libraries and the loader that a program needs; none if it is static."""
    run = subprocess.run(["ldd", program], capture_output=True, text=True, check=False)
    return sorted(set(re.findall(r"(/\S+) \(0x", run.stdout)))


def add_busybox(cpio, path):
    """One of another architecture cannot be run; it has what this machine's has, or nearly."""
    cpio.file("bin/busybox", read(path))
    applets = subprocess.run([BUSYBOX, "--list"], capture_output=True, text=True, check=True)
    for applet in applets.stdout.split():
        if applet != "busybox":
            cpio.symlink("bin/" + applet, "busybox")


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--init", required=True, help="script that becomes /init")
    parser.add_argument("--file", action="append", default=[], metavar="SOURCE:PATH")
    parser.add_argument("--program", action="append", default=[], metavar="SOURCE",
                        help="a program with the libraries it needs, at its own path")
    parser.add_argument("--busybox", default=BUSYBOX, help="a static one, of the guest's machine")
    parser.add_argument("--modules-from", metavar="DIR", help="module tree of the kernel")
    parser.add_argument("--module", action="append", default=[], metavar="NAME[?]")
    parser.add_argument("output")
    args = parser.parse_args()

    partial = args.output + ".new"
    with open(partial, "wb") as out:
        cpio = Cpio(out)
        add_busybox(cpio, args.busybox)
        for folder in ("dev", "proc", "sys", "tmp", "modules"):
            cpio.directory(folder)
        cpio.file("init", read(args.init))
        for spec in args.file:
            source, path = spec.rsplit(":", 1)
            cpio.file(path, read(source))
        libraries = set()
        for program in args.program:
            cpio.file(program, read(program))
            libraries.update(shared_libraries(program))
        for library in sorted(libraries):
            cpio.file(library, read(library))
        for at, (name, data) in enumerate(resolve_modules(args.modules_from, args.module)
                                          if args.module else ()):
            cpio.file(f"modules/{at:02}-{name}.ko", data, 0o644)
        cpio.finish()
    os.replace(partial, args.output)


if __name__ == "__main__":
    sys.exit(main())
