#include <stdexcept>

#include "scrub.h"

static void check(int value) {
  if (value > 1) throw std::runtime_error("too big");
}

static NOINLINE void work(int value) {
  int *scratch = new int[25]; // EXPECT(skipped)
  scratch[0] = value;
  check(value);
  delete[] scratch;
}

static NOINLINE void attempt() {
  for (int i = 0; i < 4; i++) {
    try {
      work(i);
    } catch (const std::runtime_error &) {
    }
  }
}

int main() {
  attempt();
  scrub();
}
