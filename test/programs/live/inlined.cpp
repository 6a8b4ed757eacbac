// What it loses it allocates in functions that an optimiser puts into their callers. Argument: microseconds between two rounds. It ends with status 7 when SIGUSR1 comes.
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>
#include <unistd.h>
#include <vector>

static void *volatile last;
static volatile std::sig_atomic_t is_over;

struct Session {
  explicit Session(unsigned number) { std::memset(data, static_cast<int>(number), sizeof data); }
  char data[700];
};

template <typename T>
__attribute__((always_inline)) static inline T *made(unsigned number) {
  return new T(number); // lost session
}

__attribute__((always_inline)) static inline void open_session(unsigned number) {
  last = made<Session>(number); // its caller
}

__attribute__((noinline)) static void serve(unsigned number) {
  std::vector<std::string> words(20, "a word that is too long for the small buffer");
  words.push_back("one more");
  open_session(number); // the caller of both
  if (words.size() != 21) std::abort();
}

int main(int argc, char **argv) {
  int pause_us = argc > 1 ? std::atoi(argv[1]) : 1000;
  std::signal(SIGUSR1, [](int number) { is_over = number; });
  std::printf("ready\n");
  std::fflush(stdout);
  for (unsigned number = 0; !is_over; number++) {
    serve(number);
    usleep(static_cast<useconds_t>(pause_us));
  }
  _exit(7);
}
