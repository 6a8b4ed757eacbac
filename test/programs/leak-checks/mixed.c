/* Loses a block at once, one each time it is told to by SIGUSR1, and one with each round; tells its rounds, and ends by SIGUSR2 with 3. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "../scrub.h"

static volatile sig_atomic_t told, over;

static void take(int signal) {
  if (signal == SIGUSR1) told++;
  else over = 1;
}

static NOINLINE void lose_once(void) {
  char *block = malloc(777); /* EXPECT(once) */
  block[0] = 1;
}

static NOINLINE void lose_when_told(void) {
  char *block = malloc(55); /* EXPECT(told) */
  block[0] = 1;
}

static NOINLINE void grow(void) {
  char *block = malloc(1000); /* EXPECT(growing) */
  block[0] = 1;
}

int main(void) {
  int done = 0;
  signal(SIGUSR1, take);
  signal(SIGUSR2, take);
  lose_once();
  scrub();
  for (long round = 0; !over; round++) {
    printf("round %ld\n", round);
    fflush(stdout);
    grow();
    while (done < told) {
      lose_when_told();
      printf("told %d\n", ++done);
    }
    scrub();
    usleep(10000);
  }
  puts("over");
  return 3;
}
