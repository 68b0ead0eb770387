// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Which kernel was dumped. init/version.c has its release and machine; the linker put the build-id
 * among the notes that /sys/kernel/notes shows (kernel/ksysfs.c), and the kernel makes a copy of it
 * at boot (lib/buildid.c).
 */
#include <string.h>

#include "mcd/build_id.h"
#include "mcd/identity.h"

enum {
	NOTES_BYTES_MAX = 64 * 1024,
	VMLINUX_BUILD_ID_BYTES = 20, /* BUILD_ID_SIZE_MAX of include/linux/buildid.h */
};

static struct mcd_text text_from(enum mcd_status status, const char *text)
{
	if (!status)
		return (struct mcd_text){ .known = MCD_KNOWN, .text = text };
	return (struct mcd_text){ .known = status == MCD_ABSENT ? MCD_NA : MCD_UNREADABLE };
}

/* A member of the first uts namespace, whose names no container changes. */
static enum mcd_status read_utsname(struct mcd_target *target, struct mcd_arena *arena,
				    enum mcd_layout_id member, struct mcd_text *ret)
{
	const struct mcd_layout_answer *answer = mcd_layout_ask(target, member);
	uint64_t addr = 0;
	const char *text = NULL;
	enum mcd_status status = mcd_layout_value(target, SYM(init_uts_ns), &addr);

	if (!status)
		status = mcd_field_addr(target, addr, M(uts_namespace, name), &addr);
	if (!status)
		status = mcd_field_addr(target, addr, member, &addr);
	if (!status)
		status = mcd_read_string(target, arena, addr, (size_t)answer->size_bytes,
					 "init_uts_ns", &text);
	*ret = text_from(status, text);
	return mcd_is_fatal(status) ? status : MCD_OK;
}

/* All notes at once: they are a few hundred bytes. */
static enum mcd_status read_notes(struct mcd_target *target, struct mcd_arena *arena,
				  char ret[MCD_BUILD_ID_TEXT])
{
	uint64_t start = 0, stop = 0;
	void *notes = NULL;
	enum mcd_status status = mcd_layout_value(target, SYM(__start_notes), &start);

	if (!status)
		status = mcd_layout_value(target, SYM(__stop_notes), &stop);
	if (status)
		return status;
	if (stop - start > NOTES_BYTES_MAX)
		return mcd_error_set(&target->error, MCD_CORRUPT, "__stop_notes");
	notes = mcd_arena_alloc(arena, (size_t)(stop - start));
	if (!notes)
		return mcd_error_set(&target->error, MCD_NO_MEMORY, "notes");
	status = mcd_read(target, start, notes, (size_t)(stop - start), "notes");
	return status ? status
		      : mcd_build_id_of_notes(notes, (size_t)(stop - start), target->is_big_endian,
					      ret);
}

/* The kernel's copy; zeroes where it found none. */
static enum mcd_status read_copy(struct mcd_target *target, char ret[MCD_BUILD_ID_TEXT])
{
	unsigned char bytes[VMLINUX_BUILD_ID_BYTES];
	uint64_t addr = 0;
	enum mcd_status status = mcd_layout_value(target, SYM(vmlinux_build_id), &addr);

	if (!status)
		status = mcd_read(target, addr, bytes, sizeof(bytes), "build-id");
	if (status)
		return status;
	mcd_build_id_print(bytes, sizeof(bytes), ret);
	return strspn(ret, "0") == 2 * sizeof(bytes) ? MCD_ABSENT : MCD_OK;
}

static enum mcd_status read_build_id(struct mcd_target *target, struct mcd_arena *arena,
				     struct mcd_text *ret)
{
	char hex[MCD_BUILD_ID_TEXT] = "";
	const char *text = NULL;
	enum mcd_status status = read_notes(target, arena, hex);

	if (status && !mcd_is_fatal(status)) {
		enum mcd_status copied = read_copy(target, hex);

		status = copied == MCD_ABSENT ? status : copied;
	}
	if (!status) {
		text = mcd_arena_strndup(arena, hex, strlen(hex));
		if (!text)
			status = mcd_error_set(&target->error, MCD_NO_MEMORY, "build-id");
	}
	*ret = text_from(status, text);
	return mcd_is_fatal(status) ? status : MCD_OK;
}

enum mcd_status mcd_identity_read(struct mcd_target *target, struct mcd_arena *arena,
				  struct mcd_identity *ret)
{
	enum mcd_status status = read_utsname(target, arena, M(new_utsname, release),
					      &ret->release);

	if (!status)
		status = read_utsname(target, arena, M(new_utsname, machine), &ret->arch);
	return status ? status : read_build_id(target, arena, &ret->build_id);
}
