#include <stdio.h>
#include <stdlib.h>

int main(void) {
  char *message = malloc(40);
  snprintf(message, 40, "ends with %d", 3);
  puts(message);
  free(message);
  return 3;
}
