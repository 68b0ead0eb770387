// SPDX-License-Identifier: GPL-2.0-or-later
/* Sockets in words: what they are, between whom, and who has them open. See socket.h. */
#include <arpa/inet.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "socket.h"

enum {
	ADDRESS_BYTES = INET6_ADDRSTRLEN + 12, /* with brackets and a port */
	PATH_BYTES = 108,		       /* of struct sockaddr_un */
	SUN_PATH = 2,			       /* its offset there */
};

/* As ss prints them. */
static const char *const states[] = {
	[1] = "ESTABLISHED", [2] = "SYN_SENT", [3] = "SYN_RECV",   [4] = "FIN_WAIT1",
	[5] = "FIN_WAIT2",   [7] = "CLOSE",    [8] = "CLOSE_WAIT", [9] = "LAST_ACK",
	[10] = "LISTEN",     [11] = "CLOSING",
};

struct words {
	char *text;
	size_t length;
};

/* What does not fit is left out. */
static void MCD_PRINTF(2, 3) say(struct words *words, const char *format, ...)
{
	va_list args;
	int length;

	va_start(args, format);
	length = vsnprintf(words->text + words->length, MCD_SOCK_WORDS - words->length, format,
			   args);
	va_end(args);
	words->length += length < 0 ? 0 : (size_t)length;
	if (words->length >= MCD_SOCK_WORDS)
		words->length = MCD_SOCK_WORDS - 1;
}

/* ---- the internet ---- */

struct end {
	enum mcd_sock_field ip, ip6;
	uint64_t port;
};

static bool is_zero(const unsigned char *bytes, size_t size)
{
	for (size_t i = 0; i < size; i++)
		if (bytes[i])
			return false;
	return true;
}

/* Up to v3.12 addresses of IPv6 are elsewhere. False: there is none. */
static bool write_end(const struct mcd_record *sock, const struct end *end, char ret[ADDRESS_BYTES])
{
	bool is_6 = mcd_record_uint(sock, SK_FAMILY) == AF_OF_INET6;
	enum mcd_sock_field field = is_6 ? end->ip6 : end->ip;
	size_t size = is_6 ? sizeof(struct in6_addr) : sizeof(struct in_addr);
	char address[INET6_ADDRSTRLEN] = "?";
	bool is_known = sock->form->has[field] && sock->form->places[field].size_bytes == size;

	if (is_known)
		inet_ntop(is_6 ? AF_INET6 : AF_INET, mcd_sock_bytes(sock, field), address,
			  sizeof(address));
	snprintf(ret, ADDRESS_BYTES, is_6 ? "[%s]:%" PRIu64 : "%s:%" PRIu64, address, end->port);
	return end->port || (is_known && !is_zero(mcd_sock_bytes(sock, field), size));
}

static void say_ends(struct words *words, const struct mcd_record *sock)
{
	const unsigned char *port = mcd_sock_bytes(sock, SK_REMOTE_PORT);
	const struct end local = { SK_LOCAL_IP, SK_LOCAL_IP6,
				   mcd_record_uint(sock, SK_LOCAL_PORT) };
	struct end remote = { SK_REMOTE_IP, SK_REMOTE_IP6, 0 };
	uint64_t state = mcd_record_uint(sock, SK_STATE);
	char text[ADDRESS_BYTES];

	if (sock->form->has[SK_REMOTE_PORT])
		remote.port = (uint64_t)port[0] << 8 | port[1];
	if (write_end(sock, &local, text))
		say(words, " %s", text);
	if (write_end(sock, &remote, text))
		say(words, " -> %s", text);
	if (state != TCP_CLOSE && state < sizeof(states) / sizeof(states[0]) && states[state])
		say(words, " %s", states[state]);
}

/* ---- unix ---- */

/* "/run/x", "@x" of the abstract ones, whose names have any bytes; most sockets have none. */
static enum mcd_status say_path(struct words *words, struct mcd_world *world,
				const struct mcd_record *sock)
{
	struct mcd_target *target = world->target;
	uint64_t address = 0, length = 0, name = 0;
	char path[PATH_BYTES + 1] = "";
	enum mcd_status status = sock->addr ? mcd_field(target, sock->addr, M(unix_sock, addr),
							&address)
					    : MCD_ABSENT;

	if (!status && address)
		status = mcd_field(target, address, M(unix_address, len), &length);
	if (!status && address)
		status = mcd_field_addr(target, address, M(unix_address, name), &name);
	if (length <= SUN_PATH || length > SUN_PATH + PATH_BYTES)
		return mcd_is_fatal(status) ? status : MCD_OK;
	if (!status)
		status = mcd_read(target, name + SUN_PATH, path, length - SUN_PATH, "unix_address");
	if (status)
		return mcd_is_fatal(status) ? status : MCD_OK;
	if (*path)
		say(words, " %s", path);
	else
		say(words, " @%s", path + 1);
	return MCD_OK;
}

/* ---- who has it ---- */

static void say_net(struct words *words, struct mcd_target *target, const struct mcd_record *sock)
{
	uint64_t common = 0, number = 0;
	enum mcd_status status = mcd_field_addr(target, mcd_record_uint(sock, SK_NET), M(net, ns),
						&common);

	if (!status)
		status = mcd_field(target, common, M(ns_common, inum), &number);
	if (!status)
		say(words, " in net:[%" PRIu64 "]", number);
}

const struct mcd_open_file *mcd_sock_listener(const struct mcd_sockets *sockets,
					      const struct mcd_record *sock)
{
	if (mcd_record_uint(sock, SK_SOCKET) || !sockets->dead || !sock->form->has[SK_FLAGS] ||
	    (mcd_record_uint(sock, SK_FLAGS) & sockets->dead))
		return NULL;
	for (size_t i = 0; i < sockets->nr_listeners; i++) {
		const struct mcd_listener *listener = &sockets->listeners[i];

		if (listener->net == mcd_record_uint(sock, SK_NET) &&
		    listener->port == mcd_record_uint(sock, SK_LOCAL_PORT))
			return listener->file;
	}
	return NULL;
}

/* Closed by its task, and not done with its data yet; or not handed to a task so far. */
static void say_closed(struct words *words, const struct mcd_sockets *sockets,
		       const struct mcd_record *sock)
{
	const struct mcd_open_file *listener = mcd_sock_listener(sockets, sock);

	if (!sockets->dead || !sock->form->has[SK_FLAGS]) {
		say(words, ", nobody has it open");
		return;
	}
	if (mcd_record_uint(sock, SK_FLAGS) & sockets->dead) {
		say(words, ", orphaned");
		return;
	}
	say(words, ", not accepted yet");
	if (listener)
		say(words, ", listener held by %u (%s) fd %d", listener->pid, listener->comm,
		    listener->fd);
}

static enum mcd_status say_holder(struct words *words, struct mcd_sockets *sockets,
				  const struct mcd_record *sock, const struct mcd_open_file *holder)
{
	struct mcd_target *target = sockets->audit->world->target;
	uint64_t socket = mcd_record_uint(sock, SK_SOCKET), file = 0;
	enum mcd_status status = MCD_OK;

	if (holder) {
		say(words, ", held by %u (%s) fd %d", holder->pid, holder->comm, holder->fd);
		return MCD_OK;
	}
	if (!socket) {
		say_closed(words, sockets, sock);
		return MCD_OK;
	}
	status = mcd_field(target, socket, M(socket, file), &file);
	if (!status && file) {
		say(words, ", open, but in the table of no task");
	} else if (!status) {
		say(words, ", of the kernel");
		say_net(words, target, sock);
	}
	return mcd_is_fatal(status) ? status : MCD_OK;
}

enum mcd_status mcd_sock_describe(struct mcd_sockets *sockets, const struct mcd_record *sock,
				  const struct mcd_proto *proto, const struct mcd_open_file *holder,
				  char ret[MCD_SOCK_WORDS])
{
	struct words words = { .text = ret };
	uint64_t family = mcd_record_uint(sock, SK_FAMILY);
	enum mcd_status status = MCD_OK;

	say(&words, "%s", proto->name);
	if (family == AF_OF_INET || family == AF_OF_INET6)
		say_ends(&words, sock);
	else if (family == AF_OF_UNIX)
		status = say_path(&words, sockets->audit->world, sock);
	return status ? status : say_holder(&words, sockets, sock, holder);
}
