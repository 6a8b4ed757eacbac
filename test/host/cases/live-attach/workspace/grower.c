// Keeps 4000 bytes a millisecond for ever, and writes a line of its rounds so that a test can see it go on.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static __attribute__((noinline)) char *keep(size_t size) {
  char *kept = malloc(size); // grows here
  memset(kept, 1, size);
  return kept;
}

int main(void) {
  for (long round = 1;; round++) {
    keep(4000);
    if (round % 100 == 0) {
      printf("%ld\n", round);
      fflush(stdout);
    }
    usleep(1000);
  }
}
