#include <stdlib.h>

static void release(void *block) {
  free(block); /* EXPECT(free) */
}

int main(void) {
  void *block = malloc(32); /* EXPECT(allocation) */
  release(block);
  free(block); /* EXPECT(again) */
  return 0;
}
