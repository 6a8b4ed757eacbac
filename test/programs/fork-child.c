#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "scrub.h"

static NOINLINE void child_work(void) {
  char *block = malloc(333); /* EXPECT(lost) */
  block[0] = 1;
}

int main(void) {
  pid_t child = fork();
  if (child == 0) {
    child_work();
    scrub();
    return 0;
  }
  waitpid(child, NULL, 0);
  return 0;
}
