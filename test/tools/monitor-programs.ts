import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const SOURCE = `
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>
/* leak KIB MILLISECONDS | hold MIB | large MAPPINGS | again PROGRAM */
int main(int argc, char **argv) {
  if (!strcmp(argv[1], "leak")) {
    for (;;) {
      char *block = malloc(atoi(argv[2]) * 1024);
      memset(block, 1, atoi(argv[2]) * 1024);
      usleep(atoi(argv[3]) * 1000);
    }
  }
  if (!strcmp(argv[1], "hold")) {
    char *small = malloc(100 * 1024);
    memset(small, 1, 100 * 1024);
    size_t size = (size_t)atoi(argv[2]) << 20;
    memset(mmap(0, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0), 1, size);
    for (int i = 0; i < 7; i++) open("/dev/null", O_RDONLY);
    pause();
  }
  if (!strcmp(argv[1], "large")) {
    /* Neighbours with other rights are not merged. */
    for (int i = 0; i < atoi(argv[2]); i++) {
      char *page = mmap(0, 4096, i % 2 ? PROT_READ | PROT_WRITE : PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
      if (i % 2) page[0] = 1;
    }
    pause();
  }
  if (!strcmp(argv[1], "again")) {
    usleep(1500000);
    if (fork() == 0) { usleep(3000000); _exit(0); }
    usleep(2500000);
    execl("/bin/sleep", "sleep", "3", (char *)0);
  }
  return 1;
}
`;

/** A folder with the program `subject`, and the processes that were started in it. */
export class Subjects {
  readonly folder = realpathSync(mkdtempSync(join(tmpdir(), 'memlens-monitor-')));
  readonly program = join(this.folder, 'subject');
  private readonly running: { readonly kill: (signal: 'SIGKILL') => boolean }[] = [];

  constructor() {
    writeFileSync(join(this.folder, 'subject.c'), SOURCE);
    execFileSync('gcc', ['-O0', '-o', this.program, join(this.folder, 'subject.c')]);
  }

  /** The pid of a new process. */
  start(args: readonly string[], program = this.program): number {
    const child = spawn(program, args, { stdio: 'ignore' });
    if (child.pid === undefined) throw new Error(`${program} did not start`);
    this.running.push(child);
    return child.pid;
  }

  endAll(): void {
    for (const child of this.running.splice(0)) child.kill('SIGKILL');
  }

  dispose(): void {
    this.endAll();
    rmSync(this.folder, { recursive: true, force: true });
  }
}

export const pause = (milliseconds: number): Promise<void> => new Promise((done) => setTimeout(done, milliseconds));

export function hasTool(name: string): boolean {
  try {
    execFileSync('sh', ['-c', `command -v ${name}`], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}
