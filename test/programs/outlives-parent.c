#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "scrub.h"

static NOINLINE void lose(void) {
  char *block = malloc(50); /* EXPECT(lost) */
  block[0] = 1;
}

/* The child goes on for a minute and holds the terminal open; the parent ends at once. */
int main(void) {
  pid_t child = fork();
  if (child == 0) {
    sleep(60);
    return 0;
  }
  printf("child %d\n", (int)child);
  lose();
  scrub();
  return 0;
}
