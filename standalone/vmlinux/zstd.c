// SPDX-License-Identifier: GPL-2.0-or-later
/* A vmlinux.zst decompressed into memory; elfutils 0.188 is often built without zstd. See image.h. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>
#include <zstd.h>

#include "standalone/vmlinux/image.h"

#define IMAGE_BYTES_MAX ((uint64_t)4 << 30) /* the largest vmlinux known has 1 GB */

struct stream {
	ZSTD_DStream *zstd;
	ZSTD_inBuffer in;
	ZSTD_outBuffer out;
	uint64_t nr_bytes; /* written so far */
};

static bool write_all(int fd, const char *bytes, size_t size)
{
	while (size) {
		ssize_t written = write(fd, bytes, size);

		if (written <= 0)
			return false;
		bytes += written;
		size -= (size_t)written;
	}
	return true;
}

/* Decompresses all of stream->in; `*ret_is_end`: a frame ended with it. */
static bool decompress_some(struct stream *stream, int to, bool *ret_is_end)
{
	while (stream->in.pos < stream->in.size) {
		size_t left;

		stream->out.pos = 0;
		left = ZSTD_decompressStream(stream->zstd, &stream->out, &stream->in);
		stream->nr_bytes += stream->out.pos;
		if (ZSTD_isError(left) || stream->nr_bytes > IMAGE_BYTES_MAX ||
		    !write_all(to, stream->out.dst, stream->out.pos))
			return false;
		*ret_is_end = !left;
	}
	return true;
}

static bool decompress(struct stream *stream, int from, int to)
{
	size_t size = ZSTD_DStreamInSize();
	void *in = malloc(size);
	off_t at = 0;
	ssize_t nr = in ? 1 : -1;
	bool is_end = false;

	while (nr > 0) {
		nr = pread(from, in, size, at);
		stream->in = (ZSTD_inBuffer){ in, nr > 0 ? (size_t)nr : 0, 0 };
		at += nr;
		if (!decompress_some(stream, to, &is_end))
			nr = -1;
	}
	free(in);
	return nr == 0 && is_end;
}

static bool is_zstd(int fd)
{
	static const unsigned char magic[] = { 0x28, 0xb5, 0x2f, 0xfd };
	unsigned char found[sizeof(magic)];

	return pread(fd, found, sizeof(found), 0) == sizeof(found) &&
	       memcmp(found, magic, sizeof(magic)) == 0;
}

enum mcd_status mcd_zstd_open(int fd, const char *path, int *ret, struct mcd_error *error)
{
	size_t size = ZSTD_DStreamOutSize();
	struct stream stream = { .out = { .size = size } };
	bool is_done;

	if (!is_zstd(fd))
		return MCD_ABSENT;
	*ret = memfd_create("vmlinux", MFD_CLOEXEC);
	stream.out.dst = malloc(size);
	stream.zstd = ZSTD_createDStream();
	is_done = *ret >= 0 && stream.out.dst && stream.zstd && decompress(&stream, fd, *ret);
	ZSTD_freeDStream(stream.zstd);
	free(stream.out.dst);
	if (is_done)
		return MCD_OK;
	if (*ret >= 0)
		(void)close(*ret);
	*ret = -1;
	return mcd_error_set(error, MCD_USAGE, "%s: zstd cannot decompress it: zstd -t %s", path,
			     path);
}
