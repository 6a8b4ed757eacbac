#include <stdlib.h>
#include <string.h>

int main(void) {
  char *name = malloc(8); /* EXPECT(allocation) */
  const char *volatile text = "much too long";
  strcpy(name, text); /* EXPECT(access) */
  free(name);
  return 0;
}
