// Never ends: loses 1000 bytes each 20 ms at one place, and once 5000 bytes at another. It stops losing when the file `enough` is there.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void lose(size_t size) {
  char *lost = malloc(size);
  memset(lost, 1, size);
}

static void lose_once(void) {
  char *lost = malloc(5000);
  memset(lost, 1, 5000);
}

int main(void) {
  lose_once();
  for (long round = 1;; round++) {
    lose(1000);
    if (round == 5) fclose(fopen("going-on", "w"));
    usleep(20000);
  }
}
