#include <stdlib.h>

#include "scrub.h"

static char *cursor;

static NOINLINE void open_buffer(void) {
  cursor = malloc(100); /* EXPECT(buffer) */
  cursor += 40;
}

int main(void) {
  open_buffer();
  scrub();
  *cursor = 'x';
  return 0;
}
