#include <stdlib.h>

#include "scrub.h"

static NOINLINE int descend(int level) {
  if (level == 0) {
    char *block = malloc(300); /* EXPECT(bottom) */
    block[0] = 1;
    return 0;
  }
  return descend(level - 1) + 1;
}

int main(void) {
  int depth = descend(300);
  scrub();
  return depth != 300;
}
