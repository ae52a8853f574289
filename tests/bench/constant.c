/* SPDX-License-Identifier: MIT
 * constant.c - the yardstick of the benchmark: libmicrohttpd, set up as http.c sets it up,
 * answering every request with one constant body, which is made once. What it costs to have no
 * server at all.
 *
 *     constant PORT WORKERS BYTES
 */
#include <microhttpd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

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

int main(int argc, char **argv)
{
	size_t bytes = argc > 3 ? strtoul(argv[3], NULL, 10) : 0;
	char *body = malloc(bytes + 1);
	struct MHD_Daemon *daemon;

	if (argc != 4 || !body) {
		fprintf(stderr, "usage: constant PORT WORKERS BYTES\n");
		return 2;
	}
	memset(body, 'x', bytes);
	response = MHD_create_response_from_buffer(bytes, body, MHD_RESPMEM_MUST_FREE);
	MHD_add_response_header(response, "Content-Type", "application/json");
	MHD_add_response_header(response, "Miru-Mock-Version", "0.0.0");
	daemon =
	    MHD_start_daemon(MHD_USE_EPOLL_INTERNAL_THREAD | MHD_USE_ITC | MHD_USE_ERROR_LOG,
			     (uint16_t)strtoul(argv[1], NULL, 10), NULL, NULL, answer, NULL,
			     MHD_OPTION_THREAD_POOL_SIZE, (unsigned)strtoul(argv[2], NULL, 10),
			     MHD_OPTION_CONNECTION_LIMIT, 1000u, MHD_OPTION_CONNECTION_MEMORY_LIMIT,
			     (size_t)16 * 1024, MHD_OPTION_CONNECTION_TIMEOUT, 30u, MHD_OPTION_END);
	if (!daemon)
		return 1;
	pause();
	return 0;
}
