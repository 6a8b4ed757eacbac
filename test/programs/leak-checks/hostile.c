/* Does what may stand in the way of a leak check, named by its argument, and goes on losing memory; each round is told. Ends by SIGUSR2 with 3. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <pthread.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "../scrub.h"

static volatile sig_atomic_t over;

static void end(int signal) {
  (void)signal;
  over = 1;
}

static NOINLINE void lose(void) {
  char *block = malloc(100); /* EXPECT(lost) */
  block[0] = 1;
}

static void deny_ptrace(unsigned action, unsigned flags) {
  struct sock_filter filter[] = {
      BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_ptrace, 0, 1),
      BPF_STMT(BPF_RET | BPF_K, action),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
  };
  struct sock_fprog program = {sizeof filter / sizeof *filter, filter};
  prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
  if (syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, flags, &program) != 0) abort();
}

static void *rounds(void *unused) {
  for (long round = 0; !over; round++) {
    printf("round %ld\n", round);
    fflush(stdout);
    lose();
    scrub();
    usleep(10000);
  }
  puts("over");
  fflush(stdout);
  _exit(3);
  return unused;
}

int main(int count, char **words) {
  const char *what = count > 1 ? words[1] : "";
  signal(SIGUSR2, end);
  /* A filter that was there before the program: it starts itself once more. */
  if (strcmp(what, "starts-denied") == 0) {
    deny_ptrace(SECCOMP_RET_ERRNO | EPERM, 0);
    execl(words[0], words[0], "", NULL);
  }
  if (strcmp(what, "starts-killed") == 0) {
    deny_ptrace(SECCOMP_RET_KILL_PROCESS, 0);
    execl(words[0], words[0], "", NULL);
  }
  /* A sandbox of its own, for all of its threads. */
  if (strcmp(what, "sandbox") == 0) deny_ptrace(SECCOMP_RET_KILL_PROCESS, SECCOMP_FILTER_FLAG_TSYNC);
  /* As daemons do. */
  if (strcmp(what, "closes-files") == 0) {
    for (int fd = 3; fd < 2000; fd++) close(fd);
    for (int fd = 3; fd < 1100; fd++) open("/dev/zero", O_RDONLY);
  }
  if (strcmp(what, "other-root") == 0 && (chroot("/proc/self/fdinfo") != 0 || chdir("/") != 0)) abort();
  if (strcmp(what, "other-user") == 0 && (setgid(65534) != 0 || setuid(65534) != 0)) abort();
  if (strcmp(what, "not-dumpable") == 0) prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
  if (strcmp(what, "no-main-thread") == 0) {
    pthread_t thread;
    pthread_create(&thread, NULL, rounds, NULL);
    pthread_exit(NULL);
  }
  rounds(NULL);
}
