/* SPDX-License-Identifier: MIT
 * constant.c - the yardstick of the benchmark: libmicrohttpd, set up as http/server.c sets it up,
 * answering every request with one constant body, which is made once. What it costs to have no
 * server at all. One thread accepts, and the library gives each worker as many connections as the
 * others: where it accepts by itself, one worker may get most of them, which looks quicker on two
 * cores, and is another thing to measure.
 *
 *     constant PORT WORKERS BYTES
 */
#include <microhttpd.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

enum { CONNECTIONS = 1000 };

static struct MHD_Response *response;

static enum MHD_Result answer(void *cls, struct MHD_Connection *connection, const char *url,
			      const char *method, const char *version, const char *upload,
			      size_t *upload_len, void **con_cls)
{
	static int seen;

	(void)cls;
	(void)url;
	(void)method;
	(void)version;
	(void)upload;
	(void)upload_len;
	if (!*con_cls) {
		*con_cls = &seen;
		return MHD_YES;
	}
	return MHD_queue_response(connection, 200, response);
}

/* A socket of 127.0.0.1 that listens; -1 on failure. */
static int listen_on(uint16_t port)
{
	const struct sockaddr_in address = { .sin_family = AF_INET,
					     .sin_port = htons(port),
					     .sin_addr = { htonl(INADDR_LOOPBACK) } };
	int s = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (s < 0 || setsockopt(s, SOL_SOCKET, SO_REUSEADDR, &(int){ 1 }, sizeof(int)) < 0 ||
	    bind(s, (const struct sockaddr *)&address, sizeof address) < 0 ||
	    listen(s, CONNECTIONS) < 0)
		return -1;
	return s;
}

int main(int argc, char **argv)
{
	size_t bytes = argc > 3 ? strtoul(argv[3], NULL, 10) : 0;
	char *body = malloc(bytes + 1);
	struct MHD_Daemon *daemon;
	int listener;

	if (argc != 4 || !body) {
		fprintf(stderr, "usage: constant PORT WORKERS BYTES\n");
		return 2;
	}
	memset(body, 'x', bytes);
	response = MHD_create_response_from_buffer(bytes, body, MHD_RESPMEM_MUST_FREE);
	MHD_add_response_header(response, "Content-Type", "application/json");
	MHD_add_response_header(response, "Miru-Mock-Version", "0.0.0");
	daemon =
	    MHD_start_daemon(MHD_USE_EPOLL_INTERNAL_THREAD | MHD_USE_NO_LISTEN_SOCKET |
				 MHD_USE_ITC | MHD_USE_ERROR_LOG,
			     0, NULL, NULL, answer, NULL, MHD_OPTION_THREAD_POOL_SIZE,
			     (unsigned)strtoul(argv[2], NULL, 10), MHD_OPTION_CONNECTION_LIMIT,
			     (unsigned)CONNECTIONS, MHD_OPTION_CONNECTION_MEMORY_LIMIT,
			     (size_t)16 * 1024, MHD_OPTION_CONNECTION_TIMEOUT, 30u, MHD_OPTION_END);
	listener = listen_on((uint16_t)strtoul(argv[1], NULL, 10));
	while (daemon && listener >= 0) {
		struct sockaddr_in client;
		socklen_t len = sizeof client;
		int s = accept4(listener, (struct sockaddr *)&client, &len,
				SOCK_CLOEXEC | SOCK_NONBLOCK);

		if (s >= 0)
			MHD_add_connection(daemon, s, (const struct sockaddr *)&client, len);
	}
	return 1;
}
