#include <stdlib.h>

void plugin_run(void) {
  char *block = malloc(777); /* EXPECT(lost) */
  block[0] = 1;
}
