# SPDX-License-Identifier: GPL-2.0-or-later
"""A kdump-compressed dump that is changed in place, for the tools here that damage dumps.

Addresses are those of an x86-64 kernel without KASLR (the demo's): the direct mapping at
ffff888000000000 and the kernel's image at ffffffff80000000.

The format is makedumpfile's: a header block, a sub-header, two bitmaps with a bit per page frame,
and one 24-byte descriptor per page that the second bitmap has (makedumpfile's diskdump_mod.h).
"""
import struct
import sys
import zlib

DIRECT_MAP = 0xFFFF888000000000
KERNEL_IMAGE = 0xFFFFFFFF80000000
DESCRIPTOR = struct.Struct("<qIIQ")  # offset, size, flags, page flags
COMPRESSED_ZLIB, COMPRESSED_ANY = 1, 0x27


class Dump:
    def __init__(self, path):
        self.file = open(path, "r+b")
        header = self.read(0, 512)
        if header[:8] != b"KDUMP   ":
            sys.exit(f"{path}: not a kdump-compressed dump")
        self.block, sub_blocks, bitmap_blocks = struct.unpack_from("<3I", header, 428)
        self.bitmap = (1 + sub_blocks) * self.block + bitmap_blocks * self.block // 2
        self.bitmap_bytes = bitmap_blocks * self.block // 2
        self.descriptors = (1 + sub_blocks + bitmap_blocks) * self.block

    def read(self, offset, size):
        self.file.seek(offset)
        return self.file.read(size)

    def write(self, offset, data):
        self.file.seek(offset)
        self.file.write(data)

    def descriptor_of(self, pfn):
        """Where the descriptor of a page is: after those of all lower pages in the dump."""
        bits = self.read(self.bitmap, pfn // 8 + 1)
        if not bits[-1] >> pfn % 8 & 1:
            sys.exit(f"page {pfn:x} is not in the dump")
        below = sum(byte.bit_count() for byte in bits[:-1])
        below += (bits[-1] & ((1 << pfn % 8) - 1)).bit_count()
        return self.descriptors + below * DESCRIPTOR.size

    def nr_pages(self):
        return sum(byte.bit_count() for byte in self.read(self.bitmap, self.bitmap_bytes))

    def page(self, addr):
        """The bytes of the page of an address."""
        at = self.descriptor_of(physical(addr) // self.block)
        offset, size, flags, _ = DESCRIPTOR.unpack(self.read(at, DESCRIPTOR.size))
        data = self.read(offset, size)
        if flags & COMPRESSED_ANY & ~COMPRESSED_ZLIB:
            sys.exit("only zlib is understood")
        return bytearray(zlib.decompress(data) if flags & COMPRESSED_ZLIB else data)

    def put_page(self, at, data, is_compressed=False):
        """Adds a page's data to the end of the file, for the descriptor at `at`."""
        page_flags = DESCRIPTOR.unpack(self.read(at, DESCRIPTOR.size))[3]
        end = self.file.seek(0, 2)
        self.write(end, data)
        self.write(at, DESCRIPTOR.pack(end, len(data), COMPRESSED_ZLIB * is_compressed, page_flags))

    def rewrite(self, addr, word=None):
        """Writes the page anew at the end of the file, uncompressed, with a word changed."""
        phys = physical(addr)
        page = self.page(addr)
        if word is not None:
            struct.pack_into("<Q", page, phys % self.block, word)
        self.put_page(self.descriptor_of(phys // self.block), page)

    def punch(self, addr):
        """Clears the page's bit and closes the gap that its descriptor leaves."""
        pfn = physical(addr) // self.block
        at = self.descriptor_of(pfn)
        end = self.descriptors + self.nr_pages() * DESCRIPTOR.size
        self.write(at, self.read(at + DESCRIPTOR.size, end - at - DESCRIPTOR.size))
        byte = self.read(self.bitmap + pfn // 8, 1)[0] & ~(1 << pfn % 8)
        self.write(self.bitmap + pfn // 8, bytes([byte]))


def physical(addr):
    return addr - (KERNEL_IMAGE if addr >= KERNEL_IMAGE else DIRECT_MAP)
