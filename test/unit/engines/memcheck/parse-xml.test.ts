import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createMemcheckXmlParser } from '../../../../src/engines/memcheck/parse-xml.js';
import { fixture, identities, outline, parse } from './reports.js';

const read = (...chunks: string[]) => parse(createMemcheckXmlParser, ...chunks);
const ERRORS = fixture('3.19.0/errors.xml');
const LEAKS = fixture('3.19.0/leaks.xml');

describe('Memcheck XML', () => {
  it('takes no damaged text for a kind, and tells nothing of a document that was lost', () => {
    const error = (kind: string): string =>
      `<error><unique>0x1</unique><tid>1</tid><kind>${kind}</kind><what>w</what><stack><frame><ip>0x1</ip></frame></stack></error>`;
    const { findings, end } = parse(
      createMemcheckXmlParser,
      `<valgrindoutput>${error('Invalid\n  Read')}${error('NewKind_2')}</valgrindoutput>`,
    );
    expect(findings.map((f) => f.kind)).toEqual(['NewKind_2']);
    expect(end.partial).toBe(true);
    const rest = '<suppcounts><pair><count>4</count><name>x</name></pair></suppcounts>';
    expect(parse(createMemcheckXmlParser, rest)).toEqual({ findings: [], notes: [], end: { recognised: false, partial: false } });
  });

  it('reads leaks of every kind, direct bytes only', () => {
    const { findings, notes, end } = read(LEAKS);
    expect(outline(findings).sort()).toEqual([
      'leak definitely 204800/50 allocation@leak_many:25',
      'leak definitely 33/1 allocation@deep:66',
      'leak definitely 64/1 allocation@leak_list:19',
      'leak indirectly 64/1 allocation@leak_list:20',
      'leak possibly 2000/1 allocation@main:76',
      'leak reachable 1000/1 allocation@main:75',
    ]);
    expect(findings.map((f) => f.certainty).sort()).toEqual([
      'definite',
      'definite',
      'definite',
      'definite',
      'possible',
      'possible',
    ]);
    expect(end).toEqual({
      recognised: true,
      partial: false,
      summary: {
        definitely: { bytes: 204897, blocks: 52 },
        indirectly: { bytes: 64, blocks: 1 },
        possibly: { bytes: 2000, blocks: 1 },
        reachable: { bytes: 1000, blocks: 1 },
        suppressed: { bytes: 0, blocks: 0 },
      },
    });
    expect(notes).toEqual([]);
    expect(findings.every((f) => f.engine === 'memcheck' && f.pid !== undefined)).toBe(true);
  });

  it('reads errors with their counts and the roles of their stacks', () => {
    const { findings, end } = read(ERRORS);
    expect(outline(findings)).toEqual([
      'InvalidRead x1 access@use_after_free:31 free@use_after_free:30 allocation@use_after_free:29',
      'InvalidWrite x3 access@heap_overflow:36 allocation@heap_overflow:35',
      'InvalidFree x1 free@double_free:43 free@double_free:42 allocation@double_free:41',
      'UninitCondition x1 access@uninitialised:48 origin@uninitialised:47',
      'UninitValue x1 access@uninitialised:49 origin@uninitialised:47',
      'SyscallParam x1 access@uninitialised:50 allocation@uninitialised:47 origin@uninitialised:47',
      'FishyValue x1 access@fishy:62',
    ]);
    expect(findings[0]).toMatchObject({
      message: 'Invalid read of size 4',
      access: 'read',
      size: 4,
      address: '0x4A42044'.toLowerCase(),
      details: ["Address 0x4a42044 is 4 bytes inside a block of size 40 free'd", "Block was alloc'd at"],
    });
    expect(findings[0]?.stacks[0]?.frames[0]).toMatchObject({ address: '0x109273', module: '/home/dev/kinds/kinds' });
    expect(findings[6]?.message).toBe("Argument 'size' of function malloc has a fishy (possibly negative) value: -5");
    expect(end).toEqual({ recognised: true, partial: false });
  });

  it('decodes names and joins the directory and the file', () => {
    const { findings } = read(fixture('3.19.0/cpp.xml'));
    const mismatches = findings.filter((f) => f.kind === 'MismatchedFree');
    expect(outline(mismatches)).toEqual([
      'MismatchedFree x1 free@(anonymous namespace)::mismatch():18 allocation@(anonymous namespace)::mismatch():17',
      'MismatchedFree x1 free@(anonymous namespace)::mismatched_free():23 allocation@(anonymous namespace)::mismatched_free():22',
    ]);
    const array = findings.find((f) => f.bytes === 409600);
    expect(array?.stacks[0]?.frames[1]?.function).toMatch(/Cache<std::__cxx11::basic_string<char, .* > >::operator\[\]\(int\)$/);
    expect(array?.stacks[0]?.frames[1]?.file).toBe('/home/dev/kinds/kinds.cpp');
  });

  it('tells a fatal signal once: as a finding of its own only when no access error is the same', () => {
    const segv = read(fixture('3.19.0/segv.xml'));
    expect(outline(segv.findings)).toEqual(['InvalidWrite x1 access@main:87']);
    expect(segv.notes).toMatchObject([{ code: 'fatal-signal', severity: 'warning' }]);
    expect(segv.notes[0]?.text).toMatch(/signal 11 \(SIGSEGV\)\. Access not within mapped region at address 0x0$/);
    const abort = read(fixture('3.19.0/abort.xml'));
    expect(outline(abort.findings)).toEqual(['SIGABRT x1 access@main:89']);
  });

  it('does not take a signal that somebody sent for a fault', () => {
    const text = fixture('3.19.0/abort.xml').replace('SIGABRT', 'SIGTERM').replace('<signo>6<', '<signo>15<');
    expect(read(text)).toMatchObject({ findings: [], notes: [{ code: 'fatal-signal' }] });
  });

  it('reads protocol 6 and kinds that it does not know', () => {
    const { findings, notes, end } = read(fixture('synthetic-protocol-6/all.xml'));
    expect(findings.map((f) => `${f.kind} x${f.count}`)).toEqual(['leak x1', 'FdBadClose x1', 'SomethingNew x3']);
    expect(findings[0]).toMatchObject({ bytes: 720, blocks: 3 });
    const close = findings[1];
    expect(close?.stacks.map((s) => s.role)).toEqual(['access', 'other']);
    expect(close?.stacks[1]?.label).toBe('Previously closed');
    expect(close?.stacks[0]?.frames[1]).toEqual({
      function: 'std::map<int, int>::operator[](int&&)',
      file: '/home/dev/my project/src/fd.c',
      line: 12,
      module: '/home/dev/a.out',
      address: '0x401190',
    });
    expect(close?.stacks[1]?.frames[0]?.file).toBe('/abs/fd.c');
    expect(findings[2]?.stacks[0]?.frames).toEqual([{ address: '0x401200' }]);
    expect(end.summary).toEqual({
      definitely: { bytes: 1720, blocks: 3 },
      indirectly: { bytes: 1000, blocks: 2 },
      possibly: { bytes: 96, blocks: 6 },
      reachable: { bytes: 64, blocks: 4 },
      suppressed: { bytes: 8, blocks: 1 },
    });
    expect(notes).toEqual([
      { severity: 'info', code: 'suppressed', text: 'Valgrind left out 7 errors that match 2 suppressions.' },
    ]);
  });

  it('sums the indirect parts when indirect records are not shown', () => {
    const text = fixture('3.19.0/cpp.xml').replace(/<error>(?:(?!<\/error>)[\s\S])*Leak_IndirectlyLost[\s\S]*?<\/error>/g, '');
    const { findings, end } = read(text);
    expect(findings.some((f) => f.leakKind === 'indirectly')).toBe(false);
    expect(end.summary?.indirectly).toEqual({ bytes: 92, blocks: 0 });
  });

  it('keeps what a killed run had told', () => {
    const { findings, notes, end } = read(fixture('3.19.0/killed.xml'));
    expect(findings.map((f) => f.kind)).toEqual(['InvalidRead']);
    expect(end.partial).toBe(true);
    expect(notes).toMatchObject([{ code: 'cut' }]);
  });

  it('passes over suppressions and their CDATA', () => {
    expect(identities(read(fixture('3.19.0/suppressions.xml')).findings).length).toBe(identities(read(ERRORS).findings).length);
  });

  it('reads a fork that wrote into the same file', () => {
    const { findings } = read(fixture('3.19.0/fork-one-file.xml'));
    expect(findings.map((f) => f.bytes).sort()).toEqual([204800, 64, 64]);
  });

  it('reads several documents, each with its own process', () => {
    const { findings, end } = read(fixture('3.19.0/fork-parent.xml') + fixture('3.19.0/fork-child.xml'));
    expect(new Set(findings.map((f) => f.pid)).size).toBe(2);
    expect(end.summary?.definitely).toEqual({ bytes: 204864, blocks: 51 });
    expect(end.partial).toBe(false);
  });

  it('goes on after a document that was cut off, and gives no process to what may be of either', () => {
    const cut = ERRORS.slice(0, ERRORS.indexOf('<kind>InvalidFree') + 40);
    const { findings, end } = read(cut + LEAKS);
    expect(findings.map((f) => f.kind).sort()).toEqual([
      'InvalidRead',
      'InvalidWrite',
      'leak',
      'leak',
      'leak',
      'leak',
      'leak',
      'leak',
    ]);
    expect(findings.filter((f) => f.kind === 'leak').every((f) => f.pid === undefined)).toBe(true);
    expect(end.partial).toBe(true);
  });

  it.each([
    ['a comparison', 'if (a < b && c > d) x <<= "3 > 1"; y = <b attr="'],
    ['a broken tag', '</foo <bar baz="1'],
    ['an open comment', '<!-- never closed'],
    ['open CDATA', '<![CDATA[ never closed'],
    ['an entity bomb', '<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]>&b;'],
    ['an instruction', '<?php never closed'],
    ['text of valgrind', '==12== Memcheck\n--12-- <x y>'],
    ['control characters', '\u0000\u001b[31m\uFFFD\uD800'],
  ])('finds everything behind %s', (_name, junk) => {
    const parts = ERRORS.split('<error>');
    expect(identities(read(junk + ERRORS).findings)).toEqual(identities(read(ERRORS).findings));
    expect(identities(read(parts.join(`${junk}\n<error>`)).findings)).toEqual(identities(read(ERRORS).findings));
  });

  it('reads a report with a prefix on every line', () => {
    const text = ERRORS.replace(/^/gm, '2024-05-01T10:00:00.123Z | ');
    expect(identities(read(text).findings)).toEqual(identities(read(ERRORS).findings));
  });

  it('does not make one error of two that were mixed', () => {
    const [head, ...errors] = ERRORS.split('<error>');
    const [first, second] = errors.map((error) => error.slice(0, error.indexOf('</error>') + 8));
    const at = (second as string).indexOf('<stack>') + 7;
    const mixed = `${head}<error>${(second as string).slice(0, at)}<error>${first}${(second as string).slice(at)}`;
    expect(read(mixed).findings).toEqual([]);
  });

  it('is not fooled by other formats', () => {
    for (const text of [
      '',
      'hello',
      '<?xml version="1.0"?><testsuite><error message="x">y</error></testsuite>',
      '<error><kind>x</kind></error>',
    ]) {
      expect(read(text)).toEqual({ findings: [], notes: [], end: { recognised: false, partial: false } });
    }
  });

  it('gives the same for any chunks', () => {
    const whole = read(ERRORS);
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 700 }), { minLength: 1, maxLength: 40 }), (sizes) => {
        const chunks: string[] = [];
        for (let at = 0, i = 0; at < ERRORS.length; i++) {
          const size = sizes[i % sizes.length] as number;
          chunks.push(ERRORS.slice(at, at + size));
          at += size;
        }
        expect(read(...chunks)).toEqual(whole);
      }),
      { numRuns: 60 },
    );
    expect(read(...ERRORS)).toEqual(whole);
  });

  it('loses nothing that stands before a cut', () => {
    const all = new Set(identities(read(ERRORS).findings));
    let before = 0;
    for (let cut = 0; cut <= ERRORS.length; cut += 37) {
      const { findings } = read(ERRORS.slice(0, cut));
      expect(identities(findings).every((identity) => all.has(identity))).toBe(true);
      expect(findings.length).toBeGreaterThanOrEqual(before);
      before = findings.length;
    }
    expect(before).toBe(7);
  });

  it('survives anything', () => {
    const pieces = [...ERRORS.matchAll(/<[^>]*>|[^<]+/g)].map((m) => m[0]);
    const piece = fc.oneof(
      fc.constantFrom(...pieces),
      fc.constantFrom('<', '>', '</', '<!', '<?', '<error>', '</error>', '"', "='"),
      fc.string(),
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 200 }), (words) => {
        for (const finding of read(...words).findings) expect(finding.count).toBeGreaterThan(0);
      }),
      { numRuns: 200 },
    );
  });

  it('takes linear time for text that is nothing but tag openings', () => {
    for (const junk of ['<', '<a', '< a', '<a/', '</a ', '<!', '<frame><ip>', '<stack>', '<error><unique>', '&lt;<']) {
      const started = performance.now();
      read(`<valgrindoutput>${junk.repeat(400_000 / junk.length)}>`);
      expect(performance.now() - started).toBeLessThan(2_000);
    }
  });
});
