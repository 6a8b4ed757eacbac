// Grows for ever: `grow` keeps 3000 bytes each time, `churn` frees what it takes. Arguments: threads, microseconds between two rounds (0: as fast as it can),
// a program to become at SIGUSR1.
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static volatile int pause_us;
static volatile sig_atomic_t is_time;

static void on_signal(int signal) { is_time = signal; }

static __attribute__((noinline)) void grow(void) {
  char *lost = malloc(3000); // grows here
  memset(lost, 1, 3000);
}

static __attribute__((noinline)) void churn(void) {
  for (int i = 0; i < 50; i++) {
    char *again = malloc(200);
    memset(again, i, 200);
    free(again);
  }
}

static void *work(void *next) {
  for (;;) {
    grow();
    churn();
    if (pause_us > 0) usleep(pause_us);
    if (next != NULL && is_time) execl(next, next, "1000", (char *)NULL);
  }
  return NULL;
}

int main(int argc, char **argv) {
  int threads = argc > 1 ? atoi(argv[1]) : 1;
  pause_us = argc > 2 ? atoi(argv[2]) : 1000;
  if (argc > 3) signal(SIGUSR1, on_signal);
  for (int i = 1; i < threads; i++) {
    pthread_t thread;
    pthread_create(&thread, NULL, work, NULL);
  }
  printf("ready\n");
  fflush(stdout);
  work(argc > 3 ? argv[3] : NULL);
}
