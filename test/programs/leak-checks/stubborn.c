/* Never ends, and ignores SIGTERM. */
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

#include "../scrub.h"

static NOINLINE void tick(void) {
  char *block = malloc(1000); /* EXPECT(lost) */
  block[0] = 1;
}

int main(void) {
  signal(SIGTERM, SIG_IGN);
  for (;;) {
    tick();
    scrub();
    usleep(10000);
  }
}
