/* Two workers that are forked and go on as they are, the second one without the first one's leak; all end with the parent at SIGUSR1. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../scrub.h"

static volatile sig_atomic_t over;

static void end(int signal) {
  (void)signal;
  over = 1;
}

static NOINLINE void lose(size_t size) {
  char *block = malloc(size); /* EXPECT(lost) */
  block[0] = 1;
}

static void work(size_t size) {
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  while (!over) {
    lose(size);
    scrub();
    usleep(10000);
  }
  _exit(0);
}

int main(void) {
  signal(SIGUSR1, end);
  pid_t first = fork();
  if (first == 0) work(10);
  pid_t second = fork();
  if (second == 0) work(20);
  printf("%d %d\n", (int)first, (int)second);
  fflush(stdout);
  while (!over) pause();
  kill(first, SIGUSR1);
  kill(second, SIGUSR1);
  while (wait(NULL) > 0) {
  }
  return 0;
}
