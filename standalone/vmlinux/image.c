// SPDX-License-Identifier: GPL-2.0-or-later
/* See image.h. */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "standalone/vmlinux/image.h"

static enum mcd_status open_elf(struct mcd_image *image, struct mcd_error *error)
{
	int fd = -1;
	enum mcd_status status = mcd_image_decompress(image->fd, image->path, &fd, error);

	if (status && status != MCD_ABSENT)
		return status;
	if (!status) {
		(void)close(image->fd);
		image->fd = fd;
	}
	image->elf = elf_begin(image->fd, ELF_C_READ_MMAP, NULL);
	if (image->elf && elf_kind(image->elf) == ELF_K_ELF)
		return MCD_OK;
	elf_end(image->elf);
	return mcd_error_set(error, MCD_USAGE,
			     "%s: neither an ELF file nor one in xz, zstd, gzip or bzip2",
			     image->path);
}

static void find_build_id(struct mcd_image *image)
{
	Elf_Scn *section = NULL;
	GElf_Shdr header;

	while (!image->build_id[0] && (section = elf_nextscn(image->elf, section))) {
		Elf_Data *data;

		if (!gelf_getshdr(section, &header) || header.sh_type != SHT_NOTE)
			continue;
		/* Raw: libelf's own conversion would not matter for what is looked at. */
		data = elf_rawdata(section, NULL);
		if (data && data->d_buf)
			(void)!mcd_build_id_of_notes(data->d_buf, data->d_size,
						     elf_getident(image->elf, NULL)[EI_DATA] ==
							     ELFDATA2MSB,
						     image->build_id);
	}
}

/* Reading a FIFO would wait for its writer. */
static enum mcd_status check_kind(const struct mcd_image *image, struct mcd_error *error)
{
	struct stat file;

	if (fstat(image->fd, &file) == 0 && S_ISREG(file.st_mode))
		return MCD_OK;
	return mcd_error_set(error, MCD_USAGE, "%s: not a file", image->path);
}

enum mcd_status mcd_image_open(struct mcd_image *image, const char *path, struct mcd_error *error)
{
	enum mcd_status status;

	*image = (struct mcd_image){ .path = path };
	elf_version(EV_CURRENT);
	image->fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	if (image->fd < 0)
		return mcd_error_set(error, errno == ENOENT ? MCD_ABSENT : MCD_FAULT, "%s: %s",
				     path, strerror(errno));
	status = check_kind(image, error);
	if (!status)
		status = open_elf(image, error);
	if (status) {
		(void)close(image->fd);
		return status;
	}
	find_build_id(image);
	return MCD_OK;
}

void mcd_image_close(struct mcd_image *image)
{
	elf_end(image->elf);
	(void)close(image->fd);
}

Elf_Scn *mcd_image_section(struct mcd_image *image, unsigned int type, const char *name,
			   GElf_Shdr *ret_header)
{
	Elf_Scn *section = NULL;
	size_t names = 0;

	if (elf_getshdrstrndx(image->elf, &names))
		return NULL;
	while ((section = elf_nextscn(image->elf, section))) {
		const char *found;

		if (!gelf_getshdr(section, ret_header) ||
		    (type != SHT_NULL && ret_header->sh_type != type))
			continue;
		found = elf_strptr(image->elf, names, ret_header->sh_name);
		if (!name || (found && strcmp(found, name) == 0))
			return section;
	}
	return NULL;
}

bool mcd_image_has_dwarf(struct mcd_image *image)
{
	GElf_Shdr header;

	return (mcd_image_section(image, SHT_PROGBITS, ".debug_info", &header) ||
		mcd_image_section(image, SHT_PROGBITS, ".zdebug_info", &header)) &&
	       header.sh_size > 0;
}

static bool holds(const GElf_Shdr *section, uint64_t addr)
{
	return section->sh_type == SHT_PROGBITS && (section->sh_flags & SHF_ALLOC) &&
	       addr >= section->sh_addr && addr - section->sh_addr < section->sh_size;
}

size_t mcd_image_read(struct mcd_image *image, uint64_t addr, void *buffer, size_t size)
{
	Elf_Scn *section = NULL;
	GElf_Shdr header;

	while ((section = elf_nextscn(image->elf, section))) {
		Elf_Data *data;
		uint64_t at;

		if (!gelf_getshdr(section, &header) || !holds(&header, addr))
			continue;
		at = addr - header.sh_addr;
		data = elf_rawdata(section, NULL);
		if (!data || !data->d_buf || data->d_size <= at)
			return 0;
		size = size < data->d_size - at ? size : data->d_size - at;
		memcpy(buffer, (const char *)data->d_buf + at, size);
		return size;
	}
	return 0;
}
