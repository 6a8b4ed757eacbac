#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int sum_of_table(void) {
  int table[1000][1000];
  memset(table, 0, sizeof table);
  table[999][999] = 5;
  return table[0][0] + table[999][999];
}

int main(void) {
  char *volatile huge = malloc(SIZE_MAX / 4);
  FILE *empty = fopen("/dev/null", "r");
  /* With a size of 0, getline() takes no look at the pointer, and makes a block even when there is no line. */
  char *line = (char *)16;
  size_t size = 0;
  if (huge || !empty || getline(&line, &size, empty) != -1 || size == 0) return 1;
  free(line);
  fclose(empty);
  return sum_of_table();
}
