#include <stdlib.h>

#include "../scrub.h"

void library_each(int count, void (*visit)(int, void *), void *context);

static void visit(int index, void *context) {
  char *note = malloc(21); /* EXPECT(visit) */
  note[0] = (char)index;
  ++*(int *)context;
}

static NOINLINE void use(void) {
  int calls = 0;
  library_each(3, visit, &calls); /* EXPECT(caller) */
}

int main(void) {
  use();
  scrub();
  return 0;
}
