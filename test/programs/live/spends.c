// Spends its time in malloc and free, in its own code, or not at all, by its first word: allocator, compute or idle.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { SLOTS = 1000 };
static void *slots[SLOTS];
static volatile unsigned seed = 1;

int main(int count, char **words) {
  const char *how = count > 1 ? words[1] : "idle";
  printf("ready\n");
  fflush(stdout);
  if (!strcmp(how, "idle")) for (;;) pause();
  int computes = !strcmp(how, "compute");
  for (unsigned next = 1;; next = next * 1664525u + 1013904223u) {
    if (computes) {
      seed = next;
      continue;
    }
    unsigned slot = next % SLOTS;
    free(slots[slot]);
    slots[slot] = malloc(16 + (next >> 8) % 4000);
  }
}
