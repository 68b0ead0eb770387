// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * rawread ADDR BYTES BLOCK, a command of crash: reads BYTES of kernel memory from ADDR on through crash's
 * readmem() in blocks of BLOCK bytes, and does nothing with them. Prints the milliseconds that took and how
 * many bytes the dump had. crash's own `rd -r` writes them to a file, too, and ends at the first hole.
 */
#include <defs.h>

#include <time.h>

static double now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec * 1e3 + (double)now.tv_nsec / 1e6;
}

static void cmd_rawread(void)
{
	ulong addr, end, block, got = 0;
	double started;
	char *buffer;

	if (argcnt != 4)
		cmd_usage(pc->curcmd, SYNOPSIS);
	addr = htol(args[1], FAULT_ON_ERROR, NULL);
	end = addr + stol(args[2], FAULT_ON_ERROR, NULL);
	block = stol(args[3], FAULT_ON_ERROR, NULL);
	buffer = GETBUF(block);
	started = now_ms();
	for (; addr < end; addr += block) {
		long size = end - addr < block ? end - addr : block;

		if (readmem(addr, KVADDR, buffer, size, "rawread", RETURN_ON_ERROR | QUIET))
			got += size;
	}
	fprintf(fp, "%.3f %lu\n", now_ms() - started, got);
	FREEBUF(buffer);
}

static char *help_rawread[] = { "rawread", "reads memory", "ADDR BYTES BLOCK", NULL };

static struct command_table_entry command_table[] = {
	{ "rawread", cmd_rawread, help_rawread, 0 },
	{ NULL, NULL, NULL, 0 },
};

static void __attribute__((constructor)) load(void)
{
	register_extension(command_table);
}
