#include "../scrub.h"

void library_work(void);

int main(void) {
  library_work(); /* EXPECT(caller) */
  scrub();
  return 0;
}
