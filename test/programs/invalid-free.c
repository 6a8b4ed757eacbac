#include <stdlib.h>

int main(void) {
  char *text = malloc(20); /* EXPECT(allocation) */
  char *volatile middle = text + 4;
  free(middle); /* EXPECT(free) */
  free(text);
  return 0;
}
