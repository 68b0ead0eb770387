// SPDX-License-Identifier: GPL-2.0-or-later
/* sockets GROUP FAMILY: sockets that are no connections over TCP, some with data unread. */
#define _GNU_SOURCE
#include "pin.h"

#include <arpa/inet.h>
#include <linux/if_ether.h>
#include <linux/netlink.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>

#define DATAGRAMS 4
#define DATAGRAM_BYTES 3000

static int make(int family, int type, int protocol)
{
	int fd = socket(family, type, protocol);

	if (fd < 0)
		die("socket of family %d", family);
	return fd;
}

static void send_some(int fd)
{
	char data[DATAGRAM_BYTES];

	fill(data, sizeof(data));
	for (int i = 0; i < DATAGRAMS; i++)
		if (send(fd, data, sizeof(data), 0) != sizeof(data))
			die("send");
}

/* A pair, with data on its way; one that listens, and one that nobody has accepted. */
static void make_unix(void)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX, .sun_path = "\0listens" };
	socklen_t size = offsetof(struct sockaddr_un, sun_path) + sizeof("\0listens") - 1;
	int pair[2], listener;

	if (socketpair(AF_UNIX, SOCK_DGRAM, 0, pair))
		die("socketpair");
	send_some(pair[0]);
	listener = make(AF_UNIX, SOCK_STREAM, 0);
	if (bind(listener, (struct sockaddr *)&address, size) || listen(listener, 1) ||
	    connect(make(AF_UNIX, SOCK_STREAM, 0), (struct sockaddr *)&address, size))
		die("connecting to a unix socket");
}

static void make_udp(void)
{
	struct sockaddr_in address = {
		.sin_family = AF_INET,
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK),
	};
	int receiver = make(AF_INET, SOCK_DGRAM, 0), sender = make(AF_INET, SOCK_DGRAM, 0);
	socklen_t size = sizeof(address);

	if (bind(receiver, (struct sockaddr *)&address, size) ||
	    getsockname(receiver, (struct sockaddr *)&address, &size) ||
	    connect(sender, (struct sockaddr *)&address, size))
		die("connecting over UDP");
	send_some(sender);
}

/* One with a port, one that the kernel has on no list. */
static void make_netlink(void)
{
	struct sockaddr_nl address = { .nl_family = AF_NETLINK };

	make(AF_NETLINK, SOCK_RAW, NETLINK_ROUTE);
	if (bind(make(AF_NETLINK, SOCK_RAW, NETLINK_ROUTE), (struct sockaddr *)&address,
		 sizeof(address)))
		die("bind to netlink");
}

static void make_packet(void)
{
	make(AF_PACKET, SOCK_RAW, 0);
	make(AF_PACKET, SOCK_DGRAM, 0);
}

static void make_raw(void)
{
	make(AF_INET, SOCK_RAW, IPPROTO_ICMP);
	make(AF_INET6, SOCK_RAW, IPPROTO_ICMPV6);
}

void command_sockets(char **argv)
{
	static const struct {
		const char *name;
		void (*make)(void);
	} families[] = {
		{ "unix", make_unix },	   { "udp", make_udp }, { "netlink", make_netlink },
		{ "packet", make_packet }, { "raw", make_raw },
	};

	for (size_t i = 0; i < sizeof(families) / sizeof(*families); i++) {
		if (strcmp(argv[2], families[i].name))
			continue;
		families[i].make();
		return;
	}
	die("sockets of what family is %s?", argv[2]);
}
