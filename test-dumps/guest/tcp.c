// SPDX-License-Identifier: GPL-2.0-or-later
/* Connections over the loopback. */
#include "pin.h"

#include <arpa/inet.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

static struct sockaddr_in listen_anywhere(int listener)
{
	struct sockaddr_in address = {
		.sin_family = AF_INET,
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK),
	};
	socklen_t size = sizeof(address);

	if (bind(listener, (struct sockaddr *)&address, size) || listen(listener, 16) ||
	    getsockname(listener, (struct sockaddr *)&address, &size))
		die("listening on the loopback");
	return address;
}

/* Both ends belong to this process, and stay open. */
static void connect_and_send(int listener, const struct sockaddr_in *address,
			     const char *data, size_t bytes)
{
	int client = socket(AF_INET, SOCK_STREAM, 0);

	if (client < 0 || connect(client, (struct sockaddr *)address, sizeof(*address)))
		die("connect");
	if (accept(listener, NULL, NULL) < 0)
		die("accept");
	/* What the receive buffer does not take would wait with the sender: as much as fits is fine. */
	if (send(client, data, bytes, MSG_DONTWAIT) <= 0)
		die("send");
}

/* tcp GROUP CONNECTIONS BYTES: with BYTES unread on each. */
void command_tcp(char **argv)
{
	size_t bytes = parse_number(argv[3]);
	int listener = socket(AF_INET, SOCK_STREAM, 0);
	char *data = map_anon(bytes);
	struct sockaddr_in address;

	if (listener < 0)
		die("socket");
	fill(data, bytes);
	address = listen_anywhere(listener);
	for (long long left = parse_number(argv[2]); left > 0; left--)
		connect_and_send(listener, &address, data, bytes);
	close(listener);
	munmap(data, bytes);
}

/*
 * listen GROUP CONNECTIONS: none of which is ever accepted. Their other ends are sockets of no group
 * yet: inet_csk_accept() charges them to whoever accepts.
 */
void command_listen(char **argv)
{
	int listener = socket(AF_INET, SOCK_STREAM, 0);
	struct sockaddr_in address;

	if (listener < 0)
		die("socket");
	address = listen_anywhere(listener);
	for (long long left = parse_number(argv[2]); left > 0; left--) {
		int client = socket(AF_INET, SOCK_STREAM, 0);

		if (client < 0 || connect(client, (struct sockaddr *)&address, sizeof(address)))
			die("connect");
	}
}

/* In the group: sends more than the other end takes, and ends. */
static void send_and_end(const struct sockaddr_in *address, size_t bytes)
{
	int client = socket(AF_INET, SOCK_STREAM, 0);
	char *data = map_anon(bytes);

	fill(data, bytes);
	if (client < 0 || connect(client, (struct sockaddr *)address, sizeof(*address)))
		die("connect");
	/* Less would be fine, were it more than the few KB that the other end takes. */
	if (send(client, data, bytes, MSG_DONTWAIT) != (ssize_t)bytes)
		die("send");
	_exit(0);
}

/*
 * orphan GROUP BYTES: a socket that no process has any more, with BYTES to send to one outside of the
 * group that does not read.
 */
void command_orphan(char **argv)
{
	int listener = socket(AF_INET, SOCK_STREAM, 0), status, buffer = 1;
	struct sockaddr_in address;

	if (listener < 0 || setsockopt(listener, SOL_SOCKET, SO_RCVBUF, &buffer, sizeof(buffer)))
		die("socket");
	address = listen_anywhere(listener);
	if (!fork()) {
		group_join(argv[1]);
		send_and_end(&address, parse_number(argv[2]));
	}
	if (accept(listener, NULL, NULL) < 0 || wait(&status) < 0 || status)
		die("accept");
	close(listener);
}
