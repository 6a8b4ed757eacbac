#include <vector>

#include "scrub.h"

struct Samples {
  void add(long value) {
    values.push_back(value); // EXPECT(growth)
  }
  std::vector<long> values;
};

static NOINLINE void collect() {
  Samples *samples = new Samples; // EXPECT(object)
  samples->values.reserve(1); // EXPECT(reserve)
  samples->add(1);
  samples->add(2);
}

int main() {
  collect();
  scrub();
}
