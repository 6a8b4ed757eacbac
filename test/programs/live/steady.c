// Healthy: fills a cache of fixed size, warms it up, and then only replaces what is in it. Argument: microseconds between two rounds.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { SLOTS = 500, LARGEST = 4000 };
static char *slots[SLOTS];

static void replace(unsigned slot, unsigned size) {
  free(slots[slot]);
  slots[slot] = malloc(size);
  memset(slots[slot], 1, size);
}

int main(int argc, char **argv) {
  int pause_us = argc > 1 ? atoi(argv[1]) : 1000;
  for (unsigned i = 0; i < SLOTS; i++) replace(i, LARGEST);
  printf("ready\n");
  fflush(stdout);
  for (unsigned round = 0;; round++) {
    replace(round * 7919u % SLOTS, LARGEST);
    if (pause_us > 0) usleep(pause_us);
  }
}
