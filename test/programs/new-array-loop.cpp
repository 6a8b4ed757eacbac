#include "scrub.h"

static NOINLINE void grow() {
  int *numbers = new int[102400]; // EXPECT(lost)
  numbers[0] = 1;
}

int main() {
  for (int i = 0; i < 5; i++) grow();
  scrub();
}
