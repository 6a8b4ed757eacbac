/*
 * The companion of a program that runs under AddressSanitizer or LeakSanitizer. It is preloaded, and does three things:
 *
 * 1. It starts a preloaded LeakSanitizer before any other constructor runs. Without this, a program that calls signal()
 *    before its first malloc() jumps through an interceptor that was never set up, and dies at address 0.
 * 2. It keeps dlclose()d libraries mapped, so that the frames of a leak in a closed plugin still have names.
 * 3. When MEMLENS_CONTROL is set, a thread waits on the FIFO $MEMLENS_CONTROL.<pid>; each byte written there asks for
 *    one leak check (lsan_interface.h, __lsan_do_recoverable_leak_check) while the program goes on. A file
 *    $MEMLENS_CONTROL.<pid>.done appears after it, and reports from then on go to $MEMLENS_CONTROL.late.<pid>.
 *
 * In a program without such a runtime (a shell that the program starts, say) it does nothing.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <unistd.h>

void __lsan_init(void) __attribute__((weak));
static int (*leak_check)(void);
static void (*set_report_path)(const char *);
static char fifo[4096];
static char done_file[4096];
static char late_path[4096];

/* Not from a signal handler: the check takes locks that the interrupted thread may hold. */
static void *serve(void *unused) {
  (void)unused;
  for (;;) {
    char byte;
    ssize_t got;
    int fd = open(fifo, O_RDONLY | O_CLOEXEC);
    if (fd < 0) {
      if (errno == EINTR) continue;
      return NULL;
    }
    while ((got = read(fd, &byte, 1)) < 0 && errno == EINTR) {
    }
    close(fd);
    if (got != 1) continue;
    leak_check();
    if (set_report_path) set_report_path(late_path);
    fd = open(done_file, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
    if (fd >= 0) close(fd);
  }
}

static int fits(char *into, size_t size, const char *control, const char *end) {
  int length = snprintf(into, size, "%s.%ld%s", control, (long)getpid(), end);
  return length > 0 && (size_t)length < size;
}

__attribute__((constructor(101))) static void start(void) {
  const char *control = getenv("MEMLENS_CONTROL");
  if (__lsan_init) {
    void *volatile block;
    __lsan_init();
    block = malloc(1);
    free(block);
  }
  *(void **)&leak_check = dlsym(RTLD_DEFAULT, "__lsan_do_recoverable_leak_check");
  if (!leak_check || !control || !*control) return;
  *(void **)&set_report_path = dlsym(RTLD_DEFAULT, "__sanitizer_set_report_path");
  if (!fits(fifo, sizeof fifo, control, "") || !fits(done_file, sizeof done_file, control, ".done")) return;
  if ((size_t)snprintf(late_path, sizeof late_path, "%s.late", control) >= sizeof late_path) return;
  if (mkfifo(fifo, 0600) != 0) return;
  {
    pthread_t thread;
    pthread_attr_t attributes;
    sigset_t all, old;
    /* The program's signals are for its own threads. */
    sigfillset(&all);
    pthread_sigmask(SIG_BLOCK, &all, &old);
    pthread_attr_init(&attributes);
    pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
    pthread_create(&thread, &attributes, serve, NULL);
    pthread_attr_destroy(&attributes);
    pthread_sigmask(SIG_SETMASK, &old, NULL);
  }
}

int dlclose(void *handle) {
  static int (*real)(void *);
  if (leak_check) return 0;
  if (!real) *(void **)&real = dlsym(RTLD_NEXT, "dlclose");
  return real ? real(handle) : 0;
}
