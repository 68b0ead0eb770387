#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Boots a test guest under QEMU (no KVM), collects what it reports and dumps its memory.

The guest has two serial ports. One is the console, kept only for error messages. The other, which
mcd_report=… of the command line names, is the report port, free of kernel messages; the guest writes
lines there:

    MCD-BEGIN name      opens a payload: base64 lines up to
    MCD-END name        , which ends it
    MCD-READY           everything is in place: the memory may be dumped
    MCD-FAIL text       the guest gives up, and says why

Without --dump nothing is dumped: the marker (--marker) is waited for and the guest left to power
itself off, as a guest with a kdump kernel does.
"""

import argparse
import base64
import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time

TAIL_LINES = 30
POLL_SECONDS = 0.1
# What QEMU emulates: the board, the kernel's names of both ports, and what makes the report port (a
# "virt" has one serial port only).
MACHINES = {
    "x86_64": ("pc", "ttyS0", "ttyS1", ["-serial", "file:{}"]),
    "aarch64": ("virt", "ttyAMA0", "ttyS0", ["-chardev", "file,id=report,path={}",
                                             "-device", "pci-serial,chardev=report"]),
}


class GuestError(Exception):
    """The guest did not do what was asked; the message holds the tail of its console."""


class Qmp:
    """QEMU's control socket: one JSON object a line each way."""

    def __init__(self, path, is_hopeless):
        self.socket = socket.socket(socket.AF_UNIX)
        while self.socket.connect_ex(path):
            if is_hopeless():
                raise GuestError("QEMU did not start")
            time.sleep(POLL_SECONDS)
        self.lines = self.socket.makefile("r")
        self.lines.readline()
        self.run("qmp_capabilities")

    def run(self, command, **arguments):
        request = {"execute": command, "arguments": arguments}
        self.socket.sendall(json.dumps(request).encode() + b"\n")
        for line in self.lines:
            answer = json.loads(line)
            if "error" in answer:
                raise GuestError(f"QEMU refused {command}: {answer['error']['desc']}")
            if "return" in answer:
                return answer["return"]
        raise GuestError(f"QEMU went away during {command}")


class Guest:
    """A running guest; used as a context manager, so that QEMU never outlives the caller."""

    def __init__(self, kernel, initrd, *, append="", memory="512", cpus=2, cpu="max", disk=None,
                 timeout=300, machine="x86_64"):
        self.work = tempfile.TemporaryDirectory(prefix="mcd-guest-")
        self.deadline = time.monotonic() + timeout
        self.console = os.path.join(self.work.name, "console")
        self.report = os.path.join(self.work.name, "report")
        qmp = os.path.join(self.work.name, "qmp")
        board, console, report, report_port = MACHINES[machine]
        command = [
            f"qemu-system-{machine}", "-machine", board, "-cpu", cpu, "-m", str(memory),
            "-smp", str(cpus), "-accel", "tcg,thread=multi", "-nodefaults", "-nographic",
            "-no-reboot", "-device", "vmcoreinfo", "-kernel", kernel, "-initrd", initrd,
            "-append", f"console={console} panic=-1 mcd_report={report} {append}".strip(),
            "-serial", f"file:{self.console}", *(word.format(self.report) for word in report_port),
            "-qmp", f"unix:{qmp},server=on,wait=off",
        ]
        if disk:
            command += ["-drive", f"file={disk},format=raw,if=virtio"]
        self.errors = open(os.path.join(self.work.name, "stderr"), "w+", encoding="utf-8")
        self.qemu = subprocess.Popen(command, stdin=subprocess.DEVNULL, stderr=self.errors)
        try:
            self.qmp = Qmp(qmp, self.is_over)
        except (GuestError, OSError) as error:
            failure = self.error(str(error))
            self.close()
            raise failure from None

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        self.qemu.kill()
        self.qemu.wait()
        self.errors.close()
        self.work.cleanup()

    def is_over(self):
        return self.qemu.poll() is not None or time.monotonic() > self.deadline

    def _lines(self):
        """Complete lines of the report port so far."""
        try:
            with open(self.report, "rb") as file:
                return file.read().replace(b"\r", b"").split(b"\n")[:-1]
        except FileNotFoundError:
            return []

    def console_text(self):
        if not os.path.exists(self.console):
            return ""
        with open(self.console, encoding="utf-8", errors="replace") as file:
            return file.read()

    def error(self, text):
        self.errors.seek(0)
        tail = (self.console_text() + self.errors.read()).splitlines()[-TAIL_LINES:]
        title = f"--- last {len(tail)} lines of the console ---"
        return GuestError("\n".join([text, title, *tail]))

    def wait_for(self, marker):
        """Returns once the guest has printed the marker line on its report port."""
        wanted = marker.encode()
        while True:
            ended = self.qemu.poll() is not None
            lines = self._lines()
            for line in lines:
                if line.startswith(b"MCD-FAIL"):
                    raise self.error("the guest gave up: " + line[9:].decode(errors="replace"))
            if wanted in lines:
                return
            if ended:
                raise self.error(f"the guest ended without {marker}")
            if time.monotonic() > self.deadline:
                raise self.error(f"no {marker} within the time limit")
            time.sleep(POLL_SECONDS)

    def wait_for_end(self):
        try:
            self.qemu.wait(max(1, self.deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            raise self.error("the guest did not power itself off") from None

    def payloads(self):
        """{name: bytes} of everything that was sent so far."""
        found, name, body = {}, None, []
        for line in self._lines():
            if line.startswith(b"MCD-BEGIN "):
                name, body = line[10:].decode(), []
            elif line.startswith(b"MCD-END "):
                if line[8:].decode() != name:
                    raise GuestError(f"payload {name} ends as {line[8:]!r}")
                found[name] = base64.b64decode(b"".join(body), validate=True)
                name = None
            elif name is not None:
                body.append(line)
        if name is not None:
            raise GuestError(f"payload {name} never ended")
        return found

    def dump(self, path):
        """Writes the memory of the stopped guest as an ELF core; runs of zeroes become holes."""
        self.qmp.run("stop")
        partial = os.path.abspath(path) + ".new"
        self.qmp.run("dump-guest-memory", paging=False, protocol="file:" + partial)
        subprocess.run(["fallocate", "--dig-holes", partial], check=False)
        os.chmod(partial, 0o644)
        os.replace(partial, path)


def run(args):
    with Guest(args.kernel, args.initrd, append=args.append, memory=args.memory, cpus=args.cpus,
               cpu=args.cpu, disk=args.disk, timeout=args.timeout,
               machine=args.machine) as guest:
        guest.wait_for(args.marker)
        payloads = guest.payloads()
        if args.dump:
            guest.dump(args.dump)
        else:
            guest.wait_for_end()
        if args.console:
            with open(args.console, "w", encoding="utf-8") as file:
                file.write(guest.console_text())
    for name, data in payloads.items():
        with open(os.path.join(args.payloads, os.path.basename(name)), "wb") as file:
            file.write(data)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--kernel", required=True)
    parser.add_argument("--initrd", required=True)
    parser.add_argument("--append", default="", help="added to the kernel's command line")
    parser.add_argument("--memory", default="512", help="megabytes")
    parser.add_argument("--cpus", default="2")
    parser.add_argument("--machine", default="x86_64", choices=MACHINES)
    parser.add_argument("--cpu", default="max", help="QEMU's CPU model")
    parser.add_argument("--disk", help="raw image that becomes /dev/vda")
    parser.add_argument("--timeout", type=float, default=300, help="seconds for everything")
    parser.add_argument("--tries", type=int, default=2, help="boots before giving up")
    parser.add_argument("--marker", default="MCD-READY", help="line that the guest ends with")
    parser.add_argument("--payloads", default=".", metavar="DIR", help="payloads become files here")
    parser.add_argument("--console", metavar="FILE", help="keep the console's text")
    parser.add_argument("--dump", metavar="FILE", help="ELF core to write")
    args = parser.parse_args()
    # Whoever ends this must not leave QEMU behind.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    for left in reversed(range(args.tries)):
        try:
            return run(args)
        except GuestError as error:
            print(f"guest: {error}", file=sys.stderr)
            if left:
                print("guest: booting once more", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
