/*
 * A library that is loaded into a running program that has AddressSanitizer or LeakSanitizer, and looks for leaks there (lsan_interface.h,
 * __lsan_do_recoverable_leak_check) while the program goes on. It does so in a thread of its own and only when nobody traces the program: LeakSanitizer
 * itself attaches to it, and ends a program that it can't attach to.
 *
 * memlens_leaks_begin() is called by a thread of the program. From then on what is wanted, and what is known, is told through `state`, which is read and
 * written from outside (/proc/PID/mem). Nobody has said anything for a while, or the end is wanted: the report goes where it went before, the library is
 * taken out by the C library itself, and the thread ends.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <link.h>
#include <pthread.h>
#include <sched.h>
#include <semaphore.h>
#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

enum { WAITING = 1, CHECKING = 2, CHECKED = 3, CANT_TRACE = 4, LEAVING = 5 };

static volatile struct state {
  uint32_t phase;
  /* errno of what can't be done. */
  int32_t problem;
  /* Of the report, in this process. */
  int32_t report;
  int32_t thread;
  uint32_t checks;
  /* Of the last check: whether there were leaks. */
  int32_t leaks;
  uint32_t check_us;
  /* From outside: how many checks are wanted, a number that changes all the time, and whether this is the end. */
  uint32_t wanted;
  uint32_t beat;
  uint32_t leave;
} state;

static int (*leak_check)(void);
static void (*set_report_fd)(void *);
static void (*set_report_path)(const char *);
/* dlclose(), as what begins a thread. */
static void *(*unload)(void *);
static void *own_handle;
/* Where reports go otherwise: log_path of the options, or NULL for standard error. */
static char usual_path[1024];

#define BEAT_LOST_MS 15000
#define ROUND_MS 20

/*
 * Taken while this library does something, and while the program forks: a process that is forked during a check, or while the thread starts, would have the
 * locks of the runtime for ever, and stand still at its first malloc(). Of a check these are milliseconds; a fork does not wait longer than FORK_WAIT_S.
 */
static sem_t quiet;
#define FORK_WAIT_S 30
/* The thread that forks, when it has taken `quiet`. */
static volatile long forking;
/* Threads that are in before_fork() or after_fork(), and whether these have nothing to do any more. */
static volatile int in_handlers, is_leaving;
extern void *__dso_handle __attribute__((visibility("hidden")));
extern void __cxa_finalize(void *);

static uint64_t now_us(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (uint64_t)now.tv_sec * 1000000 + (uint64_t)now.tv_nsec / 1000;
}

static void rest(void) {
  struct timespec time = {0, ROUND_MS * 1000000L};
  nanosleep(&time, NULL);
}

/* TracerPid of proc_pid_status(5); -1: it can't be read. Without stdio: the program may have replaced it. */
static long tracer(void) {
  char text[2048];
  char *at;
  long got = 0, part;
  int file = open("/proc/self/status", O_RDONLY | O_CLOEXEC);
  if (file < 0) return -1;
  while (got < (long)sizeof text - 1 && (part = read(file, text + got, sizeof text - 1 - (size_t)got)) > 0) got += part;
  close(file);
  text[got] = 0;
  at = strstr(text, "TracerPid:");
  return at ? strtol(at + 10, NULL, 10) : -1;
}

/* 0: not within the time. */
static int take_quiet(void) {
  struct timespec limit;
  int taken;
  clock_gettime(CLOCK_REALTIME, &limit);
  limit.tv_sec += FORK_WAIT_S;
  while ((taken = sem_timedwait(&quiet, &limit)) != 0 && errno == EINTR) {
  }
  return taken == 0;
}

static void before_fork(void) {
  int error = errno;
  __atomic_add_fetch(&in_handlers, 1, __ATOMIC_SEQ_CST);
  if (!is_leaving && take_quiet()) {
    if (is_leaving) sem_post(&quiet);
    else forking = syscall(SYS_gettid);
  }
  __atomic_sub_fetch(&in_handlers, 1, __ATOMIC_SEQ_CST);
  errno = error;
}

static void after_fork(void) {
  __atomic_add_fetch(&in_handlers, 1, __ATOMIC_SEQ_CST);
  if (forking == syscall(SYS_gettid)) {
    forking = 0;
    sem_post(&quiet);
  }
  __atomic_sub_fetch(&in_handlers, 1, __ATOMIC_SEQ_CST);
}

/* The child has one thread, and not ours: there is nothing to wait for any more. */
static void in_child(void) { is_leaving = 1; }

/* Forks do not come here any more, and those that do are gone: the library may be taken out. */
static void end_handlers(void) {
  int round, had_waiting;
  had_waiting = in_handlers;
  /* Not taken when a fork has not ended for half a minute. */
  if (take_quiet()) {
    is_leaving = 1;
    sem_post(&quiet);
  }
  is_leaving = 1;
  /* Not while `quiet` is taken: in glibc before 2.36 who waits there holds the lock of the list of handlers. */
  __cxa_finalize(__dso_handle);
  /* Who has just read the address of a handler, or is at its last instruction, counts as nowhere. */
  for (round = had_waiting ? 50 : 5; round > 0 || in_handlers; round--) rest();
}

static volatile int may_begin;
static volatile int trace_error;
static char tracer_stack[16384] __attribute__((aligned(64)));

/* As LeakSanitizer does it: a task with the memory of this one attaches to it. It detaches by ending. */
static int attach(void *thread) {
  while (!may_begin) sched_yield();
  trace_error = syscall(SYS_ptrace, PTRACE_SEIZE, (long)(intptr_t)thread, 0, 0) == 0 ? 0 : errno;
  syscall(SYS_exit, 0);
  return 0;
}

/* 0, or errno of why LeakSanitizer could not attach. */
static int why_not(void) {
  int status;
  int was_dumpable = prctl(PR_GET_DUMPABLE, 0, 0, 0, 0);
  pid_t child;
  may_begin = 0;
  trace_error = EPERM;
  if (was_dumpable == 0) prctl(PR_SET_DUMPABLE, 1, 0, 0, 0);
  child = clone(attach, tracer_stack + sizeof tracer_stack, CLONE_VM | CLONE_FS | CLONE_FILES | CLONE_UNTRACED,
                (void *)(intptr_t)state.thread);
  if (child < 0) {
    trace_error = errno;
  } else {
    /* Yama asks whom the process allows it (Documentation/admin-guide/LSM/Yama.rst). */
    prctl(PR_SET_PTRACER, child, 0, 0, 0);
    may_begin = 1;
    while (syscall(SYS_wait4, child, &status, __WALL, NULL) < 0 && errno == EINTR) {
    }
    prctl(PR_SET_PTRACER, 0, 0, 0, 0);
  }
  if (was_dumpable == 0) prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
  return trace_error;
}

static void check(void) {
  uint64_t from;
  int problem;
  if (tracer() != 0) return;
  problem = why_not();
  if (problem != 0) {
    state.problem = problem;
    state.phase = CANT_TRACE;
    return;
  }
  if (ftruncate(state.report, 0) != 0 || lseek(state.report, 0, SEEK_SET) != 0) {
    state.problem = errno;
    state.phase = CANT_TRACE;
    return;
  }
  state.phase = CHECKING;
  set_report_fd((void *)(intptr_t)state.report);
  from = now_us();
  state.leaks = leak_check();
  state.check_us = (uint32_t)(now_us() - from);
  if (usual_path[0] != 0 && set_report_path) set_report_path(usual_path);
  else set_report_fd((void *)(intptr_t)STDERR_FILENO);
  state.checks++;
  state.phase = CHECKED;
}

__attribute__((noinline)) static void serve(void) {
  uint32_t beat = state.beat;
  uint64_t heard = now_us();
  state.thread = (int32_t)syscall(SYS_gettid);
  /* The runtime has set up what it keeps of the thread. */
  sem_post(&quiet);
  while (!state.leave && now_us() - heard < BEAT_LOST_MS * 1000ull) {
    if (state.beat != beat) {
      beat = state.beat;
      heard = now_us();
    }
    if (state.wanted > state.checks && state.phase != CANT_TRACE && take_quiet()) {
      check();
      sem_post(&quiet);
      heard = now_us();
    }
    rest();
  }
  state.phase = LEAVING;
  close(state.report);
  end_handlers();
}

/*
 * The last thing that is done here is a jump to dlclose(), so that it returns to the C library: this code is gone then. Nothing else may be in this function,
 * and it must be compiled with -O2.
 */
static void *serve_and_go(void *unused) {
  (void)unused;
  serve();
  return unload(own_handle);
}

/* NULL: there is no such runtime, or no thread can be made. `path`: where its reports go, or an empty text. */
__attribute__((visibility("default"))) volatile struct state *memlens_leaks_begin(void *handle, const char *path) {
  pthread_t thread;
  pthread_attr_t attributes;
  sigset_t all, old;
  struct link_map *map;
  int made;
  own_handle = handle;
  *(void **)&unload = dlsym(RTLD_DEFAULT, "dlclose");
  *(void **)&leak_check = dlsym(RTLD_DEFAULT, "__lsan_do_recoverable_leak_check");
  *(void **)&set_report_fd = dlsym(RTLD_DEFAULT, "__sanitizer_set_report_fd");
  *(void **)&set_report_path = dlsym(RTLD_DEFAULT, "__sanitizer_set_report_path");
  if (!unload || !leak_check || !set_report_fd || strlen(path) >= sizeof usual_path) return NULL;
  strcpy(usual_path, path);
  state.report = (int32_t)syscall(SYS_memfd_create, "memlens-report", 1 /* MFD_CLOEXEC */);
  if (state.report < 0) return NULL;
  /* The runtime would open this library by its name, to look for symbols in it; but the name stands for another file now, or for none. */
  if (dlinfo(handle, RTLD_DI_LINKMAP, &map) == 0) map->l_name[0] = 0;
  state.phase = WAITING;
  if (sem_init(&quiet, 0, 0) != 0 || pthread_atfork(before_fork, after_fork, in_child) != 0) {
    close(state.report);
    return NULL;
  }
  /* The program's signals are for its own threads. */
  sigfillset(&all);
  pthread_sigmask(SIG_BLOCK, &all, &old);
  pthread_attr_init(&attributes);
  pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
  made = pthread_create(&thread, &attributes, serve_and_go, NULL);
  pthread_attr_destroy(&attributes);
  pthread_sigmask(SIG_SETMASK, &old, NULL);
  if (made == 0) return &state;
  sem_post(&quiet);
  close(state.report);
  return NULL;
}
