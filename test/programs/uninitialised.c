#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static int table[4] = {1, 2, 3, 4};

int main(void) {
  int sink = open("/dev/null", O_WRONLY);
  int *numbers = malloc(4 * sizeof *numbers); /* EXPECT(origin) */
  if (numbers[1] == 3) { /* EXPECT(condition) */
    puts("three");
  }
  table[numbers[2] & 3] = 0; /* EXPECT(value) */
  if (write(sink, numbers, 4) != 4) { /* EXPECT(write) */
    puts("not written");
  }
  free(numbers);
  close(sink);
  return 0;
}
