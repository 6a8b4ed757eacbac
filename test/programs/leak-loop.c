#include <stdlib.h>
#include <string.h>

#include "scrub.h"

static NOINLINE void round_trip(int round) {
  char *kept = malloc(12 * 1024); /* EXPECT(lost) */
  char *freed = malloc(64);
  memset(kept, round, 12 * 1024); /* EXPECT(touched) */
  memset(freed, round, 64);
  free(freed);
}

int main(void) {
  for (int round = 0; round < 10; round++) round_trip(round);
  scrub();
  return 0;
}
