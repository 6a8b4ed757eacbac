#include <string>

#include "scrub.h"

struct Person {
  explicit Person(const char *text) : name(text) {} // EXPECT(member)
  std::string name;
};

static NOINLINE void meet() {
  Person *person = new Person("a name that is much too long for the small buffer"); // EXPECT(object)
  person->name[0] = 'A';
}

int main() {
  meet();
  scrub();
}
