#include <stdlib.h>

#include "scrub.h"

static NOINLINE void lose(void) {
  char *block = malloc(50); /* EXPECT(lost) */
  block[0] = 1;
}

int main(void) {
  lose();
  scrub();
  abort(); /* EXPECT(abort) */
}
