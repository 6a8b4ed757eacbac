#include <stdlib.h>

#include "scrub.h"

static NOINLINE void grow(void) {
  char *buffer = malloc(16);
  buffer[0] = 1;
  buffer = realloc(buffer, 5000); /* EXPECT(grown) */
  buffer[4999] = 1;
}

int main(void) {
  grow();
  scrub();
  return 0;
}
