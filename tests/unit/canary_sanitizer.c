/*
 * A program that must fail where sanitizers are on: the proof that they bite. It reads a byte
 * beyond its memory (address), adds beyond an int (undefined), and writes from two threads
 * (thread).
 */
#include <limits.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

static int shared;

static void *add(void *arg)
{
	(void)arg;
	for (int i = 0; i < 100000; i++)
		shared++;
	return NULL;
}

int main(int argc, char **argv)
{
	volatile char *memory = malloc((size_t)argc);
	volatile int large = INT_MAX;
	pthread_t thread;

	(void)argv;
	if (!memory || pthread_create(&thread, NULL, add, NULL) != 0)
		return 0;
	add(NULL);
	pthread_join(thread, NULL);
	memory[0] = 'x';
	printf("%d %d %d\n", memory[argc], large + argc, shared);
	free((void *)memory);
	return 0;
}
