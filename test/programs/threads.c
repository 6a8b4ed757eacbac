#include <pthread.h>
#include <stdlib.h>
#include <string.h>

static __attribute__((noinline)) void lose(size_t size) {
  void *block = malloc(size); /* EXPECT(lost) */
  memset(block, 1, size);
}

static void *work(void *unused) {
  (void)unused;
  for (int i = 0; i < 5; i++) lose(40);
  return NULL;
}

int main(void) {
  pthread_t threads[4];
  for (int i = 0; i < 4; i++) pthread_create(&threads[i], NULL, work, NULL);
  for (int i = 0; i < 4; i++) pthread_join(threads[i], NULL);
  return 0;
}
