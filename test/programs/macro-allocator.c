#include <stdlib.h>

#include "scrub.h"

#define NEW(type) ((type *)calloc(1, sizeof(type)))

struct packet {
  char bytes[48];
};

static NOINLINE void receive(void) {
  struct packet *packet = NEW(struct packet); /* EXPECT(packet) */
  packet->bytes[0] = 1;
}

int main(void) {
  receive();
  scrub();
  return 0;
}
