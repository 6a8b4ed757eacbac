/*
 * A load for the sampling bench: N processes of about 80 mappings each, that sleep. Prints their pids and ends, with them, when its input
 * is closed.
 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	int count = argc > 1 ? atoi(argv[1]) : 1;
	int mappings = argc > 2 ? atoi(argv[2]) : 58;

	for (int i = 0; i < count; i++) {
		pid_t pid = fork();
		if (pid == 0) {
			prctl(PR_SET_PDEATHSIG, SIGKILL);
			/* Equal neighbours would be merged into one mapping. */
			for (int k = 0; k < mappings; k++) {
				char *page = mmap(NULL, 8192, k % 2 ? PROT_READ : PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
				if (page != MAP_FAILED && k % 2 == 0)
					page[0] = 1;
			}
			close(0);
			close(1);
			for (;;)
				pause();
		}
		if (pid < 0)
			return 1;
		printf("%d\n", (int)pid);
	}
	fflush(stdout);
	while (getchar() != EOF)
		;
	return 0;
}
