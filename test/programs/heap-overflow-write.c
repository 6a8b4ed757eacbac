#include <stdlib.h>

static void fill(int *numbers, int count) {
  for (int i = 0; i <= count; i++) {
    numbers[i] = i; /* EXPECT(access) */
  }
}

int main(void) {
  int *numbers = malloc(10 * sizeof *numbers); /* EXPECT(allocation) */
  fill(numbers, 10);
  free(numbers);
  return 0;
}
