/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * pin: the guest's tool that makes memory cgroups dangle and tells what the kernel says of them.
 *
 * Every GROUP is a path below the mounted hierarchy, "/a/b"; the environment variable MCD_MOUNT
 * names the mount point. Whatever goes wrong ends the program with a message: the guest's script
 * then gives up, since a dump that differs from its facts is worse than none.
 */
#ifndef PIN_H
#define PIN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

/* Ends the program; the message is followed by errno's text if errno is set. */
void die(const char *format, ...) __attribute__((format(printf, 1, 2), noreturn));

/* The path of a group's directory, or of a file in it ("" for the directory); on the heap. */
char *group_path(const char *group, const char *file);

/* Moves the calling process; charges that it made stay where they are. */
void group_join(const char *group);

/* Writes all of a string into an existing file. */
void write_text(const char *path, const char *text);

/* A number of an argument or a control file: decimal bytes, or with a suffix K or M. */
long long parse_number(const char *text);

/*
 * Anonymous memory of its own mapping, never huge; unmapping it leaves nothing behind in the group,
 * which free() would not promise.
 */
void *map_anon(size_t bytes);

/* The calling process runs on that CPU only. */
void run_on(long cpu);

/*
 * Charges to the calling process's group, on one CPU, a page and a kernel object, which remain until it
 * ends: see command_scrub().
 */
void scrub(long cpu);

/* Text as a string of JSON; its bytes as they are, but for what JSON cannot hold. */
void print_string(FILE *out, const char *text);

/* Fills memory with bytes that neither compress to nothing nor count as zero pages. */
void fill(void *memory, size_t bytes);

/* Commands. argv[0] is the command's own name; argc was checked. */
void command_anon(char **argv);		/* hold.c: anon GROUP BYTES */
void command_thp(char **argv);		/* hold.c: thp GROUP, one huge page */
void command_folio(char **argv);		/* hold.c: folio GROUP BYTES, one large folio of that size */
void command_hugetlb(char **argv);	/* hold.c: hugetlb GROUP, one page that is in no file */
void command_shared(char **argv);	/* hold.c: shared GROUP BYTES, of no file */
void command_memfd(char **argv);	/* hold.c: memfd GROUP NAME BYTES */
void command_read(char **argv);		/* hold.c: read GROUP FILE OFFSET BYTES */
void command_deleted(char **argv);	/* hold.c: deleted GROUP FILE BYTES */
void command_mlock(char **argv);	/* hold.c: mlock GROUP FILE BYTES */
void command_inotify(char **argv);	/* kernel.c: inotify GROUP */
void command_fanotify(char **argv);	/* kernel.c: fanotify GROUP */
void command_pipe(char **argv);		/* kernel.c: pipe GROUP BYTES */
void command_zombie(char **argv);	/* kernel.c: zombie GROUP */
void command_sockets(char **argv);	/* sockets.c: sockets GROUP FAMILY */
void command_tcp(char **argv);		/* tcp.c: tcp GROUP CONNECTIONS BYTES */
void command_listen(char **argv);	/* tcp.c: listen GROUP CONNECTIONS */
void command_orphan(char **argv);	/* tcp.c: orphan GROUP BYTES */
void command_stock(char **argv);	/* stock.c: stock GROUP OTHER */
void command_oom(char **argv);		/* hold.c: oom GROUP COUNT */
void command_file(char **argv);		/* once.c: file GROUP FILE BYTES */
void command_sysv(char **argv);		/* once.c: sysv GROUP KEY BYTES */
void command_hugetlb_file(char **argv);	/* once.c: hugetlb-file GROUP FILE, one page long */
void command_metadata(char **argv);	/* once.c: metadata GROUP DIRECTORY COUNT */
void command_scrub(char **argv);	/* once.c: scrub GROUP */
void command_facts(char **argv);	/* facts.c: facts GROUP [KEY=NUMBER] */
void command_remove(char **argv);	/* facts.c: remove GROUP [KEY=NUMBER] */
void command_made(char **argv);		/* made.c: made GROUP KIND [KEY=VALUE]… */

#endif
