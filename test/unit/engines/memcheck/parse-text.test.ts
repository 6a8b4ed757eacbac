import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createMemcheckTextParser } from '../../../../src/engines/memcheck/parse-text.js';
import { createMemcheckXmlParser } from '../../../../src/engines/memcheck/parse-xml.js';
import { fixture, identities, outline, parse } from './reports.js';

const read = (...chunks: string[]) => parse(createMemcheckTextParser, ...chunks);
const ERRORS = fixture('3.19.0/errors.txt');

describe('Memcheck text', () => {
  it.each([
    ['no-break spaces', (line: string) => line.replaceAll(' ', '\u00a0')],
    ['blanks thrown together', (line: string) => line.replace(/ +/g, ' ')],
    ['entities of a web page', (line: string) => line.replaceAll('<', '&lt;').replaceAll('>', '&gt;')],
    ['colour codes without their escape', (line: string) => `[1m[31m${line}[0m`],
  ])('reads a report that went through %s', (_name, change) => {
    const lines = [
      '==8== Invalid read of size 8',
      "==8==    at 0x401: demo::List<int, 'x'>::front() const (list.h:7)",
      '==8==    by 0x402: main (main.cpp:3)',
      "==8==  Address 0x0 is not stack'd, malloc'd or (recently) free'd",
      '==8== ',
      '==8== ',
      '==8== Process terminating with default action of signal 11 (SIGSEGV)',
      '==8==  Access not within mapped region at address 0x10',
      '==8==    at 0x501: other (main.cpp:9)',
      '==8== ',
    ];
    const { findings } = read(`${lines.map(change).join('\n')}\n`);
    expect(findings.map(({ kind, address, stacks }) => [kind, address, stacks[0]?.frames[0]?.function])).toEqual([
      ['InvalidRead', '0x0', "demo::List<int, 'x'>::front() const"],
      ['SIGSEGV', '0x10', 'other'],
    ]);
    expect(findings[0]?.stacks[0]?.frames).toHaveLength(2);
    expect(findings[0]?.stacks[0]?.frames[1]).toMatchObject({ file: 'main.cpp', line: 3 });
  });

  it.each(['leaks', 'errors', 'segv', 'abort', 'jump', 'cpp'])('says of %s what the XML of the same program says', (name) => {
    const text = read(fixture(`3.19.0/${name}.txt`));
    const xml = parse(createMemcheckXmlParser, fixture(`3.19.0/${name}.xml`));
    // Without -v the text does not tell counts.
    const plain = (lines: string[]): string[] => lines.map((line) => line.replace(/ x\d+ /, ' ')).sort();
    expect(plain(outline(text.findings))).toEqual(plain(outline(xml.findings)));
    expect(text.findings.map((f) => f.message).sort()).toEqual(xml.findings.map((f) => f.message).sort());
    expect(text.findings.map((f) => f.address).sort()).toEqual(xml.findings.map((f) => f.address).sort());
    expect(text.end.partial).toBe(false);
    if (xml.end.summary !== undefined) expect(text.end.summary).toEqual(xml.end.summary);
    expect(text.notes.map((n) => n.code)).toEqual(xml.notes.map((n) => n.code));
  });

  it('takes the counts of -v and does not tell an error twice', () => {
    const { findings } = read(fixture('3.19.0/errors-verbose.txt'));
    expect(findings.map((f) => `${f.kind} x${f.count}`)).toEqual([
      'InvalidRead x1',
      'InvalidWrite x3',
      'InvalidFree x1',
      'UninitCondition x1',
      'UninitValue x1',
      'SyscallParam x1',
      'FishyValue x1',
    ]);
  });

  it('reads processes, time stamps, colours and program output mixed', () => {
    const { findings, notes, end } = read(fixture('synthetic-text/ci.txt'));
    expect(findings.map((f) => `${f.pid} ${f.kind}`)).toEqual(['100 InvalidWrite', '101 Overlap', '100 leak']);
    expect(findings[0]).toMatchObject({ access: 'write', size: 1024, address: '0x51f9068' });
    expect(findings[0]?.stacks[0]?.frames).toEqual([
      { function: '(anonymous namespace)::fill(char*)', file: 'a (copy).cpp', line: 12, address: '0x400547' },
      { function: 'std::function<void (int)>::operator()(int) const', file: '/opt/a b/x.h', line: 7, address: '0x400560' },
      { address: '0x400580' },
    ]);
    expect(findings[0]?.stacks[1]).toMatchObject({ role: 'allocation', frames: [{ function: 'malloc' }, { line: 5 }] });
    expect(findings[1]?.stacks[0]?.frames[1]).toEqual({ module: '/home/dev/app', address: '0x400570' });
    expect(findings[2]).toMatchObject({ leakKind: 'definitely', bytes: 256, blocks: 1 });
    expect(end.summary).toEqual({
      definitely: { bytes: 256, blocks: 1 },
      indirectly: { bytes: 768, blocks: 3 },
      possibly: { bytes: 0, blocks: 0 },
      reachable: { bytes: 1024, blocks: 1 },
      suppressed: { bytes: 0, blocks: 0 },
    });
    expect(end.partial).toBe(false);
    expect(notes).toEqual([
      { severity: 'info', code: 'suppressed', text: 'Valgrind left out 10 errors that match 1 suppression.' },
    ]);
  });

  it('reads the deltas of vgdb', () => {
    const { findings, end } = read(fixture('3.19.0/vgdb-increased.txt'));
    expect(findings.map((f) => `${f.leakKind} ${f.bytes}/${f.blocks}`)).toEqual([
      'reachable 127/1',
      'definitely 810900/8109',
      'reachable 2075904/8109',
    ]);
    expect(end.summary?.reachable).toEqual({ bytes: 2076031, blocks: 8110 });
  });

  it('takes a later leak check for an earlier one', () => {
    const once = fixture('3.19.0/vgdb-increased.txt');
    const { findings } = read(once + once.replaceAll('810,900 (+19,400)', '920,000 (+109,100)'));
    expect(findings.map((f) => f.bytes)).toEqual([127, 920000, 2075904]);
  });

  it('gives each process its own summary and adds them', () => {
    const { end } = read(fixture('3.19.0/fork.txt'));
    expect(end.summary?.definitely).toEqual({ bytes: 204864, blocks: 51 });
  });

  it('reads full paths, and descriptors that were left open by the program', () => {
    const leak = read(fixture('3.19.0/fullpath.txt')).findings[0];
    expect(leak?.stacks[0]?.frames[1]?.file).toBe('/home/dev/kinds/kinds.c');
    const open = read(fixture('3.19.0/fds.txt')).findings.filter((f) => f.kind === 'FdNotClosed');
    expect(outline(open)).toEqual(['FdNotClosed x1 other@uninitialised:50']);
  });

  it.each([
    ['Mismatched free() / delete / delete []', 'MismatchedFree'],
    ['Mismatched new/delete size value: 5', 'MismatchedAllocateDeallocateSize'],
    ['Mismatched new[]/delete[] alignment alloc value: 64 dealloc value: 32', 'MismatchedAllocateDeallocateAlignment'],
    ['Invalid free() / delete / delete[]', 'InvalidFree'],
    ['Jump to the invalid address stated on the next line', 'InvalidJump'],
    ['Syscall param ioctl(TCSETS) contains uninitialised byte(s)', 'SyscallParam'],
    ['Syscall param execve(argv[i]) points to unaddressable byte(s)', 'SyscallParam'],
    ['signal frame contains unaddressable byte(s)', 'CoreMemError'],
    ['Uninitialised byte(s) found during client check request', 'ClientCheck'],
    ['Illegal memory pool address', 'InvalidMemPool'],
    ['realloc() with size 0', 'ReallocSizeZero'],
    ['Invalid size value: 5 alignment value: 8', 'InvalidSizeAndAlignment'],
    ['Invalid alignment value: 3 (should be power of 2)', 'InvalidAlignment'],
    ['Unsafe allocation with size of zero is implementation-defined', 'InvalidSize'],
    ['File descriptor 3: /tmp/x is already closed', 'FdBadClose'],
    ['File descriptor 7 was closed already', 'FdBadUse'],
    ['Possible data race during read of size 4 at 0x601040 by thread #1', 'Race'],
  ])('%s is %s', (headline, kind) => {
    const { findings } = read(`==7== ${headline}\n==7==    at 0x4005: main (a.c:3)\n==7== \n`);
    expect(findings).toMatchObject([
      { kind, message: headline, stacks: [{ frames: [{ function: 'main', file: 'a.c', line: 3 }] }] },
    ]);
    expect(findings[0]?.certainty).toBe(kind === 'Race' ? 'possible' : 'definite');
  });

  it('reads excerpts whose prefixes were lost', () => {
    const first = read(
      '2,304 bytes in 1 blocks are possibly lost in loss record 108 of 134\n==9==    at 0x48: malloc (a.c:1)\n==9==    by 0x49: f (b.c:2)\n',
    );
    expect(first.findings).toMatchObject([{ pid: 9, bytes: 2304, stacks: [{ frames: [{ line: 1 }, { line: 2 }] }] }]);
    const all = read(
      '21 bytes in 1 blocks are definitely lost in loss record 5 of 316\nat 0x48: calloc (a.c:1)\nby 0x49: f(char const*) (b.cc:2)\n\nprose\n',
    );
    expect(all.findings).toMatchObject([
      { bytes: 21, stacks: [{ frames: [{ function: 'calloc' }, { function: 'f(char const*)' }] }] },
    ]);
    expect(all.findings[0]?.pid).toBeUndefined();
  });

  it('tells what stopped valgrind itself', () => {
    const loader = read('valgrind:  Fatal error at startup: a function redirection\nvalgrind:  which is mandatory\n');
    expect(loader.notes).toMatchObject([{ severity: 'error', code: 'valgrind-fatal' }]);
    expect(loader.end.recognised).toBe(true);
    const avx = read(
      'vex amd64->IR: unhandled instruction bytes: 0x62 0xF1 0x7D 0x48\n==9== valgrind: Unrecognised instruction at address 0x4005.\n',
    );
    expect(avx.notes.map((n) => n.code)).toEqual(['valgrind-instruction', 'valgrind-instruction']);
  });

  it('is not fooled by other formats', () => {
    for (const text of [
      '',
      'hello',
      '==1==ERROR: AddressSanitizer: heap-use-after-free\n    #0 0x1 in f a.c:1\n',
      '== 5 ==',
      'Invalid read of size 4',
    ]) {
      expect(read(text)).toEqual({ findings: [], notes: [], end: { recognised: false, partial: false } });
    }
  });

  it('never takes a part of a line for the whole', () => {
    const all = identities(read(ERRORS).findings);
    const frames = new Set([...ERRORS.matchAll(/0x\w+: (.*)$/gm)].map((m) => m[1]?.replace(/ \(.*/, '')));
    let most = 0;
    for (let cut = 0; cut <= ERRORS.length; cut += 7) {
      const { findings, end } = read(ERRORS.slice(0, cut));
      // All but the last are whole.
      expect(identities(findings.slice(0, -1)).every((identity) => all.includes(identity))).toBe(true);
      for (const stack of findings.at(-1)?.stacks ?? [])
        for (const frame of stack.frames) expect(frames).toContain(frame.function);
      if (cut > 200 && cut < ERRORS.length - 80) expect(end.partial).toBe(true);
      most = Math.max(most, findings.length);
    }
    expect(most).toBe(7);
  });

  it('gives the same for any chunks', () => {
    expect(read(...ERRORS)).toEqual(read(ERRORS));
  });

  it('keeps processes apart however their lines are mixed', () => {
    const other = fixture('3.19.0/cpp.txt');
    const expected = [...identities(read(ERRORS).findings), ...identities(read(other).findings)].sort();
    fc.assert(
      fc.property(fc.infiniteStream(fc.boolean()), (turns) => {
        const queues = [ERRORS.split('\n'), other.split('\n')];
        const mixed: string[] = [];
        for (const turn of turns) {
          const line = (queues[turn ? 0 : 1] as string[]).shift() ?? (queues[turn ? 1 : 0] as string[]).shift();
          if (line === undefined) break;
          mixed.push(line);
        }
        expect(identities(read(mixed.join('\n')).findings)).toEqual(expected);
      }),
      { numRuns: 30 },
    );
  });

  it('survives anything', () => {
    const line = fc.oneof(
      fc.constantFrom(...ERRORS.split('\n'), '==1==', '==1== at 0x1: (', '==1==    at 0x1: a (b:9)', '--1--'),
      fc.string(),
    );
    fc.assert(
      fc.property(fc.array(line, { maxLength: 120 }), (lines) => {
        for (const finding of read(lines.join('\n')).findings) expect(finding.count).toBeGreaterThan(0);
      }),
      { numRuns: 200 },
    );
  });
});
