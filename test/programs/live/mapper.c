// A process that grows, or not, by its first word; the second one is how many milliseconds pass between two rounds. It says `ready`, goes on for ever,
// and ends with status 7 when SIGUSR1 comes: who looked into it must not have changed that.
#define _GNU_SOURCE
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

extern char **environ;
static volatile sig_atomic_t over;
static int pause_ms;

static void on_signal(int number) {
  (void)number;
  over = 1;
}

static void rest(void) {
  if (pause_ms == 0) return;
  struct timespec left = {pause_ms / 1000, pause_ms % 1000 * 1000000L};
  while (nanosleep(&left, &left) != 0 && errno == EINTR && !over) {
  }
}

__attribute__((noinline)) static char *take(size_t bytes) {
  char *at = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (at == MAP_FAILED) exit(1);
  at[0] = 1;
  return at;
}

__attribute__((noinline)) static void lose_mapping(void) {
  char *at = mmap(NULL, 64 << 10, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0); // lost mapping
  if (at == MAP_FAILED) exit(1);
  at[0] = 1;
}

__attribute__((noinline)) static void borrow_mapping(void) {
  char *at = take(1 << 20);
  munmap(at, 1 << 20);
}

__attribute__((noinline)) static void *lose_block(size_t bytes) {
  char *block = malloc(bytes); // lost block
  if (block == NULL) exit(1);
  memset(block, 1, bytes);
  return block;
}

__attribute__((noinline)) static void borrow_block(size_t bytes) {
  char *block = malloc(bytes);
  if (block == NULL) exit(1);
  memset(block, 1, bytes);
  __asm__ volatile("" : : "r"(block) : "memory");
  free(block);
}

static void *losing_thread(void *nothing) {
  for (; !over; rest()) lose_mapping();
  return nothing;
}

static void *borrowing_thread(void *nothing) {
  for (; !over; rest()) borrow_mapping();
  return nothing;
}

static void *short_thread(void *nothing) {
  lose_mapping();
  return nothing;
}

static void *idle_thread(void *nothing) {
  while (!over) usleep(20000);
  return nothing;
}

static void run_child(void) {
  pid_t child;
  char *words[] = {"true", NULL};
  if (posix_spawn(&child, "/bin/true", NULL, NULL, words, environ) == 0) waitpid(child, NULL, 0);
}

static void fork_child(void) {
  pid_t child = fork();
  if (child == 0) {
    for (int each = 0; each < 20; each++) take(1 << 20);
    _exit(0);
  }
  if (child > 0) waitpid(child, NULL, 0);
}

int main(int count, char **words) {
  const char *kind = count > 1 ? words[1] : "leak";
  pause_ms = count > 2 ? atoi(words[2]) : 50;
  struct sigaction action = {.sa_handler = on_signal};
  sigaction(SIGUSR1, &action, NULL);
  if (strcmp(kind, "deaf") == 0) signal(SIGUSR2, SIG_DFL);
  pthread_t threads[4];
  int running = 0;
  if (strcmp(kind, "threads") == 0) {
    for (int each = 0; each < 3; each++) pthread_create(&threads[running++], NULL, each == 1 ? losing_thread : borrowing_thread, NULL);
  } else if (strcmp(kind, "idle-threads") == 0) {
    for (int each = 0; each < 4; each++) pthread_create(&threads[running++], NULL, idle_thread, NULL);
  }
  printf("ready\n");
  fflush(stdout);
  for (long round = 0; !over; round++, rest()) {
    if (strcmp(kind, "leak") == 0) {
      lose_mapping();
      borrow_mapping();
    } else if (strcmp(kind, "heap") == 0) {
      lose_block(30000);
    } else if (strcmp(kind, "blocks") == 0 || strcmp(kind, "deaf") == 0) {
      lose_block(1000);
      borrow_block(3000);
    } else if (strcmp(kind, "steady") == 0) {
      borrow_mapping();
      borrow_block(5000);
    } else if (strcmp(kind, "new-threads") == 0) {
      pthread_t thread;
      if (pthread_create(&thread, NULL, short_thread, NULL) == 0) pthread_join(thread, NULL);
    } else if (strcmp(kind, "children") == 0) {
      lose_mapping();
      run_child();
      fork_child();
    } else if (strcmp(kind, "ends") == 0) {
      lose_mapping();
      if (round == 300) return 3;
    } else if (strcmp(kind, "other-program") == 0) {
      if (round == 100) execl(words[0], words[0], "leak", words[2], (char *)NULL);
    }
  }
  for (int each = 0; each < running; each++) pthread_join(threads[each], NULL);
  return 7;
}
