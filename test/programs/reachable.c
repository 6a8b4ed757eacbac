#include <stdlib.h>

static char *cache;

int main(void) {
  cache = malloc(64); /* EXPECT(kept) */
  cache[0] = 1;
  return 0;
}
