#include <cstdlib>

int main() {
  int *number = static_cast<int *>(std::malloc(sizeof(int))); // EXPECT(allocation)
  *number = 1;
  delete number; // EXPECT(free)
}
