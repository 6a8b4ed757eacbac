#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define COUNT 20000

int main(void) {
  static void *blocks[COUNT];
  uint32_t state = 1;
  for (int i = 0; i < 200000; i++) {
    state = state * 1664525u + 1013904223u;
    int at = (int)(state >> 8) % COUNT;
    size_t size = 1 + (state >> 20);
    free(blocks[at]);
    blocks[at] = malloc(size);
    memset(blocks[at], i, size);
  }
  for (int i = 0; i < COUNT; i++) free(blocks[i]);
  return 0;
}
