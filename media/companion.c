/*
 * The companion of a program that runs under AddressSanitizer or LeakSanitizer. It is preloaded, and does three things:
 *
 * 1. It starts a preloaded LeakSanitizer before any other constructor runs. Without this, a program that calls signal()
 *    before its first malloc() jumps through an interceptor that was never set up, and dies at address 0.
 * 2. It keeps dlclose()d libraries mapped, so that the frames of a leak in a closed plugin still have names.
 * 3. It stands in for the functions of libc that allocate for their caller, such as strdup(). The sanitizers follow frame
 *    pointers, which libc does not keep: a block that libc allocates has no caller that is known. One that is allocated
 *    here has.
 * 4. When MEMLENS_CONTROL is set, a thread waits on the FIFO $MEMLENS_CONTROL.<pid>; each byte written there asks for
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
#include <limits.h>
#include <semaphore.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <unistd.h>
#include <wchar.h>

void __lsan_init(void) __attribute__((weak));
static int (*leak_check)(void);
static void (*set_report_path)(const char *);
static char fifo[4096];
static char done_file[4096];
static char late_path[4096];

/* What pthread_exit() of the main thread writes to the FIFO. */
#define MAIN_THREAD_ENDS 'm'

/* Not in a process that forked: it has the memory of the thread, but not the thread. */
static pid_t serving;

/* Posted by the thread once it runs. */
static sem_t runs;

static void check_now(void) {
  int fd;
  leak_check();
  if (set_report_path) set_report_path(late_path);
  fd = open(done_file, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
  if (fd >= 0) close(fd);
}

/*
 * The main thread has called pthread_exit(): the process ends with its last thread, and that must not be this one. The
 * links of the directory are its two own ones and one for each thread; the main one stays, as a zombie (proc(5)).
 */
static void serve_to_last_thread(void) {
  struct stat tasks;
  int fd = open(fifo, O_RDWR | O_NONBLOCK | O_CLOEXEC);
  while (stat("/proc/self/task", &tasks) == 0 && tasks.st_nlink > 4) {
    char byte;
    if (fd >= 0 && read(fd, &byte, 1) == 1) check_now();
    usleep(20000);
  }
  if (fd >= 0) close(fd);
}

/* Not from a signal handler: the check takes locks that the interrupted thread may hold. */
static void *serve(void *unused) {
  (void)unused;
  sem_post(&runs);
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
    if (byte == MAIN_THREAD_ENDS) {
      serve_to_last_thread();
      return NULL;
    }
    check_now();
  }
}

void pthread_exit(void *value) {
  static void (*real)(void *) __attribute__((noreturn));
  if (!real) *(void **)&real = dlsym(RTLD_NEXT, "pthread_exit");
  if (serving != 0 && serving == getpid() && syscall(SYS_gettid) == serving) {
    char byte = MAIN_THREAD_ENDS;
    /* Both ends: opening only the writing one would wait for a reader. */
    int fd = open(fifo, O_RDWR | O_CLOEXEC);
    /* Open until the process ends: what is in a FIFO that nobody has open is lost. */
    if (fd >= 0 && write(fd, &byte, 1) != 1) close(fd);
  }
  real(value);
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
    /*
     * The runtime allocates for a thread that starts. If the program forked just then, its child would have the lock of the
     * allocator for ever, and would never end.
     */
    sem_init(&runs, 0, 0);
    if (pthread_create(&thread, &attributes, serve, NULL) == 0) {
      serving = getpid();
      while (sem_wait(&runs) != 0 && errno == EINTR) {
      }
    }
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

/* What follows does what libc does (strdup(3), asprintf(3), getline(3), realpath(3)), with frames that can be followed. */

extern void __asan_init(void) __attribute__((weak));

/* AddressSanitizer looks at the argument, and knows the caller by itself. */
static char *(*asan_strdup)(const char *);
static char *(*asan_strndup)(const char *, size_t);

char *strdup(const char *text) {
  size_t size;
  char *copy;
  if (__asan_init) {
    if (!asan_strdup) *(void **)&asan_strdup = dlsym(RTLD_NEXT, "strdup");
    if (asan_strdup) return asan_strdup(text);
  }
  size = strlen(text) + 1;
  copy = malloc(size);
  if (copy) memcpy(copy, text, size);
  return copy;
}

char *strndup(const char *text, size_t most) {
  size_t length;
  char *copy;
  if (__asan_init) {
    if (!asan_strndup) *(void **)&asan_strndup = dlsym(RTLD_NEXT, "strndup");
    if (asan_strndup) return asan_strndup(text, most);
  }
  length = strnlen(text, most);
  copy = malloc(length + 1);
  if (!copy) return NULL;
  memcpy(copy, text, length);
  copy[length] = 0;
  return copy;
}

wchar_t *wcsdup(const wchar_t *text) {
  size_t size = (wcslen(text) + 1) * sizeof *text;
  wchar_t *copy = malloc(size);
  if (copy) memcpy(copy, text, size);
  return copy;
}

int vasprintf(char **into, const char *format, va_list arguments) {
  va_list again;
  int length;
  char *text;
  va_copy(again, arguments);
  length = vsnprintf(NULL, 0, format, again);
  va_end(again);
  if (length < 0) return length;
  text = malloc((size_t)length + 1);
  if (!text) return -1;
  length = vsnprintf(text, (size_t)length + 1, format, arguments);
  if (length < 0) {
    free(text);
    return length;
  }
  *into = text;
  return length;
}

int asprintf(char **into, const char *format, ...) {
  va_list arguments;
  int length;
  va_start(arguments, format);
  length = vasprintf(into, format, arguments);
  va_end(arguments);
  return length;
}

/* The names that a program built with _FORTIFY_SOURCE calls. */
int __vasprintf_chk(char **into, int flag, const char *format, va_list arguments) {
  (void)flag;
  return vasprintf(into, format, arguments);
}

int __asprintf_chk(char **into, int flag, const char *format, ...) {
  va_list arguments;
  int length;
  (void)flag;
  va_start(arguments, format);
  length = vasprintf(into, format, arguments);
  va_end(arguments);
  return length;
}

ssize_t getdelim(char **line, size_t *size, int end, FILE *stream) {
  size_t length = 0;
  if (!line || !size) {
    errno = EINVAL;
    return -1;
  }
  flockfile(stream);
  if (ferror_unlocked(stream)) {
    funlockfile(stream);
    return -1;
  }
  /* As in glibc: with a size of 0 the pointer is not looked at, it may be uninitialised; and there is a block also at the end of the file. */
  if (!*line || *size == 0) {
    char *first = malloc(120);
    *line = first;
    *size = 120;
    if (!first) {
      funlockfile(stream);
      return -1;
    }
  }
  for (;;) {
    int byte = getc_unlocked(stream);
    if (byte == EOF) break;
    /* Room for this byte and the one that ends the text. */
    if (length + 2 > *size) {
      size_t wanted = 2 * *size > length + 2 ? 2 * *size : length + 2;
      char *larger = realloc(*line, wanted);
      if (!larger) {
        funlockfile(stream);
        return -1;
      }
      *line = larger;
      *size = wanted;
    }
    (*line)[length++] = (char)byte;
    if (byte == end) break;
  }
  funlockfile(stream);
  if (length == 0) return -1;
  (*line)[length] = 0;
  return (ssize_t)length;
}

ssize_t __getdelim(char **line, size_t *size, int end, FILE *stream) { return getdelim(line, size, end, stream); }

ssize_t getline(char **line, size_t *size, FILE *stream) { return getdelim(line, size, '\n', stream); }

char *realpath(const char *path, char *into) {
  static char *(*real)(const char *, char *);
  char buffer[PATH_MAX];
  if (!real) *(void **)&real = dlsym(RTLD_NEXT, "realpath");
  if (!real) {
    errno = ENOSYS;
    return NULL;
  }
  if (into) return real(path, into);
  return real(path, buffer) ? strdup(buffer) : NULL;
}
