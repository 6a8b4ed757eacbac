import { resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { readCommandLine } from '../../../src/node/command-line.js';
import { suggestion, UsageError } from '../../../src/node/usage.js';

describe('the words behind memlens', () => {
  test('profile: everything behind -- belongs to the program, options and all', () => {
    const line = readCommandLine(['profile', 'a b.c', '--engine', 'memcheck', '-t', '2.5', '--', '--engine', '-x', '']);
    expect(line).toMatchObject({ verb: 'profile', subject: 'a b.c', args: ['--engine', '-x', ''] });
    expect(line).toMatchObject({ options: { engine: 'memcheck', timeLimitSeconds: 2.5, format: 'text' } });
  });

  test('profile: where the heap profile goes', () => {
    const words = ['profile', 'a.c', '-e', 'heaptrack', '--heap', 'a.heap.json'];
    expect(readCommandLine(words)).toMatchObject({ options: { engine: 'heaptrack', heap: 'a.heap.json' } });
  });

  test('attach: a process, and how it is looked into', () => {
    expect(readCommandLine(['attach', '7'])).toMatchObject({
      pid: 7,
      durationMs: 30_000,
      target: 'local',
      format: 'text',
      limit: 3,
    });
    const words = ['attach', '7', '-e', 'heaptrack', '-d', '2.5', '--limit', '0', '-y', '-T', 'ssh:board', '--path-map', '/a=/b'];
    expect(readCommandLine(words)).toMatchObject({
      engine: 'heaptrack',
      durationMs: 2500,
      limit: 0,
      yes: true,
      target: 'ssh:board',
      pathMap: [{ from: '/a', to: '/b' }],
    });
  });

  test('oom: a file, the kernel log of a machine, or who would be killed next', () => {
    expect(readCommandLine(['oom', '-'])).toMatchObject({ verb: 'oom', what: 'file', file: '-', format: 'text' });
    expect(readCommandLine(['oom', 'kern.log', '--event', '2'])).toMatchObject({ file: 'kern.log', event: 2 });
    expect(readCommandLine(['oom'])).toMatchObject({ what: 'kernel-log', target: 'local', rootCommand: [] });
    expect(readCommandLine(['oom', '--next', '-T', 'ssh:board', '--root-command', "sudo -n -u 'a b'"])).toMatchObject({
      what: 'next',
      target: 'ssh:board',
      rootCommand: ['sudo', '-n', '-u', 'a b'],
    });
  });

  test('parse: - is standard input, and names behind -- may begin with -', () => {
    expect(readCommandLine(['parse', '-'])).toMatchObject({ verb: 'parse', reports: ['-'] });
    expect(readCommandLine(['parse', 'a', '--', '-b'])).toMatchObject({ reports: ['a', '-b'] });
  });

  test.each([
    [[], /say what to do/],
    [['profil', 'x.c'], /no command "profil" \(did you mean profile\?\)/],
    [['profile'], /profile what\?/],
    [['profile', 'a.c', 'b'], /stand behind --/],
    [['profile', 'a.c', '--engin', 'x'], /no option --engin \(did you mean --engine\?\)/],
    [['profile', 'a.c', '--engine', 'asna'], /no engine "asna" \(did you mean asan\?\)/],
    [['parse', 'x', '--format', 'xml'], /no format "xml": choose one of text, json, sarif/],
    [['profile', 'a.c', '--time-limit', '-1'], /time-limit/],
    [['profile', 'a.c', '--time-limit=0'], /number of seconds above 0/],
    [['profile', 'a.c', '--heap', 'x.heap.json'], /--heap writes what heaptrack records: choose it with --engine heaptrack/],
    [['parse', 'a', '--heap', 'x'], /--heap is an option of profile, not of parse/],
    [['watch', '--heap', 'x'], /--heap is/],
    [['profile', 'a.c', '--path-map', 'x'], /FROM=TO/],
    [['profile', 'a.c', '--compiler-flag', '-DX'], /written --compiler-flag=VALUE/],
    [['engines', 'all'], /one word too many/],
    [['oom', 'a', 'b'], /"b" is one word too many/],
    [['oom', 'a', '--next'], /--next is for a machine: it goes with no file/],
    [['oom', 'a', '--target', 'local'], /--target is for a machine/],
    [['oom', '--event', '0'], /--event takes the number of an event, from 1/],
    [['oom', '--next', '--event', '1'], /take one of the two/],
    [['oom', '--root-command', "sudo '"], /a quote of --root-command is not closed/],
    [['parse', 'a', '--next'], /--next is an option of oom, not of parse/],
    [['attach'], /attach to what\? name the number of a process/],
    [['attach', 'sshd'], /attach takes the number of a process, not "sshd"; memlens ps tells it/],
    [['attach', '1', '2'], /"2" is one word too many/],
    [['attach', '1', '--engine', 'heaptrak'], /no engine "heaptrak" \(did you mean heaptrack\?\)/],
    [['attach', '1', '--duration', '0'], /--duration takes a number of seconds from 0.5 to 86400, not "0"/],
    [['attach', '1', '--limit', '1'], /--limit takes how many times as long/],
    [['attach', '1', '--list', '--format', 'csv'], /--list is text or json, not csv/],
    [['attach', '1', '--pid', '3'], /--pid is no option of attach/],
    [['profile', 'a.c', '--yes'], /--yes is an option of attach, not of profile/],
    [['parse'], /parse what\?/],
    [['profile', 'a.c', '--pid', '5'], /--pid is an option of watch, ps and meminfo, not of profile/],
    [['watch', '--engine', 'asan'], /--engine is no option of watch/],
    [['watch', '1234'], /"1234" is one word too many; a process is named with --pid or --name/],
    [['watch', '--pid', '0'], /--pid takes the number of a process, not "0"/],
    [['watch', '--pid', '1e3'], /--pid takes the number/],
    [['watch', '--pid', '5', '--name', 'x'], /not both/],
    [['watch', '--name='], /--name takes the name of a process/],
    [['watch', '--interval', '0.05'], /--interval takes a number of seconds from 0.1 to 60, not "0.05"/],
    [['watch', '--duration', ''], /--duration takes a number of seconds/],
    [['watch', '--format', 'json'], /no format "json" \(did you mean ndjson\?\)/],
    [['ps', '--sort', 'foo'], /no column "foo": choose one of pid, user, rss, pss, uss/],
    [['ps', '--interval', '1'], /--interval is no option of ps/],
    [['meminfo', '--format', 'csv'], /no format "csv"/],
    [['meminfo', 'x'], /"x" is one word too many$/],
    [['map'], /map what\? give the number of a process, or a file/],
    [['map', ''], /the name of a file is empty/],
    [['map', '0'], /no process has the number 0; a file with this name is written .\/0/],
    [['map', '4194305'], /no process has the number 4194305/],
    [['map', '1', '2'], /"2" is one word too many; two maps are compared by map diff A B/],
    [['map', '1', '--format', 'sarif'], /no format "sarif": choose one of text, json, csv/],
    [['map', '1', '--pid', '2'], /--pid is no option of map/],
    [['map', 'a', '--target', 'ssh:board'], /--target says where a process runs/],
    [['map', 'diff'], /map diff takes two maps/],
    [['map', 'diff', 'a'], /map diff takes two maps: .* written .\/diff/],
    [['map', 'diff', 'a', 'b', 'c'], /"c" is one word too many$/],
    [['map', 'diff', '-', '-'], /only one of the two maps can be standard input/],
    [['map', 'diff', 'a', 'b', '-f', 'csv'], /no format "csv": choose one of text, json/],
    [['map', 'diff', 'a', 'b', '-T', 'ssh:board'], /--target says where a process runs/],
    [['system', 'x'], /"x" is one word too many; saved files are named with --from/],
    [['system', '--from', ''], /--from takes the name of a folder or a file/],
    [['system', '--from', 'a', '-T', 'local'], /--from reads files of this machine/],
    [['system', '--from', 'a', '--root-command', 'sudo'], /--from reads files of this machine/],
    [['system', '--from', 'a', '-d', '60'], /--from reads what was saved: --duration watches a machine/],
    [['system', '-d', '0.5'], /--duration takes a number of seconds from 1 to 2000000, not "0.5"/],
    [['system', '-d', '60s'], /--duration takes a number of seconds/],
    [['system', '-d', '9', '-i', '0'], /--interval takes a number of seconds from 0.1 to 60/],
    [['system', '-i', '2'], /--interval goes with --duration/],
    [['system', 'diff', 'a', 'b', '-d', '2'], /--duration is no option of system diff/],
    [['system', '--root-command', "'sudo"], /a quote of --root-command is not closed/],
    [['system', '--root-command', ' '], /--root-command takes a command that runs its words as root/],
    [['system', '-f', 'csv'], /no format "csv": choose one of text, json/],
    [['system', 'diff', 'a'], /system diff takes two states/],
    [['system', 'diff', 'a', '', 'c'], /system diff takes two states/],
    [['system', 'diff', 'a', 'b', '-T', 'local'], /--target is no option of system diff/],
    [['map', '1', '--root-command', 'sudo'], /--root-command is no option of map/],
    [['parse', 'a', '--from', 'b'], /--from is an option of system, not of parse/],
    [['heap'], /heap what\? name a file/],
    [['heap', ''], /the name of a file is empty/],
    [['heap', 'a', 'b'], /"b" is one word too many; two profiles are compared by heap diff A B/],
    [['heap', 'a', '--format', 'folder'], /no format "folder" \(did you mean folded\?\)/],
    [['heap', 'a', '--by', 'file'], /--by takes stack, function, line, module or callers, not "file"/],
    [['heap', 'a', '--by', 'line', '-f', 'csv'], /--by is for text; csv holds all stacks/],
    [['heap', 'a', '--top', '0'], /--top takes a whole number from 1 to 1,000,000, not "0"/],
    [['heap', 'a', '--filter='], /--filter takes a text that is not empty/],
    [['heap', 'a', '--engine', 'asan'], /--engine is no option of heap/],
    [['heap', 'diff', 'a'], /heap diff takes two profiles: .* written .\/diff/],
    [['heap', 'diff', '-', '-'], /only one of the two profiles/],
    [['heap', 'diff', 'a', 'b', 'c'], /"c" is one word too many$/],
    [['profile', 'a.c', '--measure', 'live'], /--measure is an option of heap, not of profile/],
    [['heap', 'a', '--symbols', 'on'], /--symbols takes auto, sure, any or off, not "on"/],
    [['ps', '--own-code'], /--own-code is no option of ps/],
  ])('%j is refused with a sentence', (argv, sentence) => {
    expect(() => readCommandLine(argv)).toThrow(UsageError);
    expect(() => readCommandLine(argv)).toThrow(sentence);
  });

  test('heap: a file, or two, and what of them is shown', () => {
    const symbols = { which: 'auto', debugDirectories: [], debuginfod: 'off' };
    const common = { format: 'text', by: 'stack', top: 10, ownCode: false, verbose: false, symbols };
    expect(readCommandLine(['heap', 'a.zst'])).toEqual({ ...common, verb: 'heap', file: 'a.zst' });
    expect(readCommandLine(['heap', '-', '-f', 'pprof', '-m', 'peak', '--module', 'libx', '--own-code', '-o', 'x'])).toEqual({
      ...common,
      verb: 'heap',
      file: '-',
      format: 'pprof',
      measure: 'peak',
      module: 'libx',
      ownCode: true,
      output: 'x',
    });
    expect(
      readCommandLine([
        'heap',
        'a',
        '--symbols',
        'any',
        '--debug-dir',
        '/d',
        '--debug-dir',
        '/e',
        '--sysroot',
        '/r',
        '--debuginfod',
      ]),
    ).toMatchObject({ symbols: { which: 'any', debugDirectories: ['/d', '/e'], sysroot: '/r', debuginfod: 'allowed' } });
    expect(readCommandLine(['heap', '--', 'diff'])).toMatchObject({ file: 'diff' });
    expect(readCommandLine(['heap', 'diff', 'a', 'b', '--by', 'callers', '--top', '3', '--filter', 'x'])).toEqual({
      ...common,
      verb: 'heap',
      before: 'a',
      file: 'b',
      by: 'callers',
      top: 3,
      filter: 'x',
    });
  });

  test('watch: the machine, a pid or a name; seconds become milliseconds', () => {
    expect(readCommandLine(['watch'])).toEqual({
      verb: 'watch',
      subject: undefined,
      target: 'local',
      verbose: false,
      intervalMs: 1000,
      format: 'text',
    });
    expect(
      readCommandLine(['watch', '-T', 'ssh:board', '-p', '42', '-i', '.5', '-d', '90', '-f', 'ndjson', '-o', 'x', '-v']),
    ).toEqual({
      verb: 'watch',
      subject: { pid: 42 },
      target: 'ssh:board',
      verbose: true,
      intervalMs: 500,
      durationMs: 90_000,
      format: 'ndjson',
      output: 'x',
    });
    expect(readCommandLine(['watch', '--name=-odd name'])).toMatchObject({ subject: { name: '-odd name' } });
  });

  test('ps and meminfo', () => {
    expect(readCommandLine(['ps'])).toMatchObject({ verb: 'ps', sort: { id: 'uss' }, format: 'text', target: 'local' });
    expect(readCommandLine(['ps', '-s', 'mem', '-f', 'csv'])).toMatchObject({ sort: { id: 'mem' }, format: 'csv' });
    expect(readCommandLine(['meminfo', '--format=json'])).toMatchObject({ verb: 'meminfo', format: 'json' });
  });

  test('map: what is all digits is a process, everything else a file; behind -- nothing is an option', () => {
    const common = { target: 'local', verbose: false, format: 'text' };
    expect(readCommandLine(['map', '42'])).toEqual({ ...common, verb: 'map', subject: { pid: 42 } });
    expect(readCommandLine(['map', './42', '-f', 'csv', '-o', 'x'])).toEqual({
      ...common,
      verb: 'map',
      subject: { file: './42' },
      format: 'csv',
      output: 'x',
    });
    expect(readCommandLine(['map', '-'])).toMatchObject({ subject: { file: '-' } });
    expect(readCommandLine(['map', '--', '-x'])).toMatchObject({ verb: 'map', subject: { file: '-x' } });
    expect(readCommandLine(['map', '--', 'diff'])).toMatchObject({ verb: 'map', subject: { file: 'diff' } });
    expect(readCommandLine(['map', '42', '-T', 'ssh:board', '-f', 'json', '-v'])).toMatchObject({
      target: 'ssh:board',
      format: 'json',
      verbose: true,
    });
    expect(readCommandLine(['map', 'diff', 'a', '--', '-b'])).toEqual({
      ...common,
      verb: 'map diff',
      before: { file: 'a' },
      after: { file: '-b' },
    });
    expect(readCommandLine(['map', 'diff', '-', '42', '-T', 'ssh:board'])).toMatchObject({
      before: { file: '-' },
      after: { pid: 42 },
      target: 'ssh:board',
    });
  });

  test('a whole machine: where, from which files, and what reads as root', () => {
    const common = { format: 'text', verbose: false };
    expect(readCommandLine(['system'])).toEqual({ ...common, verb: 'system', target: 'local', rootCommand: [] });
    expect(
      readCommandLine(['system', '-T', 'ssh:board', '--root-command', "sudo -n -u 'ro ot'", '-f', 'json', '-o', 'x']),
    ).toEqual({
      ...common,
      verb: 'system',
      target: 'ssh:board',
      rootCommand: ['sudo', '-n', '-u', 'ro ot'],
      format: 'json',
      output: 'x',
    });
    expect(readCommandLine(['system', '--from', 'folder'])).toMatchObject({ from: 'folder' });
    expect(readCommandLine(['system', '-d', '90'])).toMatchObject({ watch: { durationMs: 90_000, intervalMs: 1000 } });
    expect(readCommandLine(['system', '-d', '1.5', '-i', '0.2'])).toMatchObject({
      watch: { durationMs: 1500, intervalMs: 200 },
    });
    expect(readCommandLine(['system', 'diff', 'a', '--', '-b'])).toEqual({
      ...common,
      verb: 'system diff',
      before: 'a',
      between: [],
      after: '-b',
    });
    expect(readCommandLine(['system', 'diff', 'a', 'b', 'c', 'd'])).toMatchObject({
      before: 'a',
      between: ['b', 'c'],
      after: 'd',
    });
  });

  test('standard output is written -, too', () => {
    expect(readCommandLine(['ps', '-o', '-'])).not.toHaveProperty('output');
    expect(readCommandLine(['parse', '-', '--output=-'])).not.toHaveProperty('options.output');
  });

  test('help and version go before everything', () => {
    expect(readCommandLine(['--help'])).toEqual({ verb: 'help' });
    expect(readCommandLine(['help', 'parse'])).toEqual({ verb: 'help', topic: 'parse' });
    expect(readCommandLine(['-V'])).toEqual({ verb: 'version' });
  });

  test('nothing is suggested for a word that is like none', () => {
    expect(suggestion('zzzzzzzz', ['asan', 'lsan'])).toBe(': choose one of asan, lsan');
  });
});

test('where addresses get their names from', () => {
  const words = ['--debug-dir', '/d', '--debug-dir', '/e', '--debuginfod'];
  const symbols = { debugDirectories: ['/d', '/e'], debuginfod: 'allowed' };
  expect(readCommandLine(['profile', 'a.c', ...words])).toMatchObject({ options: { symbols } });
  expect(readCommandLine(['attach', '7', ...words])).toMatchObject({ symbols });
  expect(readCommandLine(['attach', '7', '-T', 'ssh:b', '--sysroot', '/r'])).toMatchObject({ symbols: { sysroot: '/r' } });
  expect(readCommandLine(['parse', 'a', ...words])).toMatchObject({ options: { symbols: { ...symbols, which: 'auto' } } });
  expect(readCommandLine(['parse', 'a', '--sysroot', '/r'])).toMatchObject({
    options: { symbols: { sysroot: '/r', which: 'auto' } },
  });
  expect(readCommandLine(['parse', 'a', '--symbols', 'any'])).toMatchObject({ options: { symbols: { which: 'any' } } });
  expect(readCommandLine(['parse', 'a', '--vmlinux', '/k/vmlinux', '--vmlinux', '/k/m'])).toMatchObject({
    options: { symbols: { which: 'sure', kernelTrees: ['/k/vmlinux', '/k/m'] } },
  });
  expect(() => readCommandLine(['profile', 'a.c', '--vmlinux', '/k'])).toThrow(
    'option of parse, heap and kmemleak, not of profile',
  );
  // Nobody has said that the report is of this machine.
  expect(readCommandLine(['parse', 'a'])).toMatchObject({ options: { symbols: { which: 'sure', debuginfod: 'off' } } });
  for (const verb of ['profile', 'attach'])
    expect(() => readCommandLine([verb, '7', '--sysroot', '/r'])).toThrow(/on another machine: name it with --target/);
  expect(() => readCommandLine(['profile', 'a.c', '--symbols', 'any'])).toThrow(
    'option of parse, heap and kmemleak, not of profile',
  );
  expect(() => readCommandLine(['attach', '7', '--symbols', 'any'])).toThrow('--symbols is no option of attach');
  expect(() => readCommandLine(['engines', '--debuginfod'])).toThrow(
    'option of profile, parse, heap, attach and kmemleak, not of engines',
  );
  expect(() => readCommandLine(['check', '--debug-dir', '/d'])).toThrow('--debug-dir is no option of check');
});

test('profile on another machine', () => {
  expect(readCommandLine(['profile', '-T', 'ssh:board', '--copy', '--sysroot', 's', 'a.c'])).toMatchObject({
    verb: 'profile',
    options: { target: 'ssh:board', copy: true, symbols: { sysroot: resolve('s') } },
  });
  expect(readCommandLine(['profile', 'a.c'])).toMatchObject({ options: { copy: false } });
  expect(() => readCommandLine(['profile', '--copy', 'a.c'])).toThrow('--target');
  expect(() => readCommandLine(['parse', '--copy', 'a'])).toThrow('option of profile');
  expect(() => readCommandLine(['parse', '--target', 'local', 'a'])).toThrow('profile, watch, ps, meminfo and map, not of parse');
  expect(() => readCommandLine(['profile', '--pid', '1', 'a.c'])).toThrow('watch, ps and meminfo');
});
