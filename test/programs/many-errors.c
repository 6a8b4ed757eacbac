#include <stdlib.h>

int main(void) {
  volatile char *bytes = malloc(8);
  bytes[8] = 1; /* EXPECT(overflow) */
  free((void *)bytes);
  bytes[1] = 2; /* EXPECT(first use) */
  bytes[2] = 3; /* EXPECT(second use) */
  return 0;
}
