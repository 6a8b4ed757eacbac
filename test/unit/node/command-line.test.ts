import { describe, expect, test } from 'vitest';
import { readCommandLine } from '../../../src/node/command-line.js';
import { suggestion, UsageError } from '../../../src/node/usage.js';

describe('the words behind memlens', () => {
  test('profile: everything behind -- belongs to the program, options and all', () => {
    const line = readCommandLine(['profile', 'a b.c', '--engine', 'memcheck', '-t', '2.5', '--', '--engine', '-x', '']);
    expect(line).toMatchObject({ verb: 'profile', subject: 'a b.c', args: ['--engine', '-x', ''] });
    expect(line).toMatchObject({ options: { engine: 'memcheck', timeLimitSeconds: 2.5, format: 'text' } });
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
    [['profile', 'a.c', '--path-map', 'x'], /FROM=TO/],
    [['profile', 'a.c', '--compiler-flag', '-DX'], /written --compiler-flag=VALUE/],
    [['engines', 'all'], /one word too many/],
    [['parse'], /parse what\?/],
  ])('%j is refused with a sentence', (argv, sentence) => {
    expect(() => readCommandLine(argv)).toThrow(UsageError);
    expect(() => readCommandLine(argv)).toThrow(sentence);
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
