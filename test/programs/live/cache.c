// A cache, as a hash table. Arguments: `bounded` (the oldest entry goes when it is full; it is full when it says `ready`) or `unbounded`, and the microseconds between two
// entries. It ends with status 7 when SIGUSR1 comes.
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { BUCKETS = 1024, MOST = 3000 };

struct entry {
  struct entry *next;
  unsigned key;
  char content[500];
};

static struct entry *table[BUCKETS];
static volatile sig_atomic_t is_over;

static void on_signal(int number) { is_over = number; }

static __attribute__((noinline)) void put(unsigned key) {
  struct entry *entry = malloc(sizeof *entry); // cached
  entry->key = key;
  memset(entry->content, (int)key, sizeof entry->content);
  entry->next = table[key % BUCKETS];
  table[key % BUCKETS] = entry;
}

static void drop(unsigned key) {
  for (struct entry **at = &table[key % BUCKETS]; *at != NULL; at = &(*at)->next) {
    if ((*at)->key != key) continue;
    struct entry *entry = *at;
    *at = entry->next;
    free(entry);
    return;
  }
}

int main(int argc, char **argv) {
  int is_bounded = argc > 1 && strcmp(argv[1], "bounded") == 0;
  int pause_us = argc > 2 ? atoi(argv[2]) : 1000;
  unsigned key = 0;
  signal(SIGUSR1, on_signal);
  while (is_bounded && key < MOST) put(key++);
  printf("ready\n");
  fflush(stdout);
  for (; !is_over; key++) {
    if (is_bounded) drop(key - MOST);
    put(key);
    usleep((useconds_t)pause_us);
  }
  _exit(7);
}
