// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * raw-read VMCORE ADDR BYTES BLOCK: reads BYTES of kernel memory from ADDR on through libkdumpfile, with its
 * own settings, in blocks of BLOCK bytes, and does nothing with them. Prints the milliseconds that took,
 * without those of the opening, and how many bytes the dump had. What any reader of a dump cannot do without.
 *
 * ADDR may be "*X": the pointer that is at X, where X counts from the kernel's link address: KASLR is
 * added.
 */
#include <fcntl.h>
#include <libkdumpfile/kdumpfile.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

static void die(const char *what, kdump_ctx_t *ctx)
{
	const char *why = ctx ? kdump_get_err(ctx) : NULL;

	fprintf(stderr, "raw-read: %s: %s\n", what, why ? why : "no");
	exit(1);
}

static kdump_ctx_t *open_dump(const char *path)
{
	kdump_ctx_t *ctx = kdump_new();
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (!ctx || fd < 0)
		die(path, NULL);
	if (kdump_open_fd(ctx, fd) != KDUMP_OK ||
	    kdump_set_string_attr(ctx, KDUMP_ATTR_OSTYPE, "linux") != KDUMP_OK)
		die(path, ctx);
	return ctx;
}

static uint64_t kaslr_of(kdump_ctx_t *ctx)
{
	char *line = NULL;
	uint64_t offset;

	if (kdump_vmcoreinfo_line(ctx, "KERNELOFFSET", &line) != KDUMP_OK)
		return 0;
	offset = strtoull(line, NULL, 16);
	free(line);
	return offset;
}

static uint64_t addr_of(kdump_ctx_t *ctx, const char *text)
{
	uint64_t addr = 0;
	size_t size = sizeof(addr);

	if (text[0] != '*')
		return strtoull(text, NULL, 16);
	if (kdump_read(ctx, KDUMP_KVADDR, strtoull(text + 1, NULL, 16) + kaslr_of(ctx), &addr,
		       &size) != KDUMP_OK)
		die(text, ctx);
	return addr;
}

static double now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec * 1e3 + (double)now.tv_nsec / 1e6;
}

int main(int argc, char **argv)
{
	uint64_t addr, end, got = 0;
	size_t block;
	kdump_ctx_t *ctx;
	char *buffer;
	double started;

	if (argc != 5) {
		fprintf(stderr, "usage: raw-read VMCORE ADDR BYTES BLOCK\n");
		return 2;
	}
	ctx = open_dump(argv[1]);
	addr = addr_of(ctx, argv[2]);
	end = addr + strtoull(argv[3], NULL, 0);
	block = strtoull(argv[4], NULL, 0);
	buffer = malloc(block);
	if (!buffer || !block)
		die(argv[4], NULL);
	started = now_ms();
	for (; addr < end; addr += block) {
		size_t size = end - addr < block ? end - addr : block;

		(void)kdump_read(ctx, KDUMP_KVADDR, addr, buffer, &size);
		got += size;
	}
	printf("%.3f %llu\n", now_ms() - started, (unsigned long long)got);
	kdump_free(ctx);
	free(buffer);
	return 0;
}
