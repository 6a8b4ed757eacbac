/* A load for the bench of the memory map: a process of N mappings, every second of them touched. Ends when its input is closed. */
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>

int main(int argc, char **argv)
{
	int count = argc > 1 ? atoi(argv[1]) : 50000;

	for (int i = 0; i < count; i++) {
		/* Equal neighbours would be merged into one mapping. */
		char *page = mmap(NULL, 4096, i % 2 ? PROT_READ : PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
		if (page == MAP_FAILED)
			return 1;
		if (i % 2 == 0)
			page[0] = 1;
	}
	puts("ready");
	fflush(stdout);
	while (getchar() != EOF)
		;
	return 0;
}
