import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { programsOfLaunchJson } from '../../../src/formats/launch-json.js';

const values: Readonly<Record<string, string>> = { 'env:HOME': '/home/me', userHome: '/home/me' };
const read = (text: string) => programsOfLaunchJson(text, '/ws/my app', (name) => values[name]);
const configurations = (...list: readonly object[]) => read(JSON.stringify({ version: '0.2.0', configurations: list }));

describe('programs', () => {
  it('reads cppdbg, with comments and trailing commas', () => {
    expect(
      read(`{
        // Use IntelliSense
        "version": "0.2.0",
        "configurations": [
          { "name": "Debug", "type": "cppdbg", "request": "launch", "program": "\${workspaceFolder}/out/app", /* here */
            "args": ["-v", "\${workspaceFolderBasename}", 3], "cwd": "\${workspaceFolder}/data",
            "environment": [{ "name": "A", "value": "\${env:HOME}/x" }, { "name": "B" }, null], "preLaunchTask": "build", },
        ],
      }`),
    ).toEqual([
      {
        name: 'Debug',
        type: 'cppdbg',
        program: '/ws/my app/out/app',
        args: ['-v', 'my app', '3'],
        cwd: '/ws/my app/data',
        env: { A: '/home/me/x' },
        preLaunchTask: 'build',
        unresolved: [],
      },
    ]);
  });

  it('reads the forms of other debuggers', () => {
    expect(
      configurations(
        { type: 'lldb', request: 'launch', name: 'l', program: 'bin/a', args: "one 'two three'", env: { X: 'y', N: 1, O: {} } },
        { type: 'lldb-dap', request: 'launch', name: 'd', program: '/bin/b', env: ['P=q=r', 'bad'] },
        { type: 'gdb', request: 'launch', target: './c', arguments: 'x "y z"', cwd: 'sub' },
      ),
    ).toMatchObject([
      { program: '/ws/my app/bin/a', args: ['one', 'two three'], env: { X: 'y', N: '1' }, cwd: '/ws/my app' },
      { program: '/bin/b', args: [], env: { P: 'q=r' } },
      { name: 'c', program: '/ws/my app/c', args: ['x', 'y z'], cwd: '/ws/my app/sub' },
    ]);
  });

  it('leaves out what is no program of this machine', () => {
    expect(
      configurations(
        { type: 'cppvsdbg', request: 'launch', program: 'a.exe' },
        { type: 'node', request: 'launch', program: 'a.js' },
        { type: 'cppdbg', request: 'attach', program: 'a' },
        { type: 'cppdbg', request: 'launch' },
      ),
    ).toEqual([]);
  });

  it('takes the part for Linux', () => {
    expect(configurations({ type: 'cppdbg', program: '/w', linux: { program: '/l' } })).toMatchObject([{ program: '/l' }]);
  });
});

describe('variables', () => {
  it('lists what it could not replace', () => {
    expect(
      configurations({ type: 'lldb', name: 'x', program: '${command:cmake.launchTargetPath}', args: ['${file}', '${file}'] }),
    ).toMatchObject([
      {
        program: '${command:cmake.launchTargetPath}',
        args: ['${file}', '${file}'],
        unresolved: ['command:cmake.launchTargetPath', 'file'],
      },
    ]);
  });

  it('takes an unset environment variable for empty, and replaces once', () => {
    const list = JSON.stringify({ configurations: [{ type: 'lldb', program: '${a}', args: ['${env:NOPE}.'] }] });
    expect(programsOfLaunchJson(list, '/w', (name) => (name === 'a' ? '/${a}/${b}' : undefined))).toMatchObject([
      { program: '/${a}/${b}', args: ['.'], unresolved: [] },
    ]);
  });
});

it('never throws', () => {
  const key = fc.constantFrom('configurations', 'type', 'program', 'args', 'env', 'environment', 'linux', 'cwd', '__proto__');
  const { value } = fc.letrec((tie) => ({
    value: fc.oneof(
      fc.constantFrom('lldb', '${x', '${x}', '', null, 1),
      fc.array(tie('value'), { maxLength: 3 }),
      fc.dictionary(key, tie('value')),
    ),
  }));
  fc.assert(
    fc.property(value, fc.string(), (root, text) => {
      expect(Array.isArray(read(JSON.stringify({ configurations: [root] })))).toBe(true);
      expect(Array.isArray(read(text))).toBe(true);
    }),
  );
  expect(read('[1')).toEqual([]);
});
