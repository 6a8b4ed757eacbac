/*
 * Included before a program (-include): what it does is done again and again, for ever. Its arguments: how often at once, the microseconds after that, and then
 * those of the program. It says `ready`, and ends with status 7 when SIGUSR1 comes: who looked into it must not have changed that. It ends with its parent, too.
 */
#ifndef REPEAT_H
#define REPEAT_H

/* What the programs would do at their end, once in a while is enough here. */
#define SCRUB_H
#define NOINLINE __attribute__((noinline))
#define scrub() ((void)0)

/* Not in a library of the program. */
#if !defined(__PIC__) || defined(__PIE__)
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#ifdef __cplusplus
extern "C" int textbook();
#define REPEAT_ARGUMENTS(count, words)
#else
int textbook();
#define REPEAT_ARGUMENTS(count, words) count, words
#endif

static volatile sig_atomic_t repeat_is_over;

static void repeat_on_signal(int number) {
  (void)number;
  repeat_is_over = 1;
}

/* No pointer of a round is left on the stack. */
__attribute__((no_sanitize_address)) static NOINLINE void repeat_scrub(void) {
  volatile char area[32768];
  for (unsigned i = 0; i < sizeof area; i++) area[i] = 0;
}

int main(int count, char **words) {
  int times = count > 1 ? atoi(words[1]) : 1;
  long pause_us = count > 2 ? atol(words[2]) : 20000;
  pid_t parent = getppid(), self = getpid();
  struct timespec rest;
  rest.tv_sec = pause_us / 1000000;
  rest.tv_nsec = pause_us % 1000000 * 1000;
  signal(SIGUSR1, repeat_on_signal);
  printf("ready\n");
  fflush(stdout);
  while (!repeat_is_over && getppid() == parent) {
    for (int i = 0; i < times; i++) {
      textbook(REPEAT_ARGUMENTS(count - 2, words + 2));
      /* A child of the program ends as it would have. */
      if (getpid() != self) _exit(0);
    }
    repeat_scrub();
    nanosleep(&rest, NULL);
  }
  /* Not by exit(3): a sanitizer would report what it has said already. */
  _exit(7);
}

#define main textbook
#endif
#endif
