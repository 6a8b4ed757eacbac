#include <pthread.h>
#include <stdlib.h>
#include <unistd.h>

static char *volatile block;

static void *work(void *unused) {
  usleep(50000);
  block = malloc(31); /* EXPECT(lost) */
  block = NULL;
  return unused;
}

int main(void) {
  pthread_t thread;
  pthread_create(&thread, NULL, work, NULL);
  pthread_exit(NULL);
}
