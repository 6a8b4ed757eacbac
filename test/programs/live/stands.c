// A process that grows in one way, by its first word, for what is said of its memory; the second one is how many milliseconds pass between two rounds.
#define _GNU_SOURCE
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

enum { PIECE = 64 << 10, ROUND = 64 << 10, MOST = ROUND / 2000 };
static long rounds;

static int object(const char *kind) {
  if (strcmp(kind, "memfd") == 0) return memfd_create("stands", 0);
  char path[64];
  snprintf(path, sizeof path, strcmp(kind, "shm") == 0 ? "/dev/shm/memlens-stands-%d" : "/tmp/memlens-stands-%d", (int)getpid());
  int file = open(path, O_RDWR | O_CREAT | O_TRUNC, 0600);
  unlink(path);
  return file;
}

/** Every second block is freed; as each round has larger ones than those before, they fit in none of the holes. All rounds take as much. */
static __attribute__((noinline)) void fragment(void) {
  char *blocks[MOST];
  size_t bytes = 2000 + 16 * (size_t)rounds;
  int count = bytes > ROUND / 2 ? 2 : (int)(ROUND / bytes) / 2 * 2;
  for (int each = 0; each < count; each++) {
    blocks[each] = malloc(bytes); // takes
    memset(blocks[each], 1, bytes); // touches
  }
  for (int each = 0; each < count; each += 2) free(blocks[each]);
}

static __attribute__((noinline)) void keep(void) {
  static char *last;
  char *block = malloc(16 << 10); // has to keep
  memset(block, 1, 16 << 10); // keeps
  memcpy(block, &last, sizeof last);
  last = block;
}

static __attribute__((noinline)) void map_object(int file) {
  if (ftruncate(file, (rounds + 1) * PIECE) != 0) exit(1);
  char *at = mmap(NULL, PIECE, PROT_READ | PROT_WRITE, MAP_SHARED, file, rounds * PIECE); // maps
  if (at == MAP_FAILED) exit(1);
  at[0] = 1;
}

static __attribute__((noinline)) void share(void) {
  char *at = mmap(NULL, PIECE, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0); // shares
  if (at == MAP_FAILED) exit(1);
  at[0] = 1;
}

static void *sleep_for_ever(void *nothing) {
  for (;;) pause();
  return nothing;
}

static __attribute__((noinline)) void start_thread(void) {
  pthread_t thread;
  if (pthread_create(&thread, NULL, sleep_for_ever, NULL) != 0) exit(1); // threads
}

int main(int count, char **words) {
  if (count < 3) return 2;
  const char *kind = words[1];
  int is_object = strcmp(kind, "shm") == 0 || strcmp(kind, "memfd") == 0 || strcmp(kind, "file") == 0;
  int file = is_object ? object(kind) : -1;
  if (is_object && file < 0) return 1;
  printf("ready\n");
  fflush(stdout);
  for (;; rounds++, usleep(1000 * atoi(words[2]))) {
    if (strcmp(kind, "fragments") == 0) fragment();
    else if (strcmp(kind, "keeps") == 0) keep();
    else if (strcmp(kind, "shared") == 0) share();
    else if (strcmp(kind, "threads") == 0) start_thread();
    else if (is_object) map_object(file);
    else return 2;
  }
}
