/*
 * Programs that functions are called in while they work: busy MODE FILE. Each checks its own work. FILE holds two numbers of 64 bits that are shared
 * with whoever looks: how much was done, and whether to stop. It prints `ok` at the end, or what was wrong, and is 1 then.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <spawn.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

extern char **environ;

struct shared {
  _Atomic uint64_t done;
  _Atomic uint64_t stop;
};
static struct shared *shared;

static void wrong(const char *what) {
  fprintf(stderr, "wrong: %s (errno %d: %s)\n", what, errno, strerror(errno));
  _exit(1);
}

#define MUST(condition)            \
  do {                             \
    if (!(condition)) wrong(#condition); \
  } while (0)

static uint32_t next(uint32_t *state) {
  *state ^= *state << 13;
  *state ^= *state >> 17;
  return *state ^= *state << 5;
}

#define SLOTS 512
struct block {
  uint32_t size;
  unsigned char fill;
  unsigned char bytes[];
};
/* Blocks that one thread allocates and another one frees. */
static _Atomic(struct block *) passed[64];

static void check_and_free(struct block *block) {
  if (!block) return;
  for (uint32_t i = 0; i < block->size; i += 1 + block->size / 16) MUST(block->bytes[i] == block->fill);
  free(block);
}

static void *allocate_for_ever(void *seed) {
  uint32_t state = (uint32_t)(uintptr_t)seed * 2654435761u + 1;
  struct block *slots[SLOTS] = {0};
  while (!shared->stop) {
    for (int round = 0; round < 1000; round++) {
      uint32_t number = next(&state), slot = number % SLOTS;
      uint32_t size = number % 97 == 0 ? 200000 : number % 7 == 0 ? 4000 : 24 + number % 300;
      struct block *block = malloc(sizeof *block + size);
      MUST(block);
      block->size = size;
      block->fill = (unsigned char)number;
      memset(block->bytes, block->fill, size);
      if (number % 5 == 0) {
        struct block *larger = realloc(block, sizeof *block + size + 512);
        MUST(larger);
        block = larger;
      }
      check_and_free(slots[slot]);
      slots[slot] = block;
      if (number % 11 == 0) {
        slots[slot] = NULL;
        check_and_free(atomic_exchange(&passed[number % 64], block));
      }
    }
    shared->done++;
  }
  for (int i = 0; i < SLOTS; i++) check_and_free(slots[i]);
  return NULL;
}

static void with_threads(int count, void *(*work)(void *)) {
  pthread_t threads[16];
  for (int i = 0; i < count; i++) MUST(pthread_create(&threads[i], NULL, work, (void *)(uintptr_t)(i + 1)) == 0);
  for (int i = 0; i < count; i++) MUST(pthread_join(threads[i], NULL) == 0);
}

static void open_for_ever(void) {
  while (!shared->stop) {
    void *library = dlopen("libresolv.so.2", RTLD_NOW | RTLD_LOCAL);
    MUST(library);
    MUST(dlsym(library, "ns_get16"));
    MUST(!dlsym(library, "no_such_function_anywhere"));
    MUST(dlerror());
    MUST(dlclose(library) == 0);
    shared->done++;
  }
}

static void write_for_ever(void) {
  FILE *file = tmpfile();
  MUST(file);
  while (!shared->stop) {
    char line[256];
    rewind(file);
    for (int i = 0; i < 2000; i++) MUST(fprintf(file, "%d %x %s\n", i, i * 2654435761u, "some words") > 0);
    rewind(file);
    for (int i = 0; i < 2000; i++) {
      int number;
      unsigned hash;
      MUST(fgets(line, sizeof line, file));
      MUST(sscanf(line, "%d %x", &number, &hash) == 2 && number == i && hash == i * 2654435761u);
    }
    shared->done++;
  }
  fclose(file);
}

static int ends[2];
static void *ask_for_ever(void *unused) {
  uint64_t number = 0;
  (void)unused;
  while (!shared->stop) {
    uint64_t answer = 0;
    struct timespec pause = {0, 2000000};
    number++;
    MUST(write(ends[1], &number, sizeof number) == sizeof number);
    MUST(read(ends[1], &answer, sizeof answer) == sizeof answer && answer == number * 3);
    shared->done++;
    MUST(nanosleep(&pause, NULL) == 0);
  }
  shutdown(ends[1], SHUT_WR);
  return NULL;
}

static void serve_for_ever(void) {
  pthread_t client;
  int queue = epoll_create1(EPOLL_CLOEXEC);
  struct epoll_event event = {.events = EPOLLIN};
  MUST(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) == 0);
  event.data.fd = ends[0];
  MUST(epoll_ctl(queue, EPOLL_CTL_ADD, ends[0], &event) == 0);
  MUST(pthread_create(&client, NULL, ask_for_ever, NULL) == 0);
  for (;;) {
    struct epoll_event ready;
    uint64_t number;
    ssize_t got;
    int count;
    /* No signal has a handler here: it is not interrupted. LeakSanitizer stops all threads by ptrace(2), which does interrupt it (signal(7)). */
    do count = epoll_wait(queue, &ready, 1, -1);
    while (count < 0 && errno == EINTR && getenv("BUSY_IS_STOPPED"));
    MUST(count == 1);
    got = read(ready.data.fd, &number, sizeof number);
    if (got == 0) break;
    MUST(got == sizeof number);
    number *= 3;
    MUST(write(ready.data.fd, &number, sizeof number) == sizeof number);
  }
  MUST(pthread_join(client, NULL) == 0);
}

static double seconds(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static void sleep_for_ever(void) {
  while (!shared->stop) {
    struct timespec time = {0, 150000000};
    double before = seconds();
    MUST(nanosleep(&time, NULL) == 0);
    MUST(seconds() - before >= 0.15);
    shared->done++;
  }
}

static void fork_for_ever(void) {
  char *words[] = {"true", NULL};
  for (unsigned round = 0; !shared->stop; round++) {
    int status;
    pid_t child;
    if (round % 4 == 0) {
      MUST(posix_spawnp(&child, words[0], NULL, NULL, words, environ) == 0);
    } else {
      child = fork();
      MUST(child >= 0);
      if (child == 0) {
        void *block = malloc(10000);
        free(block);
        _exit(7);
      }
    }
    MUST(waitpid(child, &status, 0) == child);
    MUST(WIFEXITED(status) && WEXITSTATUS(status) == (round % 4 == 0 ? 0 : 7));
    shared->done++;
  }
}

static volatile sig_atomic_t handled;
static void *volatile kept;
static void handle(int number) {
  (void)number;
  /* Allowed, for it only interrupts pause and sigsuspend below. */
  free(kept);
  kept = malloc(100 + (size_t)handled % 1000);
  handled++;
}

/* Each timer goes off once, and its signal must end the wait: one that is lost, or that comes too early, hangs it. */
static void wait_for_ever(void) {
  struct sigaction action = {.sa_handler = handle};
  sigset_t alarm, none;
  sigemptyset(&alarm);
  sigemptyset(&none);
  sigaddset(&alarm, SIGALRM);
  MUST(sigaction(SIGALRM, &action, NULL) == 0);
  MUST(sigprocmask(SIG_BLOCK, &alarm, NULL) == 0);
  while (!shared->stop) {
    int before = handled;
    struct itimerval timer = {{0, 0}, {0, 500 + 37 * (before % 100)}};
    sigset_t mask;
    MUST(setitimer(ITIMER_REAL, &timer, NULL) == 0);
    MUST(sigsuspend(&none) == -1 && errno == EINTR);
    MUST(handled == before + 1);
    MUST(sigprocmask(SIG_SETMASK, NULL, &mask) == 0 && sigismember(&mask, SIGALRM) == 1 && sigismember(&mask, SIGUSR1) == 0);
    shared->done++;
  }
}

/* A processor-bound program with a timer of 1000 signals a second, each with a handler. */
static void count_signal(int number) {
  (void)number;
  handled++;
}
static void compute_for_ever(void) {
  struct sigaction action = {.sa_handler = count_signal, .sa_flags = SA_RESTART};
  struct itimerval timer = {{0, 1000}, {0, 1000}};
  double first_sum = 0;
  uint32_t first_hash = 0;
  MUST(sigaction(SIGALRM, &action, NULL) == 0);
  MUST(setitimer(ITIMER_REAL, &timer, NULL) == 0);
  while (!shared->stop) {
    double sum = 0;
    uint32_t state = 1, hash = 0;
    int before = handled;
    for (int i = 1; i < 3000000; i++) {
      sum += 1.0 / i;
      hash = hash * 31 + next(&state);
    }
    if (shared->done == 0) first_sum = sum, first_hash = hash;
    MUST(sum == first_sum && hash == first_hash);
    MUST(handled > before);
    shared->done++;
  }
}

static void read_for_ever(void) {
  int pipes[2];
  pid_t child;
  int status;
  MUST(pipe2(pipes, O_CLOEXEC) == 0);
  child = fork();
  MUST(child >= 0);
  if (child == 0) {
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    for (uint64_t number = 0; !shared->stop; number++) {
      usleep(120000);
      if (write(pipes[1], &number, sizeof number) != sizeof number) _exit(1);
    }
    _exit(0);
  }
  close(pipes[1]);
  for (uint64_t expected = 0;; expected++) {
    uint64_t number;
    ssize_t got = read(pipes[0], &number, sizeof number);
    if (got == 0) break;
    MUST(got == sizeof number && number == expected);
    shared->done++;
  }
  MUST(waitpid(child, &status, 0) == child && status == 0);
}

/* Threads that begin and end all the time, and are cancelled while they wait. */
static void *brief(void *unused) {
  char byte;
  (void)unused;
  MUST(read(ends[0], &byte, 1) < 0);
  return NULL;
}
static void cancel_for_ever(void) {
  MUST(pipe2(ends, O_CLOEXEC) == 0);
  while (!shared->stop) {
    pthread_t threads[4];
    for (int i = 0; i < 4; i++) MUST(pthread_create(&threads[i], NULL, brief, NULL) == 0);
    usleep(1000);
    for (int i = 0; i < 4; i++) {
      void *result;
      MUST(pthread_cancel(threads[i]) == 0);
      MUST(pthread_join(threads[i], &result) == 0 && result == PTHREAD_CANCELED);
    }
    shared->done++;
  }
}

int main(int count, char **words) {
  const char *mode = count > 2 ? words[1] : "";
  int file;
  if (count < 3) return 2;
  file = open(words[2], O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  MUST(file >= 0 && ftruncate(file, sizeof *shared) == 0);
  shared = mmap(NULL, sizeof *shared, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
  MUST(shared != MAP_FAILED);
  close(file);
  /* None is left when whoever started it is gone. */
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (strcmp(mode, "malloc") == 0) allocate_for_ever((void *)1);
  else if (strcmp(mode, "malloc-threads") == 0) with_threads(4, allocate_for_ever);
  else if (strcmp(mode, "dlopen") == 0) open_for_ever();
  else if (strcmp(mode, "stdio") == 0) write_for_ever();
  else if (strcmp(mode, "server") == 0) serve_for_ever();
  else if (strcmp(mode, "sleep") == 0) sleep_for_ever();
  else if (strcmp(mode, "fork") == 0) fork_for_ever();
  else if (strcmp(mode, "signals") == 0) wait_for_ever();
  else if (strcmp(mode, "timer") == 0) compute_for_ever();
  else if (strcmp(mode, "read") == 0) read_for_ever();
  else if (strcmp(mode, "cancel") == 0) cancel_for_ever();
  else return 2;
  puts("ok");
  return 0;
}
