/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The memcgs of a dump as words for completion: paths as reports show them, and addresses. */
#ifndef MCD_NAMES_H
#define MCD_NAMES_H

#include <stdbool.h>
#include <stddef.h>

#include "mcd/arena.h"
#include "mcd/status.h"
#include "mcd/target.h"

/* Sorted bytewise, without repetitions. */
struct mcd_word_list {
	const char **words;
	size_t nr;
};

struct mcd_names {
	struct mcd_arena arena; /* of the words */
	bool is_read;
	struct mcd_word_list paths, addresses; /* addresses are bare hex */
};

/* Without a word; allocates nothing. */
void mcd_names_init(struct mcd_names *names);
void mcd_names_deinit(struct mcd_names *names);

/*
 * Finds every memcg, unless that was done before. Fails with the status of mcd_world_discover(),
 * and with MCD_ABSENT where the kernel cannot be decoded; `names` is as it was then.
 */
MCD_MUST_CHECK enum mcd_status mcd_names_read(struct mcd_names *names, struct mcd_target *target);

/* The words that begin with `prefix`: a part of `list`. */
struct mcd_word_list mcd_words_with_prefix(const struct mcd_word_list *list, const char *prefix);

#endif
