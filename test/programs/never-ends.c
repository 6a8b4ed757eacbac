#include <stdlib.h>
#include <unistd.h>

#include "scrub.h"

static NOINLINE void tick(void) {
  char *block = malloc(1000); /* EXPECT(tick) */
  block[0] = 1;
}

int main(void) {
  for (;;) {
    tick();
    scrub();
    usleep(10000);
  }
}
