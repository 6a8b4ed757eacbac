// A load that goes on for ever, and tells how many microseconds each round took, and how many of its processor. Argument: malloc, mixed or compute.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static double now_us(clockid_t clock) {
  struct timespec time;
  clock_gettime(clock, &time);
  return time.tv_sec * 1e6 + time.tv_nsec / 1e3;
}

static unsigned seed = 1;
static unsigned next(void) { return seed = seed * 1664525u + 1013904223u; }

/** Replaces blocks: nothing but malloc and free. */
static void malloc_round(void) {
  enum { SLOTS = 20000, CALLS = 400000 };
  static void *slots[SLOTS];
  for (int i = 0; i < CALLS; i++) {
    unsigned slot = next() % SLOTS;
    free(slots[slot]);
    slots[slot] = malloc(16 + next() % 500);
  }
}

struct node {
  struct node *left, *right;
  unsigned key;
  char text[40];
};

/** A tree that is built, walked and given back: some allocations, some new pages, some work. */
static void mixed_round(void) {
  enum { NODES = 30000 };
  struct node *root = NULL, **made = malloc(NODES * sizeof *made);
  for (int i = 0; i < NODES; i++) {
    struct node *node = calloc(1, sizeof *node), **at = &root;
    node->key = next();
    snprintf(node->text, sizeof node->text, "node %u", node->key);
    while (*at) at = node->key < (*at)->key ? &(*at)->left : &(*at)->right;
    *at = made[i] = node;
  }
  char *buffer = malloc(1 << 20);
  memset(buffer, (int)next(), 1 << 20);
  free(buffer);
  for (int i = 0; i < NODES; i++) free(made[i]);
  free(made);
}

static void compute_round(void) {
  enum { SIDE = 180 };
  static double a[SIDE][SIDE], b[SIDE][SIDE], c[SIDE][SIDE];
  for (int i = 0; i < SIDE; i++)
    for (int j = 0; j < SIDE; j++) {
      double sum = 0;
      for (int k = 0; k < SIDE; k++) sum += a[i][k] * b[k][j];
      c[i][j] = sum + next();
    }
  a[0][0] = c[SIDE - 1][SIDE - 1];
}

int main(int argc, char **argv) {
  const char *load = argc > 1 ? argv[1] : "malloc";
  void (*round)(void) = !strcmp(load, "compute") ? compute_round : !strcmp(load, "mixed") ? mixed_round : malloc_round;
  setvbuf(stdout, NULL, _IOLBF, 0);
  for (;;) {
    double begun = now_us(CLOCK_MONOTONIC), used = now_us(CLOCK_PROCESS_CPUTIME_ID);
    round();
    used = now_us(CLOCK_PROCESS_CPUTIME_ID) - used;
    printf("%.0f %.0f\n", now_us(CLOCK_MONOTONIC) - begun, used);
  }
}
