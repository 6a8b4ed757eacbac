#include <string.h>

int main(void) {
  char text[32] = "0123456789";
  char *volatile target = text + 4;
  strncpy(target, text, 8); /* EXPECT(call) */
  return text[4] == 1;
}
