// SPDX-License-Identifier: GPL-2.0-or-later
/* See dump.h. */
#include <errno.h>
#include <fcntl.h>
#include <libkdumpfile/kdumpfile.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "mcd/bytes.h"
#include "standalone/dump/dump.h"

enum {
	CACHE_PAGES = 256,
	PAGE_BYTES_MIN = 4096, /* of Linux on any machine */
	PAGE_BYTES_MAX = 1 << 20,
};

static enum mcd_status status_of(kdump_status status)
{
	if (status == KDUMP_OK)
		return MCD_OK;
	return status == KDUMP_ERR_SYSTEM && errno == ENOMEM ? MCD_NO_MEMORY : MCD_FAULT;
}

/* Only what can hold a dump: a FIFO or a terminal would block or give nothing. */
static enum mcd_status check_kind(const struct mcd_dump *dump, struct mcd_error *error)
{
	struct stat file;

	if (fstat(dump->fd, &file))
		return mcd_error_set(error, MCD_FAULT, "%s: %s", dump->path, strerror(errno));
	if (!S_ISREG(file.st_mode) && !S_ISBLK(file.st_mode))
		return mcd_error_set(error, MCD_USAGE, "%s: %s: give the dump's file or partition",
				     dump->path,
				     S_ISDIR(file.st_mode) ? "is a directory" : "not a file");
	return MCD_OK;
}

/* Does not wait for the writer of a FIFO, but for who has a lease on a file: fcntl(2). */
static int open_soon(const char *path)
{
	int flags = O_RDONLY | O_CLOEXEC | O_NOCTTY, fd = open(path, flags | O_NONBLOCK);

	return fd < 0 && errno == EWOULDBLOCK ? open(path, flags) : fd;
}

static enum mcd_status open_file(struct mcd_dump *dump, struct mcd_error *error)
{
	enum mcd_status status = MCD_OK;
	off_t end = 0;

	dump->fd = open_soon(dump->path);
	if (dump->fd < 0)
		return mcd_error_set(error, MCD_FAULT, "%s: %s", dump->path, strerror(errno));
	status = check_kind(dump, error);
	if (status)
		return status;
	end = lseek(dump->fd, 0, SEEK_END);
	if (end < 0)
		return mcd_error_set(error, MCD_FAULT, "%s: %s", dump->path, strerror(errno));
	dump->guard.file_bytes = (uint64_t)end;
	return end ? MCD_OK : mcd_error_set(error, MCD_USAGE, "%s: the file is empty", dump->path);
}

static kdump_status open_context(struct mcd_dump *dump)
{
	/* libkdumpfile 0.5 searches its cache page by page: its 1024 pages cost more than they save. */
	(void)kdump_set_number_attr(dump->ctx, "cache.size", CACHE_PAGES);
	/* Behind the end of a truncated file a mapping has no pages: that would be SIGBUS. */
	(void)kdump_set_number_attr(dump->ctx, KDUMP_ATTR_FILE_MMAP_POLICY, KDUMP_MMAP_NEVER);
	return kdump_open_fd(dump->ctx, dump->fd);
}

static enum mcd_status open_format(struct mcd_dump *dump, struct mcd_error *error)
{
	enum mcd_status result = mcd_headers_check(dump, error);

	if (result)
		return result;
	result = status_of(open_context(dump));
	if (!result)
		return MCD_OK;
	if (result == MCD_NO_MEMORY)
		result = mcd_error_set(error, result,
				       "%s: not enough memory to open it, or it is damaged: %s",
				       dump->path, mcd_dump_reason(dump));
	else
		result = mcd_dump_refuse(dump, error);
	/*
	 * Not freed: kdump_free() of libkdumpfile 0.5.1 follows what a failed open has freed (the
	 * attribute overrides of diskdump.c), e.g. of a dump that ends within its first header.
	 */
	dump->ctx = NULL;
	return result;
}

/* As libkdumpfile calls what the kernel calls otherwise (uname -m). */
static const struct {
	const char *machine, *name;
} machines[] = {
	{ "x86_64", KDUMP_ARCH_X86_64 }, { "i586", KDUMP_ARCH_IA32 },
	{ "i686", KDUMP_ARCH_IA32 },	 { "aarch64", KDUMP_ARCH_AARCH64 },
	{ "ppc64", KDUMP_ARCH_PPC64 },	 { "ppc64le", KDUMP_ARCH_PPC64 },
	{ "s390x", KDUMP_ARCH_S390X },
};

/*
 * A kdump-compressed dump of QEMU's has no name in its header but that of the machine, and
 * libkdumpfile takes it for none: struct disk_dump_header, utsname.machine.
 */
static void name_machine(struct mcd_dump *dump)
{
	enum { MACHINE_AT = 8 + 4 + 4 * 65, MACHINE_BYTES = 65 };
	char header[MACHINE_AT + MACHINE_BYTES] = "";
	const char *name = NULL;

	if (kdump_get_string_attr(dump->ctx, KDUMP_ATTR_ARCH_NAME, &name) == KDUMP_OK ||
	    pread(dump->fd, header, sizeof(header) - 1, 0) != sizeof(header) - 1 ||
	    memcmp(header, "KDUMP   ", 8) != 0)
		return;
	for (size_t i = 0; i < sizeof(machines) / sizeof(machines[0]); i++)
		if (strcmp(header + MACHINE_AT, machines[i].machine) == 0)
			(void)kdump_set_string_attr(dump->ctx, KDUMP_ATTR_ARCH_NAME,
						    machines[i].name);
}

static bool number_of(struct mcd_dump *dump, const char *key, uint64_t *ret)
{
	kdump_num_t number = 0;

	if (kdump_get_number_attr(dump->ctx, key, &number) != KDUMP_OK)
		return false;
	*ret = number;
	return true;
}

/* VMCOREINFO has one too; libkdumpfile 0.5.1 writes past its arrays for page tables of tiny pages. */
static bool is_good_page_size(const struct mcd_dump *dump)
{
	uint64_t bytes = dump->page_bytes, block_bytes = dump->guard.block_bytes;

	return bytes >= PAGE_BYTES_MIN && bytes <= PAGE_BYTES_MAX && !(bytes & (bytes - 1)) &&
	       (!block_bytes || block_bytes == bytes);
}

/* Only VMCOREINFO tells how large the pages of some machines are, such as aarch64. */
static enum mcd_status lack_page_size(const struct mcd_dump *dump, struct mcd_error *error)
{
	const char *machine = NULL;

	if (kdump_get_string_attr(dump->ctx, KDUMP_ATTR_ARCH_NAME, &machine) != KDUMP_OK)
		machine = "its machine";
	return mcd_error_set(error, MCD_FAULT,
			     "%s: has no VMCOREINFO, without which a dump of %s cannot be read: "
			     "QEMU adds it with -device vmcoreinfo, libvirt with <vmcoreinfo "
			     "state='on'/> among the features, kdump always",
			     dump->path, machine);
}

static enum mcd_status read_shape(struct mcd_dump *dump, struct mcd_error *error)
{
	uint64_t byte_order = 0, word_bytes = 0;

	name_machine(dump);
	if (!number_of(dump, KDUMP_ATTR_BYTE_ORDER, &byte_order) ||
	    !number_of(dump, KDUMP_ATTR_PTR_SIZE, &word_bytes) ||
	    (word_bytes != 4 && word_bytes != 8))
		return mcd_error_set(error, MCD_FAULT, "%s: does not tell its machine's word size",
				     dump->path);
	if (!number_of(dump, KDUMP_ATTR_PAGE_SIZE, &dump->page_bytes))
		return lack_page_size(dump, error);
	if (!is_good_page_size(dump))
		return mcd_headers_are_damaged(dump, error);
	dump->is_big_endian = byte_order == KDUMP_BIG_ENDIAN;
	dump->word_bytes = (unsigned int)word_bytes;
	return MCD_OK;
}

/* From here on libkdumpfile translates addresses, and reads memory for that. */
static enum mcd_status expect_linux(struct mcd_dump *dump, struct mcd_error *error)
{
	char release[MCD_INFO_BYTES];

	if (kdump_set_string_attr(dump->ctx, KDUMP_ATTR_OSTYPE, "linux") != KDUMP_OK)
		return mcd_guard_blame(dump,
				       mcd_error_set(error, MCD_FAULT, "%s: %s", dump->path,
						     mcd_dump_reason(dump)),
				       error);
	dump->has_info = mcd_dump_info(dump, "OSRELEASE", release);
	return MCD_OK;
}

static enum mcd_status open_parts(struct mcd_dump *dump, struct mcd_error *error)
{
	enum mcd_status status = open_file(dump, error);

	if (status)
		return status;
	dump->ctx = kdump_new();
	if (!dump->ctx || !mcd_dump_add_callbacks(dump))
		return mcd_error_set(error, MCD_NO_MEMORY, "%s: not enough memory", dump->path);
	status = open_format(dump, error);
	if (!status)
		status = read_shape(dump, error);
	if (!status)
		status = mcd_guard_init(dump, error);
	return status ? status : expect_linux(dump, error);
}

enum mcd_status mcd_dump_open(struct mcd_dump *dump, const char *path, struct mcd_error *error)
{
	enum mcd_status status;

	*dump = (struct mcd_dump){ .path = path, .fd = -1 };
	status = open_parts(dump, error);
	if (status)
		mcd_dump_close(dump);
	return status;
}

void mcd_dump_close(struct mcd_dump *dump)
{
	if (dump->ctx)
		kdump_free(dump->ctx);
	if (dump->fd >= 0)
		(void)close(dump->fd);
	mcd_guard_deinit(dump);
	dump->ctx = NULL;
	dump->fd = -1;
}

/*
 * After a page that it failed to give, libkdumpfile's cache may not be used any more: guard.c. A context
 * that cannot be opened is not freed either; open_format() says why.
 */
static bool renew_context(struct mcd_dump *dump)
{
	struct _kdump_ctx *old = dump->ctx;
	struct mcd_error error = { "" };
	bool is_open;

	dump->ctx = kdump_new();
	is_open = dump->ctx && mcd_dump_add_callbacks(dump) && open_context(dump) == KDUMP_OK;
	if (!is_open) {
		dump->ctx = old;
		return false;
	}
	kdump_free(old);
	name_machine(dump);
	dump->guard.is_upset = false;
	return !mcd_dump_translate_by(dump, dump->find_symbol, dump->find_context, &error);
}

static enum mcd_status read_space(struct mcd_dump *dump, kdump_addrspace_t space, uint64_t addr,
				  void *buffer, size_t size)
{
	size_t got = size;
	kdump_status status = kdump_read(dump->ctx, space, addr, buffer, &got);

	if (status == KDUMP_OK && got == size)
		return MCD_OK;
	if (status == KDUMP_ERR_CORRUPT)
		dump->guard.is_damaged = dump->guard.has_refused = true;
	dump->guard.is_upset |= dump->guard.block_bytes != 0;
	return status == KDUMP_OK ? MCD_FAULT : status_of(status);
}

enum mcd_status mcd_dump_read(struct mcd_dump *dump, uint64_t addr, void *buffer, size_t size)
{
	if (dump->guard.is_upset && !renew_context(dump))
		return MCD_FAULT;
	if (mcd_guard_refuses(dump, addr, size))
		return MCD_FAULT;
	return read_space(dump, KDUMP_KVADDR, addr, buffer, size);
}

enum mcd_status mcd_dump_read_phys(struct mcd_dump *dump, uint64_t addr, void *buffer, size_t size)
{
	if (dump->guard.is_upset && !renew_context(dump))
		return MCD_FAULT;
	if (mcd_guard_refuses_phys(dump, addr, size))
		return MCD_FAULT;
	return read_space(dump, KDUMP_KPHYSADDR, addr, buffer, size);
}

const char *mcd_dump_reason(const struct mcd_dump *dump)
{
	const char *reason = kdump_get_err(dump->ctx);

	return reason ? reason : "";
}

uint64_t mcd_dump_uint(const struct mcd_dump *dump, const void *bytes, size_t size)
{
	return mcd_uint_of_bytes(bytes, size, dump->is_big_endian);
}

bool mcd_dump_read_uint(struct mcd_dump *dump, uint64_t addr, size_t size, uint64_t *ret)
{
	unsigned char bytes[8];

	if (mcd_dump_read(dump, addr, bytes, size))
		return false;
	*ret = mcd_dump_uint(dump, bytes, size);
	return true;
}

bool mcd_dump_info(struct mcd_dump *dump, const char *key, char ret[MCD_INFO_BYTES])
{
	char *value = NULL;
	bool is_known = kdump_vmcoreinfo_line(dump->ctx, key, &value) == KDUMP_OK &&
			strlen(value) < MCD_INFO_BYTES;

	if (is_known)
		snprintf(ret, MCD_INFO_BYTES, "%s", value);
	free(value);
	return is_known;
}

bool mcd_dump_info_symbol(struct mcd_dump *dump, const char *name, uint64_t *ret)
{
	kdump_addr_t addr = 0;

	if (kdump_vmcoreinfo_symbol(dump->ctx, name, &addr) != KDUMP_OK)
		return false;
	*ret = addr;
	return true;
}
