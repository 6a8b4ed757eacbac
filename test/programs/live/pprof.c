// Writes heap profiles of itself, as programs of Go do: profile.proto (https://github.com/google/pprof/blob/main/proto/profile.proto), not packed. Arguments: the milliseconds
// between two of them, and the name of the file; with %d in it each has a number of its own. What it tells of is made up: 10,000 bytes more each time by `shelve`, and
// always 5,000 by `borrow`. It ends with status 7 when SIGUSR1 comes.
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static volatile sig_atomic_t is_over;
static void on_signal(int number) { is_over = number; }

struct bytes {
  uint8_t at[4096];
  size_t length;
};

static void number(struct bytes *out, uint64_t value) {
  for (; value >= 0x80; value >>= 7) out->at[out->length++] = (uint8_t)(value | 0x80);
  out->at[out->length++] = (uint8_t)value;
}

static void field(struct bytes *out, int which, uint64_t value) {
  number(out, (uint64_t)which << 3);
  number(out, value);
}

static void part(struct bytes *out, int which, const void *content, size_t length) {
  number(out, (uint64_t)which << 3 | 2);
  number(out, length);
  memcpy(out->at + out->length, content, length);
  out->length += length;
}

static void pair(struct bytes *out, int which, uint64_t first, uint64_t second) {
  struct bytes inner = {.length = 0};
  field(&inner, 1, first);
  field(&inner, 2, second);
  part(out, which, inner.at, inner.length);
}

/* A sample: its place, and how many blocks and bytes. */
static void sample(struct bytes *out, uint64_t place, uint64_t blocks, uint64_t size) {
  struct bytes inner = {.length = 0}, values = {.length = 0};
  field(&inner, 1, place);
  number(&values, blocks);
  number(&values, size);
  part(&inner, 2, values.at, values.length);
  part(out, 2, inner.at, inner.length);
}

/* A place, its line, and its function with the text of its name. */
static void place(struct bytes *out, uint64_t id, uint64_t line, uint64_t name) {
  struct bytes at = {.length = 0}, inner = {.length = 0};
  field(&inner, 1, id);
  pair(&inner, 4, id, line);
  part(out, 4, inner.at, inner.length);
  field(&at, 1, id);
  field(&at, 2, name);
  field(&at, 4, 7);
  part(out, 5, at.at, at.length);
}

int main(int argc, char **argv) {
  const char *texts[] = {"", "inuse_objects", "count", "inuse_space", "bytes", "shelve", "borrow", __FILE__};
  int pause_ms = argc > 1 ? atoi(argv[1]) : 200;
  const char *form = argc > 2 ? argv[2] : "heap.pprof";
  signal(SIGUSR1, on_signal);
  for (unsigned round = 1; !is_over; round++) {
    struct bytes out = {.length = 0};
    char name[256];
    pair(&out, 1, 1, 2);
    pair(&out, 1, 3, 4);
    sample(&out, 1, round, 10000ull * round);
    sample(&out, 2, 1, 5000);
    place(&out, 1, __LINE__, 5); // grows in its profile
    place(&out, 2, 1, 6);
    for (unsigned i = 0; i < sizeof texts / sizeof texts[0]; i++) part(&out, 6, texts[i], strlen(texts[i]));
    snprintf(name, sizeof name, form, round);
    FILE *file = fopen("heap.new", "w");
    if (file == NULL || fwrite(out.at, 1, out.length, file) != out.length || fclose(file) != 0) return 1;
    if (rename("heap.new", name) != 0) return 1;
    if (round == 1) printf("ready\n");
    fflush(stdout);
    usleep((useconds_t)pause_ms * 1000);
  }
  _exit(7);
}
