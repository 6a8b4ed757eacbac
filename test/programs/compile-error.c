#include <stdlib.h>

int main(void) {
  char *block = malloc(10) /* EXPECT(before) */
  free(block); /* EXPECT(after) */
  undeclared = 1; /* EXPECT(undeclared) */
  return 0;
}
