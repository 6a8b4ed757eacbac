#include <stdlib.h>

#include "scrub.h"

static int compare(const void *key, const void *member) {
  char *trace = malloc(9); /* EXPECT(compare) */
  trace[0] = 1;
  return *(const int *)key - *(const int *)member;
}

static NOINLINE void find(void) {
  int key = 3;
  int numbers[1] = {2};
  bsearch(&key, numbers, 1, sizeof numbers[0], compare);
}

int main(void) {
  find();
  scrub();
  return 0;
}
