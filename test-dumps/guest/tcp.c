// SPDX-License-Identifier: GPL-2.0-or-later
/* tcp GROUP CONNECTIONS BYTES: connections over the loopback with BYTES unread on each. */
#include "pin.h"

#include <arpa/inet.h>
#include <sys/mman.h>
#include <sys/socket.h>
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
