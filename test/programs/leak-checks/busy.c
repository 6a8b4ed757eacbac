/* Four threads that do nothing but allocate and free, one that starts threads, and one that forks; each loses a block now and then. Ends at SIGUSR1.
   With an argument no further threads are started. */
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../scrub.h"

static atomic_int over;
static atomic_long rounds, threads, forks;

static void end(int signal) {
  (void)signal;
  over = 1;
}

static NOINLINE void lose(void) {
  char *block = malloc(100); /* EXPECT(lost) */
  block[0] = 1;
}

static void *churn(void *seed) {
  uint32_t state = (uint32_t)(uintptr_t)seed;
  void *kept[64] = {0};
  for (long round = 0; !over; round++) {
    state = state * 1664525 + 1013904223;
    unsigned slot = state >> 26, size = (state >> 8) % 4000 + 1;
    free(kept[slot]);
    kept[slot] = malloc(size);
    memset(kept[slot], round, size);
    if (round % 100000 == 0) lose();
    rounds++;
  }
  for (int slot = 0; slot < 64; slot++) free(kept[slot]);
  return NULL;
}

static void *one(void *unused) {
  (void)unused;
  free(malloc(10));
  return NULL;
}

static void *start_threads(void *unused) {
  (void)unused;
  while (!over) {
    pthread_t thread;
    if (pthread_create(&thread, NULL, one, NULL) != 0) abort();
    pthread_join(thread, NULL);
    threads++;
    usleep(1000);
  }
  return NULL;
}

int main(int argc, char **argv) {
  pthread_t all[5];
  int count = argc > 1 ? 4 : 5;
  (void)argv;
  signal(SIGUSR1, end);
  for (long i = 0; i < 4; i++) pthread_create(&all[i], NULL, churn, (void *)(i + 1));
  if (count == 5) pthread_create(&all[4], NULL, start_threads, NULL);
  puts("ready");
  fflush(stdout);
  while (!over) {
    pid_t child = fork();
    int status;
    /* A child of a program with threads may do no more than this (fork(2)). */
    if (child == 0) _exit(7);
    if (child < 0 || waitpid(child, &status, 0) != child || WEXITSTATUS(status) != 7) abort();
    forks++;
    usleep(20000);
  }
  for (int i = 0; i < count; i++) pthread_join(all[i], NULL);
  printf("%s\n", rounds > 0 && (threads > 0 || count == 4) && forks > 0 ? "all went on" : "something stood still");
  return 5;
}
