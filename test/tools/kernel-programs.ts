// A kernel and its module, as far as their symbols, sections and debug information go: made by gcc and ld, without a kernel's sources.
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const MODULE = `extern void *__kmalloc(unsigned long size, unsigned flags);
extern void keep(void *what);
static inline __attribute__((always_inline)) void *kmalloc(unsigned long size) {
  return __kmalloc(size, 0xcc0); // kmalloc
}
__attribute__((noinline)) void leak_kmalloc(int count) {
  for (int at = 0; at < count; at++) {
    void *got = kmalloc(128); // leak_kmalloc
    keep(got);
  }
}
__attribute__((noinline)) void leak_more(void) {
  keep(kmalloc(4096)); // leak_more
  keep(0);
}
__attribute__((section(".init.text"))) int leak_init(void) {
  leak_kmalloc(3); // leak_init
  leak_more();
  return 0;
}
`;

const KERNEL = `extern int (*calls[])(void);
__attribute__((noinline)) void *__kmalloc(unsigned long size, unsigned flags) {
  static char memory[1 << 16];
  return flags == 0 ? 0 : memory + size;
}
__attribute__((noinline)) void keep(void *what) { *(void *volatile *)&what = what; }
__attribute__((noinline)) int do_one_initcall(int (*call)(void)) {
  int status = call(); // do_one_initcall
  keep(&status);
  return status;
}
int start_kernel(void) { return do_one_initcall(calls[0]) + do_one_initcall(calls[1]); }
`;

/** A static function of one name in two files, of different sizes; `twin` is the same in both. */
const driver = (more: number): string => `extern void keep(void *what);
static __attribute__((noinline)) void probe(void) {
  keep((void *)${more}); // probe
${'  keep(0);\n'.repeat(more)}}
static __attribute__((noinline)) void twin(void) {
  keep((void *)7);
  keep(0);
}
int driver${more}(void) {
  probe();
  twin();
  return 0;
}
`;

export class KernelPrograms {
  constructor(readonly dir = realpathSync(mkdtempSync(join(tmpdir(), 'memlens-kernel-')))) {
    mkdirSync(join(this.dir, 'drivers/leak'), { recursive: true });
    mkdirSync(join(this.dir, 'init'), { recursive: true });
    this.write('drivers/leak/leak-mod.c', MODULE);
    this.write('init/main.c', KERNEL);
    this.write('drivers/one.c', driver(1));
    this.write('drivers/two.c', driver(4));
    this.write('drivers/table.c', 'extern int driver1(void), driver4(void);\nint (*calls[])(void) = {driver1, driver4};\n');
  }

  /** `drivers/leak/leak-mod.ko`, whose name in the kernel is leak_mod. */
  module(flags: readonly string[] = []): string {
    const kernel = ['-g', '-O2', '-ffreestanding', '-fno-pic', '-fno-pie', '-fno-asynchronous-unwind-tables', '-mcmodel=kernel'];
    this.run('gcc', ...kernel, ...flags, '-c', '-o', 'drivers/leak/leak-mod.o', 'drivers/leak/leak-mod.c');
    this.run('ld', '-r', '--build-id=sha1', '-o', 'drivers/leak/leak-mod.ko', 'drivers/leak/leak-mod.o');
    return this.at('drivers/leak/leak-mod.ko');
  }

  /** `vmlinux`, at the addresses of x86-64. */
  kernel(): string {
    const sources = ['init/main.c', 'drivers/one.c', 'drivers/two.c', 'drivers/table.c'];
    const code = ['-g', '-O2', '-ffreestanding', '-fno-pic', '-fno-pie', '-no-pie', '-mcmodel=kernel', '-nostdlib', '-static'];
    this.run('gcc', ...code, '-Wl,-Ttext=0xffffffff81000000', '-Wl,-e,start_kernel', '-o', 'vmlinux', ...sources);
    return this.at('vmlinux');
  }

  /** Where the first call of a function to `callee` returns to, as a kernel prints it: `0x21/0x5c`; and its address in the section. */
  call(
    file: string,
    name: string,
    callee: string,
    which = 0,
  ): { readonly text: string; readonly back: bigint; readonly section: string } {
    const code = execFileSync('objdump', ['-dr', '--no-show-raw-insn', file], { encoding: 'utf8' }).split('\n');
    const starts = code.flatMap((line, at) => (line.endsWith(` <${name}>:`) ? [at] : []));
    const begin = starts[which]!;
    const start = BigInt(`0x${code[begin]!.split(' ')[0]}`);
    const section = code
      .slice(0, begin)
      .findLast((line) => line.startsWith('Disassembly of section'))!
      .replace(/^.*section |:$/g, '');
    // In a module the callee is in the relocation below the call.
    const at = code.findIndex(
      (line, index) => index > begin && new RegExp(`(?:call.*<|R_X86_64_PLT32\\s+|R_X86_64_PC32\\s+)${callee}\\b`).test(line),
    );
    const next = code.slice(at + 1).find((line) => /^\s*[0-9a-f]+:\s+[a-z]/.test(line) && !line.includes('R_X86_64'))!;
    const back = BigInt(`0x${next.trim().split(':')[0]}`);
    return { text: `0x${(back - start).toString(16)}/0x${this.size(file, name, start, section).toString(16)}`, back, section };
  }

  /** To the next function of the section, as the kernel counts; of the last one of a module to the end of its page. */
  private size(file: string, name: string, start: bigint, section: string): bigint {
    const rows = execFileSync('objdump', ['-t', file], { encoding: 'utf8' })
      .split('\n')
      .filter((row) => row.includes(` F ${section}\t`));
    const later = rows.map((row) => BigInt(`0x${row.split(' ')[0]}`)).filter((value) => value > start);
    const own = rows.find((row) => row.endsWith(` ${name}`) && BigInt(`0x${row.split(' ')[0]}`) === start)!;
    const size = BigInt(`0x${/\t([0-9a-f]+) /.exec(own)![1]}`);
    const [next] = later.sort((one, other) => Number(one - other));
    if (next !== undefined) return next - start;
    return file.endsWith('.ko') ? 0x1000n - start : size;
  }

  /** What addr2line says of a call: `function file:line`, innermost first. */
  addr2line(file: string, { back, section }: { readonly back: bigint; readonly section: string }): readonly string[] {
    const within = file.endsWith('.ko') ? ['-j', section] : [];
    const told = execFileSync('addr2line', ['-f', '-i', '-e', file, ...within, `0x${(back - 1n).toString(16)}`], {
      encoding: 'utf8',
    });
    const lines = told
      .trim()
      .split('\n')
      .map((line) => line.replace(/ \(discriminator \d+\)/, ''));
    return lines.flatMap((line, at) => (at % 2 === 0 ? [`${line} ${lines[at + 1]}`] : []));
  }

  write(name: string, text: string): void {
    writeFileSync(join(this.dir, name), text);
  }

  at(name: string): string {
    return join(this.dir, name);
  }

  run(program: string, ...args: string[]): void {
    execFileSync(program, args, { cwd: this.dir, stdio: ['ignore', 'ignore', 'inherit'] });
  }

  dispose(): void {
    rmSync(this.dir, { recursive: true, force: true });
  }
}

/** A report of kmemleak with one object; its calls innermost first. */
export const kmemleak = (calls: readonly string[]): string =>
  `unreferenced object 0xffff888003a1c080 (size 128):
  comm "insmod", pid 26, jiffies 4294937337 (age 12.340s)
  hex dump (first 32 bytes):
    41 41 41 41 41 41 41 41 41 41 41 41 41 41 41 41  AAAAAAAAAAAAAAAA
    41 41 41 41 41 41 41 41 41 41 41 41 41 41 41 41  AAAAAAAAAAAAAAAA
  backtrace:
${calls.map((call, at) => `    [<00000000${(0x6002466b + at).toString(16)}>] ${call}\n`).join('')}`;
