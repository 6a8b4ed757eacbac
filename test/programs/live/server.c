// A server with four threads on 127.0.0.1: it answers each line with `done`, frees what it has worked with, and loses the record of each request. Its argument is a file that
// it writes its port to. It says `ready`, and ends with status 7 when SIGUSR1 comes.
#include <arpa/inet.h>
#include <netinet/in.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { WORKERS = 4 };

static void on_signal(int number) {
  (void)number;
  _exit(7);
}

static __attribute__((noinline)) void record(const char *request, size_t length) {
  char *entry = malloc(200); // lost record
  memcpy(entry, request, length < 200 ? length : 200);
}

static __attribute__((noinline)) size_t answer(const char *request, size_t length) {
  char *words = malloc(length + 1000);
  memcpy(words, request, length);
  memset(words + length, ' ', 1000);
  size_t spaces = 0;
  for (size_t i = 0; i < length + 1000; i++) spaces += words[i] == ' ';
  free(words);
  return spaces;
}

static void serve(int client) {
  char line[256];
  ssize_t length;
  while ((length = read(client, line, sizeof line)) > 0) {
    record(line, (size_t)length);
    if (answer(line, (size_t)length) < 1000 || write(client, "done\n", 5) != 5) break;
  }
  close(client);
}

static void *work(void *listener) {
  for (;;) {
    int client = accept(*(int *)listener, NULL, NULL);
    if (client >= 0) serve(client);
  }
  return NULL;
}

int main(int argc, char **argv) {
  static int listener;
  struct sockaddr_in place = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  socklen_t size = sizeof place;
  signal(SIGUSR1, on_signal);
  signal(SIGPIPE, SIG_IGN);
  listener = socket(AF_INET, SOCK_STREAM, 0);
  if (bind(listener, (struct sockaddr *)&place, size) != 0 || listen(listener, 16) != 0) return 1;
  if (getsockname(listener, (struct sockaddr *)&place, &size) != 0) return 1;
  FILE *file = argc > 1 ? fopen(argv[1], "w") : NULL;
  if (file == NULL || fprintf(file, "%d\n", ntohs(place.sin_port)) < 0 || fclose(file) != 0) return 1;
  pthread_t threads[WORKERS];
  for (int i = 0; i < WORKERS; i++) pthread_create(&threads[i], NULL, work, &listener);
  printf("ready\n");
  fflush(stdout);
  for (int i = 0; i < WORKERS; i++) pthread_join(threads[i], NULL);
}
