/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The help page of `dangling` in crash's form: name, summary, synopsis, then the text. */
#ifndef MCD_HELP_H
#define MCD_HELP_H

static char *help_dangling[] = {
	"dangling",
	"removed memory cgroups that are still referenced",
	"[-aklu] [-n COUNT] [-o FILE] [-m MEMCG]... [MEMCG]...",
	"  text",
	NULL,
};

#endif
