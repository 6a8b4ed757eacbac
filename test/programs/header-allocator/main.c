#include "xalloc.h"

#include "../scrub.h"

static NOINLINE void use(void) {
  int *numbers = xalloc(20 * sizeof *numbers); /* EXPECT(caller) */
  numbers[0] = 1;
}

int main(void) {
  use();
  scrub();
  return 0;
}
