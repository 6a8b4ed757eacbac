#include <stdio.h>
#include <stdlib.h>

int main(void) {
  char *bytes = calloc(16, 1); /* EXPECT(allocation) */
  volatile int at = -1;
  char before = bytes[at]; /* EXPECT(access) */
  printf("%d\n", before == 0);
  free(bytes);
  return 0;
}
