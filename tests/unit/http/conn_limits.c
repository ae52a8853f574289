/* SPDX-License-Identifier: MIT */
/* Who gets a 408: also where the kernel's count of bytes is missing, as under qemu. */
#include "http/conn_limits.h"

#include <arpa/inet.h>
#include <linux/tcp.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "unit/unit.h"

/* Each client, by its place in the array: what it sends in place of a request, after how many. */
static const struct {
	const char *name, *sent;
	int requests;
	bool counted; /* does the kernel count its bytes? */
	bool told;    /* does it get a 408? */
} clients[] = {
	{ "nothing", "", 0, true, false },
	{ "part of a line", "G", 0, true, true },
	{ "nothing, after a request", "", 1, true, false },
	{ "part of a line, after a request", "G", 1, true, true },
	{ "part of a line, not counted", "G", 0, false, true },
	{ "nothing, after a request, not counted", "", 1, false, false },
	{ "nothing, after two requests, not counted", "", 2, false, false },
};

static int sockets[ARRAY_LEN(clients)]; /* the server's */

/* In place of the C library's. qemu passes on four bytes of every option of TCP. */
int getsockopt(int socket, int level, int option, void *value, socklen_t *len)
{
	for (size_t i = 0; i < ARRAY_LEN(clients); i++)
		if (option == TCP_INFO && socket == sockets[i] && !clients[i].counted)
			*len = 4;
	return (int)syscall(SYS_getsockopt, socket, level, option, value, len);
}

/* A connection over the loopback: the client's end; the server's in `other`. */
static int connect_to(int listener, int *other)
{
	struct sockaddr_in address;
	socklen_t len = sizeof address;
	int client = socket(AF_INET, SOCK_STREAM, 0);

	CU_ASSERT_FATAL(getsockname(listener, (struct sockaddr *)&address, &len) == 0);
	CU_ASSERT_FATAL(connect(client, (struct sockaddr *)&address, len) == 0);
	*other = accept(listener, NULL, NULL);
	CU_ASSERT_FATAL(*other >= 0);
	return client;
}

/* The client sends a text, and the worker reads it. */
static void pass(int client, int server, const char *text)
{
	char read[64];
	size_t len = strlen(text);

	CU_ASSERT(send(client, text, len, 0) == (ssize_t)len);
	CU_ASSERT(len == 0 || recv(server, read, len, MSG_WAITALL) == (ssize_t)len);
}

static void test_timeout(void)
{
	static const char request[] = "GET / HTTP/1.1\r\n\r\n";
	const struct sockaddr_in any = { .sin_family = AF_INET,
					 .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	struct conn_table *table = conn_table_start(ARRAY_LEN(clients), 1, false);
	struct conn conns[ARRAY_LEN(clients)];
	int ends[ARRAY_LEN(clients)], listener = socket(AF_INET, SOCK_STREAM, 0);

	CU_ASSERT_FATAL(table && listener >= 0);
	CU_ASSERT_FATAL(bind(listener, (const struct sockaddr *)&any, sizeof any) == 0);
	CU_ASSERT_FATAL(listen(listener, 1) == 0);
	for (size_t i = 0; i < ARRAY_LEN(clients); i++)
		ends[i] = connect_to(listener, &sockets[i]);
	for (size_t i = 0; i < ARRAY_LEN(clients); i++) {
		CU_ASSERT_FATAL(conn_table_admit(table, sockets[i]));
		conn_add(table, &conns[i], sockets[i]);
		for (int n = 0; n < clients[i].requests; n++) {
			pass(ends[i], sockets[i], request);
			CU_ASSERT(conn_begun(&conns[i]) && conn_complete(&conns[i]));
			conn_answered(&conns[i], strlen(request));
		}
		pass(ends[i], sockets[i], clients[i].sent);
	}
	for (size_t i = 0; i < ARRAY_LEN(clients); i++) {
		char answer[1024] = "";
		ssize_t n = recv(ends[i], answer, sizeof answer - 1, MSG_WAITALL);

		EQ_INT_IN(clients[i].name, n >= 0 && strstr(answer, " 408 ") != NULL,
			  clients[i].told);
		EQ_INT_IN(clients[i].name, conn_timed_out(&conns[i]), clients[i].told);
		conn_remove(table, &conns[i], CONN_CUT);
		close(sockets[i]);
		close(ends[i]);
	}
	conn_table_stop(table);
	close(listener);
}

UNIT_MAIN("conn_limits", { "timeout", test_timeout })
