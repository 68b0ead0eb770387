# SPDX-License-Identifier: GPL-2.0-or-later
"""Files, by the struct address_space of their pages. All paths are told that a file has: each of its
names, below each mount of its file system."""
from drgn.helpers.linux.block import for_each_partition, part_devt, part_name
from drgn.helpers.linux.fs import super_block_for_each_mount
from drgn.helpers.linux.ipc import for_each_sysv_shm
from drgn.helpers.linux.list import hlist_for_each_entry, list_for_each_entry
from drgn.helpers.linux.pid import for_each_task

from kernel import has_member, pointer

DEPTH_MAX = 200


def major_minor(dev):
    return f"{dev >> 20}:{dev & 0xFFFFF}"


def names_to(dentry, top):
    """Path components from one directory entry down to another; None: the first is not above it."""
    components = []
    for _ in range(DEPTH_MAX):
        if dentry == top:
            return components[::-1]
        parent = dentry.d_parent.read_()
        if parent == dentry:
            return None
        components.append(dentry.d_name.name.string_())
        dentry = parent
    return None


def mount_path(mount):
    """Components of the path of a mount's root, up through what it is mounted on."""
    components = []
    for _ in range(DEPTH_MAX):
        parent = mount.mnt_parent.read_()
        if parent == mount:
            return components
        components = names_to(mount.mnt_mountpoint.read_(), parent.mnt.mnt_root) + components
        mount = parent
    return components


class Files:
    def __init__(self, prog):
        self.prog = prog
        # "struct dentry: make ->d_u anonymous" (v7.1)
        self.alias = "d_alias" if has_member(prog, "struct dentry", "d_alias") else "d_u.d_alias"
        self.shared_sb = prog["shm_mnt"].mnt_sb.value_()
        self.sysv = {shm.shm_file.f_inode.value_() for shm in self.segments()}
        self.known = {}

    def segments(self):
        """Shared memory of all namespaces that a task is in."""
        spaces = {task.nsproxy.ipc_ns.value_(): task.nsproxy.ipc_ns.read_()
                  for task in for_each_task(self.prog) if task.nsproxy}
        for space in spaces.values():
            yield from for_each_sysv_shm(space)

    def describe(self, mapping):
        """The file of the struct address_space at this address, without its pages."""
        if mapping not in self.known:
            self.known[mapping] = self._describe(pointer(self.prog, "struct address_space *", mapping))
        return self.known[mapping]

    def _describe(self, mapping):
        inode = mapping.host.read_()
        common = {"address": f"{inode.value_():#x}"}
        if inode.i_sb.s_type.name.string_() == b"bdev":
            return common | self.describe_device(inode.i_rdev.value_())
        return common | self.describe_file(inode)

    def describe_device(self, dev):
        """Of the pages of a block device itself; its file system is the one that is mounted from it."""
        mounted = [sb.s_type.name.string_().decode() for sb in list_for_each_entry(
            "struct super_block", self.prog["super_blocks"].address_of_(), "s_list")
            if sb.s_bdev and sb.s_dev == dev]
        names = [self.text(part_name(part)) for part in for_each_partition(self.prog)
                 if part_devt(part) == dev]
        return {"kind": "block-device", "fs": (mounted or ["bdev"])[0], "dev": major_minor(dev),
                "inode": None, "deleted": None, "paths": [], "names": names}

    def describe_file(self, inode):
        sb = inode.i_sb.read_()
        fs = sb.s_type.name.string_().decode()
        names = list(hlist_for_each_entry("struct dentry", inode.i_dentry.address_of_(), self.alias))
        kind = self.kind_of(inode, fs, names)
        is_deleted = not inode.i_nlink or bool(names) and all(map(self.is_unhashed, names))
        return {
            "kind": kind,
            "fs": fs,
            "dev": major_minor(sb.s_dev.value_()),
            "inode": inode.i_ino.value_(),
            # The kernel names shared memory, and never puts it into a directory.
            "deleted": None if kind in ("memfd", "sysv", "anon-shm") else is_deleted,
            "paths": sorted({path for name in names for path in self.paths(sb, name)}),
            "names": sorted({"/" + self.text(name.d_name.name.string_()) for name in names}),
        }

    def kind_of(self, inode, fs, names):
        if inode.value_() in self.sysv:
            return "sysv"
        if inode.i_sb.value_() != self.shared_sb:
            return "tmpfs" if fs in ("tmpfs", "devtmpfs", "hugetlbfs", "ramfs", "rootfs") else "file"
        is_memfd = any(name.d_name.name.string_().startswith(b"memfd:") for name in names)
        return "memfd" if is_memfd else "anon-shm"

    @staticmethod
    def is_unhashed(dentry):
        return not dentry.d_hash.pprev

    @staticmethod
    def text(raw):
        return raw.decode("utf-8", "surrogateescape")

    def paths(self, sb, dentry):
        for mount in super_block_for_each_mount(sb):
            below = names_to(dentry, mount.mnt.mnt_root)
            if below is not None:
                yield self.text(b"/" + b"/".join(mount_path(mount) + below))
