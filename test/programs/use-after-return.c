static int *volatile escaped;

static void keep(int *number) { escaped = number; }

static __attribute__((noinline)) void produce(void) {
  int number = 3;
  keep(&number);
}

int main(void) {
  produce();
  return *escaped == 4; /* EXPECT(access) */
}
