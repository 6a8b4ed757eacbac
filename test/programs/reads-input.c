#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "scrub.h"

static NOINLINE void remember(const char *line) {
  char *copy = malloc(128); /* EXPECT(line) */
  strncpy(copy, line, 127);
}

int main(void) {
  char line[100];
  while (fgets(line, sizeof line, stdin) != NULL) {
    printf("read %s", line);
    remember(line);
  }
  memset(line, 0, sizeof line);
  scrub();
  return 0;
}
