#include <memory>

#include "scrub.h"

struct Peer {
  std::shared_ptr<Peer> other;
};

static NOINLINE void tie() {
  std::shared_ptr<Peer> left(new Peer); // EXPECT(left)
  std::shared_ptr<Peer> right(new Peer); // EXPECT(right)
  left->other = right;
  right->other = left;
}

int main() {
  tie();
  scrub();
}
