/* SPDX-License-Identifier: MIT
 * first200.c - how long a server takes from being started to its first 200, in milliseconds: the
 * median and the greatest of a number of starts.
 *
 *     first200 STARTS PORT REQUEST COMMAND...
 *
 * REQUEST is what follows "GET " up to the blank line, with \n for the line ends in it.
 */
#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

/* One connection, one request: 1 for a 200, 0 for no server yet, -1 for any other answer. */
static int ask(unsigned port, const char *request)
{
	struct sockaddr_in to = { .sin_family = AF_INET,
				  .sin_port = htons((uint16_t)port),
				  .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	char answer[64] = "";
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	int verdict = 0;

	if (fd >= 0 && connect(fd, (struct sockaddr *)&to, sizeof to) == 0) {
		if (write(fd, request, strlen(request)) < 0 ||
		    read(fd, answer, sizeof answer - 1) <= 0)
			verdict = -1;
		else
			verdict = strncmp(answer + 9, "200", 3) == 0 ? 1 : -1;
	}
	close(fd);
	return verdict;
}

static double start(unsigned port, const char *request, char **command)
{
	double begin = now(), took;
	pid_t pid = vfork();
	int verdict;

	if (pid == 0) {
		int null = open("/dev/null", O_RDWR);

		dup2(null, 1);
		dup2(null, 2);
		execv(command[0], command);
		_exit(127);
	}
	while ((verdict = ask(port, request)) == 0 && now() - begin < 10000)
		;
	took = now() - begin;
	kill(pid, SIGTERM);
	waitpid(pid, NULL, 0);
	if (verdict != 1) {
		fprintf(stderr, "no 200 from %s\n", command[0]);
		exit(1);
	}
	return took;
}

static int compare(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return x < y ? -1 : x > y;
}

int main(int argc, char **argv)
{
	size_t n = argc > 4 ? strtoul(argv[1], NULL, 10) : 0;
	double *took = calloc(n + 1, sizeof *took);
	char request[2048];

	if (n == 0 || !took) {
		fprintf(stderr, "usage: first200 STARTS PORT REQUEST COMMAND...\n");
		return 2;
	}
	snprintf(request, sizeof request, "GET %s\n\n", argv[3]);
	for (size_t i = 0; i < n; i++)
		took[i] = start((unsigned)strtoul(argv[2], NULL, 10), request, argv + 4);
	qsort(took, n, sizeof *took, compare);
	printf("%.2f %.2f\n", took[n / 2], took[n - 1]);
	free(took);
	return 0;
}
