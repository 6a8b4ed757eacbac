// Fragments its heap: it has allocated 48 MiB in small blocks and freed all but one in 64, so that hardly anything can be given back; then it takes and frees a little, for
// ever. It ends with status 7 when SIGUSR1 comes.
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { BLOCKS = 48 * 1024, SIZE = 1000, KEPT = 64 };
static char *blocks[BLOCKS];
static volatile sig_atomic_t is_over;

static void on_signal(int number) { is_over = number; }

int main(void) {
  signal(SIGUSR1, on_signal);
  for (int i = 0; i < BLOCKS; i++) {
    blocks[i] = malloc(SIZE);
    memset(blocks[i], i, SIZE);
  }
  for (int i = 0; i < BLOCKS; i++) {
    if (i % KEPT == KEPT - 1) continue;
    free(blocks[i]);
    blocks[i] = NULL;
  }
  printf("ready\n");
  fflush(stdout);
  for (int i = KEPT - 1; !is_over; i = (i + KEPT) % BLOCKS) {
    free(blocks[i]);
    blocks[i] = malloc(SIZE);
    memset(blocks[i], i, SIZE);
    usleep(1000);
  }
  _exit(7);
}
