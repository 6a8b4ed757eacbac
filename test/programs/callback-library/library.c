#include <stdlib.h>

/* Keeps a private block for each call, and forgets it. */
void library_each(int count, void (*visit)(int, void *), void *context) {
  char *state = malloc(111); /* EXPECT(library) */
  state[0] = 1;
  for (int i = 0; i < count; i++) visit(i, context);
}
