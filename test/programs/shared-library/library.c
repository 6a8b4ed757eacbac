#include <stdlib.h>

void library_work(void) {
  char *block = malloc(555); /* EXPECT(lost) */
  block[0] = 1;
}
