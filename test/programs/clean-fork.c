#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void) {
  char *shared = malloc(100);
  snprintf(shared, 100, "parent %d", (int)getpid());
  for (int i = 0; i < 3; i++) {
    pid_t child = fork();
    if (child == 0) {
      char *own = malloc(200);
      snprintf(own, 200, "%s, child %d", shared, i);
      free(own);
      free(shared);
      return i;
    }
    int status;
    waitpid(child, &status, 0);
    if (!WIFEXITED(status) || WEXITSTATUS(status) != i) {
      free(shared);
      return 1;
    }
  }
  free(shared);
  return 0;
}
