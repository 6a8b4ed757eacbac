#include <stdlib.h>

int main(void) {
  int local = 1;
  int *volatile pointer = &local;
  free(pointer); /* EXPECT(free) */
  return 0;
}
