/*
 * The companion of a program that runs under AddressSanitizer or LeakSanitizer. It is preloaded, and does four things:
 *
 * 1. It starts a preloaded LeakSanitizer before any other constructor runs. Without this, a program that calls signal()
 *    before its first malloc() jumps through an interceptor that was never set up, and dies at address 0.
 * 2. It keeps dlclose()d libraries mapped, so that the frames of a leak in a closed plugin still have names.
 * 3. It stands in for the functions of libc that allocate for their caller, such as strdup(). The sanitizers follow frame
 *    pointers, which libc does not keep: a block that libc allocates has no caller that is known. One that is allocated
 *    here has.
 * 4. When MEMLENS_CONTROL is set, a thread named "memlens" waits on the FIFO $MEMLENS_CONTROL.<pid>.<thread> for lines: `c N` asks for leak
 *    check N (lsan_interface.h, __lsan_do_recoverable_leak_check) while the program goes on, `p N` only whether one can work. The answer is the line
 *    of the file $MEMLENS_CONTROL.<pid>.<thread>.answer: `N checked LEAKS MILLISECONDS`, `N able`, or `N refused WHY NUMBER`. The leaks are in the file
 *    $MEMLENS_CONTROL.check.N.<pid>; what is reported from then on, in $MEMLENS_CONTROL.after.N.<pid>: a runtime empties a file that it opens again.
 *
 * In a program without such a runtime (a shell that the program starts, say) it does nothing.
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <pthread.h>
#include <sched.h>
#include <semaphore.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include <wchar.h>

/* Of Linux 3.4; not in every sys/prctl.h. */
#ifndef PR_SET_PTRACER
#define PR_SET_PTRACER 0x59616d61
#endif

void __lsan_init(void) __attribute__((weak));
static int (*leak_check)(void);
static void (*set_report_path)(const char *);
/* A copy: programs that set their title write over the environment. */
static char control[4096 - 64];

/* A file that stays open, and is known again by its node: a program may close what it does not know, and put another file in its place. */
struct kept {
  char path[4096];
  int flags, fd;
  dev_t device;
  ino_t node;
};
/* The FIFO has both ends here, so that it never ends. Answers can be given also when the program has changed its root or its user. */
static struct kept requests = {"", O_RDWR, -1, 0, 0}, answers = {"", O_WRONLY | O_APPEND | O_CREAT, -1, 0, 0};

/* Not in a process that forked: it has the memory of the thread, but not the thread. */
static pid_t serving;

/* Posted by the thread once it can be asked. */
static sem_t runs;

/* Held while something is done: a process that is forked just then would have the locks of the runtime for ever. */
static pthread_mutex_t working = PTHREAD_MUTEX_INITIALIZER;
static int fork_waited;

/* The main thread has called pthread_exit(). */
static volatile int main_ended;

/* Filters of seccomp(2) at the start: those were there before the program could do anything. */
static long filters_at_start;

/* Places of the control directory: $MEMLENS_CONTROL.<middle><number>.<pid>, or without the last part. */
static int place(char *into, size_t size, const char *middle, long number, int with_pid) {
  int length = with_pid ? snprintf(into, size, "%s.%s%ld.%ld", control, middle, number, (long)getpid())
                        : snprintf(into, size, "%s.%s%ld", control, middle, number);
  return length > 0 && (size_t)length < size;
}

/* The runtime ends the program when it can't open its report: it may have changed its root or its user since. 0, or errno. */
static int can_report(const char *middle, long number) {
  char path[4096];
  int fd;
  if (!place(path, sizeof path, middle, number, 1)) return ENAMETOOLONG;
  fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
  if (fd < 0) return errno;
  close(fd);
  unlink(path);
  return 0;
}

/* The value of a line of <task>/status, a directory of /proc; -1: not told. */
static long status_value(const char *task, const char *name) {
  char path[64], text[4096];
  const char *line;
  ssize_t length;
  int fd;
  snprintf(path, sizeof path, "%s/status", task);
  fd = open(path, O_RDONLY | O_CLOEXEC);
  if (fd < 0) return -1;
  length = read(fd, text, sizeof text - 1);
  close(fd);
  if (length <= 0) return -1;
  text[length] = 0;
  line = strstr(text, name);
  return line ? strtol(line + strlen(name), NULL, 10) : -1;
}

static long own_status(const char *name) {
  char task[48];
  snprintf(task, sizeof task, "/proc/self/task/%ld", syscall(SYS_gettid));
  return status_value(task, name);
}

/* 0: none; each filter counts, where the kernel tells (5.9), else one for all. The strict mode is -1. */
static long filters(void) {
  long mode = own_status("\nSeccomp:\t"), count;
  if (mode == 1) return -1;
  if (mode != 2) return 0;
  count = own_status("\nSeccomp_filters:\t");
  return count > 0 ? count : 1;
}

/* Who traces a thread of this process; 0: nobody, -1: /proc does not tell. A thread that is traced by another can't be stopped. */
static long tracer(void) {
  DIR *threads = opendir("/proc/self/task");
  struct dirent *thread;
  char task[48];
  long found = 0;
  if (!threads) return -1;
  while (found <= 0 && (thread = readdir(threads))) {
    if (thread->d_name[0] == '.') continue;
    snprintf(task, sizeof task, "/proc/self/task/%.20s", thread->d_name);
    /* -1: it has just ended. */
    found = status_value(task, "\nTracerPid:\t");
  }
  closedir(threads);
  return found > 0 ? found : 0;
}

/* What traces for a leak check is a child of ours, and may live a moment longer than a program that exec() has replaced, or than our trial. */
static long foreign_tracer(void) {
  struct timespec pause = {0, 10000000};
  char path[32];
  long found;
  int round;
  for (round = 0; (found = tracer()) > 0 && round < 200; round++) {
    snprintf(path, sizeof path, "/proc/%ld", found);
    if (status_value(path, "\nPPid:\t") != (long)getpid()) break;
    nanosleep(&pause, NULL);
  }
  return found;
}

/* Shared with the process that tries. */
struct trial {
  pid_t thread;
  volatile int allowed, result;
};

#define UNKNOWN (-1)

/* What a leak check does first, and takes for fatal when it fails; PTRACE_SEIZE asks the same of the kernel, and stops nothing. */
static int try_to_trace(void *shared) {
  struct trial *trial = shared;
  struct timespec pause = {0, 1000000};
  int round;
  for (round = 0; !trial->allowed && round < 5000; round++) syscall(SYS_nanosleep, &pause, NULL);
  if (!trial->allowed) return 0;
  trial->result = syscall(SYS_ptrace, PTRACE_SEIZE, (long)trial->thread, 0L, 0L) == 0 ? 0 : errno;
  return 0;
}

#define TRIAL_BYTES (64 << 10)

/*
 * 0: threads of this process can be traced by a process that it starts; else errno. UNKNOWN: what tried was killed. Under a filter of seccomp(2) what tries
 * has memory of its own: a core dump of a process that shares it would end this one on older kernels.
 */
static int can_be_traced(int is_filtered) {
  char *stack = mmap(NULL, TRIAL_BYTES, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  struct trial *trial = (struct trial *)(void *)stack;
  int result, dumpable;
  pid_t child;
  if (stack == MAP_FAILED) return errno;
  trial->thread = (pid_t)syscall(SYS_gettid);
  trial->result = UNKNOWN;
  /* No signal at its end: the program is told of its own children only. */
  child = clone(try_to_trace, stack + TRIAL_BYTES, CLONE_UNTRACED | (is_filtered ? 0 : CLONE_VM), trial);
  if (child < 0) {
    result = errno;
  } else {
    /* As the runtime does for its own. The second does nothing without Yama. */
    dumpable = prctl(PR_GET_DUMPABLE, 0, 0, 0, 0);
    if (dumpable != 1) prctl(PR_SET_DUMPABLE, 1, 0, 0, 0);
    prctl(PR_SET_PTRACER, (long)child, 0, 0, 0);
    trial->allowed = 1;
    while (syscall(SYS_wait4, child, NULL, __WALL, NULL) < 0 && errno == EINTR) {
    }
    if (dumpable != 1) prctl(PR_SET_DUMPABLE, dumpable, 0, 0, 0);
    result = trial->result;
  }
  munmap(stack, TRIAL_BYTES);
  return result;
}

/* NULL: a check can work; else why not, and its number. */
static const char *obstacle(long number, long *detail) {
  long in_force = filters(), tracing;
  int error = can_report("check.", number);
  *detail = error;
  if (error) return "files";
  error = can_report("after.", number);
  *detail = error;
  if (error) return "files";
  tracing = foreign_tracer();
  *detail = tracing;
  if (tracing > 0) return "traced";
  if (tracing < 0 || access("/proc/self/maps", R_OK) != 0) return "proc";
  *detail = 0;
  /* Of a sandbox that it has made for itself nobody knows what it kills for. */
  if (in_force != filters_at_start) return "sandbox";
  error = can_be_traced(in_force != 0);
  *detail = error;
  if (error == UNKNOWN) return "killed";
  return error == 0 ? NULL : error == EAGAIN || error == ENOMEM ? "resources" : "denied";
}

static int is_open(const struct kept *file) {
  struct stat opened;
  return file->fd >= 0 && fstat(file->fd, &opened) == 0 && opened.st_dev == file->device && opened.st_ino == file->node;
}

/* By a high number, so that the files of the program have the numbers that they always have. */
static void open_kept(struct kept *file) {
  struct rlimit most;
  struct stat opened;
  int fd = open(file->path, file->flags | O_CLOEXEC, 0600), high;
  file->fd = fd;
  if (fd < 0) return;
  if (getrlimit(RLIMIT_NOFILE, &most) == 0) {
    high = fcntl(fd, F_DUPFD_CLOEXEC, most.rlim_cur > 2048 ? 1000 : (int)(most.rlim_cur / 2));
    if (high >= 0) {
      close(fd);
      file->fd = high;
    }
  }
  if (fstat(file->fd, &opened) != 0) return;
  file->device = opened.st_dev;
  file->node = opened.st_ino;
}

/* What the child of a fork has of its parent. */
static void drop(struct kept *file) {
  if (is_open(file)) close(file->fd);
  file->fd = -1;
}

static long elapsed_ms(const struct timespec *since) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (now.tv_sec - since->tv_sec) * 1000 + (now.tv_nsec - since->tv_nsec) / 1000000;
}

static void answer(long number, const char *words) {
  char line[96];
  int length = snprintf(line, sizeof line, "%ld %s", number, words);
  if (!is_open(&answers)) open_kept(&answers);
  if (answers.fd < 0) return;
  /* Of the last request nobody wants to hear any more. */
  if (ftruncate(answers.fd, 0) == 0 && write(answers.fd, line, (size_t)length) != length) answers.fd = -1;
}

static void check_now(long number) {
  char path[4096], words[64];
  struct timespec begun;
  int leaks;
  if (place(path, sizeof path, "check.", number, 0)) set_report_path(path);
  clock_gettime(CLOCK_MONOTONIC, &begun);
  leaks = leak_check();
  snprintf(words, sizeof words, "checked %d %ld\n", leaks, elapsed_ms(&begun));
  if (place(path, sizeof path, "after.", number, 0)) set_report_path(path);
  answer(number, words);
}

/* So many bytes, the last one a line end: what is written or read at once is whole. */
#define REQUEST_BYTES 16

static void take_request(const char *request) {
  static long newest;
  long number, detail;
  const char *why;
  char line[REQUEST_BYTES], words[64];
  memcpy(line, request, sizeof line);
  line[REQUEST_BYTES - 1] = 0;
  if (line[0] == 'm') main_ended = 1;
  number = strtol(line + 1, NULL, 10);
  /* Who hears nothing asks once more. */
  if ((line[0] != 'c' && line[0] != 'p') || number <= newest) return;
  newest = number;
  why = obstacle(number, &detail);
  if (why) {
    snprintf(words, sizeof words, "refused %s %ld\n", why, detail);
    answer(number, words);
  } else if (line[0] == 'p') {
    answer(number, "able\n");
  } else {
    check_now(number);
  }
}

/* The process ends with its last thread, and that must not be this one. The main one stays as a zombie; links are two, and one for each thread (proc(5)). */
static int is_last(void) {
  struct stat tasks;
  return stat("/proc/self/task", &tasks) != 0 || tasks.st_nlink <= 4;
}

/* Not from a signal handler: the check takes locks that the interrupted thread may hold. */
static void *serve(void *unused) {
  char request[REQUEST_BYTES];
  int length;
  (void)unused;
  length = snprintf(requests.path, sizeof requests.path, "%s.%ld.%ld", control, (long)getpid(), syscall(SYS_gettid));
  if ((size_t)length < sizeof requests.path - 8 && mkfifo(requests.path, 0600) == 0) {
    snprintf(answers.path, sizeof answers.path, "%.*s.answer", length, requests.path);
    open_kept(&answers);
    open_kept(&requests);
    /* Who asks looks for this name: what is written to a FIFO that nobody has open is lost. */
    prctl(PR_SET_NAME, "memlens", 0, 0, 0);
  }
  sem_post(&runs);
  while (requests.fd >= 0) {
    ssize_t got;
    if (main_ended) {
      struct pollfd ready = {requests.fd, POLLIN, 0};
      if (is_last()) break;
      if (poll(&ready, 1, 20) <= 0) continue;
    }
    if (!is_open(&requests)) {
      open_kept(&requests);
      continue;
    }
    /* Until the next request; what is read stays our FIFO, whatever becomes of the number meanwhile. */
    got = read(requests.fd, request, sizeof request);
    if (got < 0 && errno != EINTR && errno != EBADF) break;
    if (got != (ssize_t)sizeof request) continue;
    pthread_mutex_lock(&working);
    take_request(request);
    pthread_mutex_unlock(&working);
  }
  return NULL;
}

static void start_serving(void) {
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

/* Other threads than the one that forks and ours: what they held is held for ever in the child, where no thread is to be started then. */
static int has_other_threads;

/* A check takes milliseconds, the writing of its report seconds at most. */
static void before_fork(void) {
  struct timespec limit;
  struct stat tasks;
  clock_gettime(CLOCK_REALTIME, &limit);
  limit.tv_sec += 30;
  fork_waited = pthread_mutex_timedlock(&working, &limit) == 0;
  has_other_threads = stat("/proc/self/task", &tasks) != 0 || tasks.st_nlink > 4;
}

static void after_fork(void) {
  if (fork_waited) pthread_mutex_unlock(&working);
}

static void in_child(void) {
  struct stat facts;
  /* Whoever has removed it wants nothing of its children either. */
  int was_serving = serving != 0 && stat(requests.path, &facts) == 0;
  after_fork();
  serving = 0;
  drop(&requests);
  drop(&answers);
  if (was_serving && fork_waited && !has_other_threads && !main_ended) start_serving();
}

void pthread_exit(void *value) {
  static void (*real)(void *) __attribute__((noreturn));
  if (!real) *(void **)&real = dlsym(RTLD_NEXT, "pthread_exit");
  if (serving != 0 && serving == getpid() && syscall(SYS_gettid) == serving) {
    char request[REQUEST_BYTES + 1] = "m              \n";
    int fd = open(requests.path, O_RDWR | O_CLOEXEC);
    if (fd >= 0) {
      if (write(fd, request, REQUEST_BYTES) != REQUEST_BYTES) main_ended = 1;
      close(fd);
    }
  }
  real(value);
}

__attribute__((constructor(101))) static void start(void) {
  const char *wanted = getenv("MEMLENS_CONTROL");
  void *volatile block;
  if (__lsan_init) __lsan_init();
  /*
   * Whatever the runtime does at its start is done now; what it does at a fork comes after what we do. A copy of the pointer that stays on the stack would
   * hide a leak of the program in the same place: so it is of a size that hardly any block has, and is forgotten.
   */
  block = malloc(7001);
  free(block);
  block = NULL;
  *(void **)&leak_check = dlsym(RTLD_DEFAULT, "__lsan_do_recoverable_leak_check");
  *(void **)&set_report_path = dlsym(RTLD_DEFAULT, "__sanitizer_set_report_path");
  if (!leak_check || !set_report_path || !wanted || !*wanted || strlen(wanted) >= sizeof control) return;
  strcpy(control, wanted);
  filters_at_start = filters();
  pthread_atfork(before_fork, after_fork, in_child);
  start_serving();
}

__attribute__((destructor)) static void leave(void) {
  if (serving == 0 || serving != getpid()) return;
  unlink(requests.path);
  unlink(answers.path);
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
