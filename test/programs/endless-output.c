#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "scrub.h"

static NOINLINE void lose(void) {
  char *block = malloc(50); /* EXPECT(lost) */
  block[0] = 1;
}

int main(int argc, char **argv) {
  static char text[1 << 16];
  long gigabytes = argc > 1 ? atol(argv[1]) : 2;
  memset(text, 'x', sizeof text);
  for (size_t i = 79; i < sizeof text; i += 80) text[i] = '\n';
  lose();
  scrub();
  for (long i = 0; i < gigabytes * 16384; i++) {
    if (write(1, text, sizeof text) < 0) return 1;
  }
  return 0;
}
