// A program that allocates and frees as often as it is told to, from thousands of stacks: `allocations COUNT`. A part is never freed.
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

enum { HELD = 4096, DEPTH = 14 };

static void *held[HELD];
static uint32_t state = 1;

static uint32_t next_random(void) {
  state = state * 1103515245u + 12345u;
  return state >> 8;
}

static void keep(void *block, uint32_t random) {
  uint32_t place = random % HELD;
  // One of some thousands is forgotten.
  if (random % 4001 != 0) free(held[place]);
  held[place] = block;
}

static void left(int depth, uint32_t way);
static void right(int depth, uint32_t way);

static void walk(int depth, uint32_t way) {
  if (depth == 0) {
    uint32_t random = next_random();
    keep(malloc(16 + random % 64 * 16), random);
  } else if (way & 1)
    left(depth - 1, way >> 1);
  else
    right(depth - 1, way >> 1);
}

static void left(int depth, uint32_t way) {
  walk(depth, way);
  __asm__ volatile("");
}

static void right(int depth, uint32_t way) {
  walk(depth, way);
  __asm__ volatile("");
}

int main(int argc, char **argv) {
  long count = argc > 1 ? atol(argv[1]) : 1000;
  for (long at = 0; at < count; at++) {
    uint32_t way = next_random();
    // Few ways often, many seldom.
    walk(4 + way % (DEPTH - 3), way % 3 == 0 ? way : way & 0x3f);
  }
  printf("%ld\n", count);
  return 0;
}
