// Forks one child after the other, which allocate and end. On SIGUSR1 it ends with 7, or with 8 when a child was forked in the middle of a leak check, or stood
// still: it has the locks of the runtime for ever then.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { SIZES = 12, PATIENCE_S = 20, CHECK_US = 100000 };
static volatile sig_atomic_t over, is_checking;

static void end(int number) {
  (void)number;
  over = 1;
}

// In place of the runtime's: a check that takes its time.
int __lsan_do_recoverable_leak_check(void) {
  int (*real)(void) = (int (*)(void))dlsym(RTLD_NEXT, "__lsan_do_recoverable_leak_check");
  int leaks;
  is_checking = 1;
  usleep(CHECK_US);
  leaks = real();
  is_checking = 0;
  return leaks;
}

int main(void) {
  struct sigaction action = {.sa_handler = end};
  int problem = 0;
  sigaction(SIGUSR1, &action, NULL);
  printf("ready\n");
  fflush(stdout);
  while (!over) {
    time_t begin = time(NULL);
    int status = 0;
    pid_t child = fork();
    if (child == 0) {
      for (unsigned i = 0; i < SIZES; i++) free(malloc(24u << i));
      _exit(is_checking);
    }
    while (child > 0 && waitpid(child, &status, WNOHANG) == 0) {
      if (time(NULL) - begin > PATIENCE_S) kill(child, SIGKILL);
      usleep(100);
    }
    if (status != 0) problem = 1;
  }
  _exit(problem ? 8 : 7);
}
