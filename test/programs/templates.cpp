#include <cstddef>

#include "scrub.h"

template <typename T, std::size_t N>
struct Pool {
  NOINLINE T *take() {
    return new T[N]; // EXPECT(template)
  }
};

__attribute__((always_inline)) static inline char *inlined(int size) {
  return new char[size]; // EXPECT(inlined)
}

static NOINLINE void use() {
  Pool<double, 16> pool;
  pool.take()[0] = 1;
  inlined(77)[0] = 1;
}

int main() {
  use();
  scrub();
}
