#include <stdio.h>
#include <string.h>

#include "scrub.h"

static NOINLINE void name(void) {
  char *copy = strdup("twenty-two characters"); /* EXPECT(copy) */
  printf("%c\n", copy[0]);
}

int main(void) {
  name();
  scrub();
  return 0;
}
