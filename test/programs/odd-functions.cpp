#include <utility>

#include "scrub.h"

struct Größe {
  NOINLINE operator int *() const {
    return new int[6]; // EXPECT(conversion)
  }
  NOINLINE int *operator()(int count) const {
    return new int[count]; // EXPECT(call)
  }
};

static NOINLINE void überall() {
  static_cast<int *>(Größe())[0] = 1;
  Größe()(7)[0] = 1;
  auto lambda = [](int count) {
    return new char[count]; // EXPECT(lambda)
  };
  lambda(3)[0] = 1;
}

int main() {
  überall();
  scrub();
}
