// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Address translation of a dump without VMCOREINFO: what libkdumpfile would have found there it
 * asks callbacks for, which know the vmlinux's symbols and QEMU's registers. See dump.h.
 */
#include <libkdumpfile/addrxlat.h>
#include <libkdumpfile/kdumpfile.h>
#include <string.h>

#include "standalone/dump/dump.h"

static addrxlat_status register_value(const addrxlat_cb_t *callback, const char *name,
				      addrxlat_addr_t *ret)
{
	const struct mcd_dump *dump = callback->priv;

	if (!dump->has_registers)
		return callback->next->reg_value(callback->next, name, ret);
	if (strcmp(name, "cr3") == 0)
		*ret = dump->cr3;
	else if (strcmp(name, "cr4") == 0)
		*ret = dump->cr4;
	else
		return callback->next->reg_value(callback->next, name, ret);
	return ADDRXLAT_OK;
}

/*
 * Where libkdumpfile looks for a utsname, which nobody here needs. It would refuse a dump in which it
 * is damaged.
 */
static bool is_utsname(const char *name)
{
	return strcmp(name, "init_uts_ns") == 0 || strcmp(name, "system_utsname") == 0;
}

static addrxlat_status symbol_value(const addrxlat_cb_t *callback, const char *name,
				    addrxlat_addr_t *ret)
{
	const struct mcd_dump *dump = callback->priv;
	uint64_t addr = 0;

	if (is_utsname(name))
		return ADDRXLAT_ERR_NODATA;
	if (!dump->find_symbol || !dump->find_symbol(dump->find_context, name, &addr))
		return callback->next->sym_value(callback->next, name, ret);
	*ret = addr;
	return ADDRXLAT_OK;
}

/* Pages of page tables. */
static addrxlat_status get_page(const addrxlat_cb_t *callback, addrxlat_buffer_t *buffer)
{
	struct mcd_dump *dump = callback->priv;
	addrxlat_status status;

	if (dump->guard.is_upset ||
	    mcd_guard_refuses_page(dump, buffer->addr.addr, buffer->addr.as == ADDRXLAT_KVADDR))
		return ADDRXLAT_ERR_NODATA;
	status = callback->next->get_page(callback->next, buffer);
	dump->guard.is_upset = status != ADDRXLAT_OK && dump->guard.block_bytes;
	return status;
}

/*
 * The others go on to libkdumpfile's own. The defaults of libaddrxlat would do that, but up to 0.5.4
 * they hand on the outer callback, so that libkdumpfile takes our `priv` for its own (next_*_cb() in
 * src/addrxlat/ctx.c).
 */
static addrxlat_status symbol_size(const addrxlat_cb_t *callback, const char *name,
				   addrxlat_addr_t *ret)
{
	return callback->next->sym_sizeof(callback->next, name, ret);
}

static addrxlat_status member_offset(const addrxlat_cb_t *callback, const char *type,
				     const char *member, addrxlat_addr_t *ret)
{
	return callback->next->sym_offsetof(callback->next, type, member, ret);
}

static addrxlat_status number_value(const addrxlat_cb_t *callback, const char *name,
				    addrxlat_addr_t *ret)
{
	return callback->next->num_value(callback->next, name, ret);
}

bool mcd_dump_add_callbacks(struct mcd_dump *dump)
{
	addrxlat_ctx_t *translation = NULL;
	addrxlat_cb_t *callback;

	if (kdump_get_addrxlat(dump->ctx, &translation, NULL) != KDUMP_OK)
		return false;
	callback = addrxlat_ctx_add_cb(translation);
	if (callback) {
		callback->priv = dump;
		callback->get_page = get_page;
		callback->reg_value = register_value;
		callback->sym_value = symbol_value;
		callback->sym_sizeof = symbol_size;
		callback->sym_offsetof = member_offset;
		callback->num_value = number_value;
	}
	addrxlat_ctx_decref(translation);
	return callback;
}

enum mcd_status mcd_dump_translate_by(struct mcd_dump *dump,
				      bool (*find_symbol)(const void *context, const char *name,
							  uint64_t *ret),
				      const void *context, struct mcd_error *error)
{
	dump->find_symbol = find_symbol;
	dump->find_context = context;
	mcd_guard_forget(&dump->guard);
	/* An x86_64 kernel that was not moved begins at its link address; registers know better. */
	if (find_symbol && !dump->has_registers)
		(void)kdump_set_address_attr(dump->ctx, KDUMP_ATTR_XLAT_DEFAULT ".phys_base", 0);
	if (kdump_set_string_attr(dump->ctx, KDUMP_ATTR_OSTYPE, "linux") != KDUMP_OK)
		return mcd_error_set(error, MCD_FAULT, "%s: %s", dump->path, mcd_dump_reason(dump));
	return MCD_OK;
}
