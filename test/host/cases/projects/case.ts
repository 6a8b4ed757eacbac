import * as assert from 'node:assert/strict';
import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import * as vscode from 'vscode';
import { Answers } from '../../answers.js';
import { fileOf, until } from '../../workspace.js';

interface Picker {
  items: readonly vscode.QuickPickItem[];
  selectedItems: readonly vscode.QuickPickItem[];
  busy: boolean;
}

describe('Select What to Profile', () => {
  const root = dirname(fileOf('projects').fsPath);
  const file = (...names: string[]) => fileOf('projects', ...names);
  const marks = (source: vscode.Uri) => vscode.languages.getDiagnostics(source).filter(({ source: by }) => by === 'MemLens');
  const written: string[] = [];
  let answers: Answers;
  let offered: readonly string[] = [];

  const write = (path: string, text: string) => {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
    written.push(path);
  };
  /** Accepts the item whose label has these words, as soon as everything is listed. */
  const picking = (words: RegExp) => {
    const create = vscode.window.createQuickPick.bind(vscode.window);
    answers.stub('createQuickPick', () => {
      const real = create();
      const accepts: (() => void)[] = [];
      const hides: (() => void)[] = [];
      let chosen: readonly vscode.QuickPickItem[] = [];
      return new Proxy(real as vscode.QuickPick<vscode.QuickPickItem> & Picker, {
        get: (target, key) => {
          if (key === 'onDidAccept') return (listener: () => void) => accepts.push(listener);
          if (key === 'onDidHide') return (listener: () => void) => hides.push(listener);
          if (key === 'selectedItems') return chosen;
          const value: unknown = Reflect.get(target, key, target);
          return typeof value === 'function' ? (value as () => unknown).bind(target) : value;
        },
        set: (target, key, value: unknown) => {
          Reflect.set(target, key, value, target);
          if (key === 'busy' && value === false) {
            offered = target.items.map(({ label }) => label);
            const found = target.items.find(({ label }) => words.test(label));
            chosen = found === undefined ? [] : [found];
            for (const listener of found === undefined ? hides : accepts) listener();
          }
          return true;
        },
      });
    });
    return vscode.commands.executeCommand('memlens.selectRun');
  };

  before(() => {
    answers = new Answers();
  });
  after(async () => {
    answers.restore();
    for (const path of written) rmSync(path, { force: true });
    await vscode.commands.executeCommand('memlens.clear');
  });

  for (const [title, folder, source, size, recipe] of [
    ['Make', 'made', 'src/main.c', /33 bytes/, 'Makefile'],
    ['CMake', 'cmade', 'main.c', /44 bytes/, 'CMakeLists.txt'],
  ] as const) {
    it(`builds a ${title} project elsewhere, and marks the user’s own file`, async () => {
      // The recipes are offered for the folder that is open: this one builds the project below it.
      write(
        join(root, recipe),
        title === 'Make'
          ? `all:\n\t$(MAKE) -C projects/${folder}\n`
          : `cmake_minimum_required(VERSION 3.10)\nproject(all C)\nadd_subdirectory(projects/${folder})\n`,
      );
      const before = readdirSync(file(folder).fsPath);
      await picking(new RegExp(`Build with ${title} and profile`));
      const mark = await until(
        `the squiggle (offered: ${offered.join(', ')}; said: ${answers.asked.map(({ message }) => message).join(' ')})`,
        () => marks(file(folder, source))[0],
        5_000,
      );
      assert.match(mark.message, size);
      assert.equal(mark.range.start.line, 4);
      assert.deepEqual(readdirSync(file(folder).fsPath), before, 'nothing is built beside the sources');
      rmSync(join(root, recipe));
    });
  }

  it('runs the task that launch.json wants first, then its program', async () => {
    write(
      join(root, '.vscode/tasks.json'),
      JSON.stringify({
        version: '2.0.0',
        tasks: [
          {
            label: 'build it',
            type: 'process',
            command: 'cc',
            args: ['-g', '-o', 'program', 'main.c'],
            options: { cwd: file('launched').fsPath },
          },
        ],
      }),
    );
    write(
      join(root, '.vscode/launch.json'),
      `{ // as the editor writes it
        "version": "0.2.0",
        "configurations": [
          { "name": "the launched", "type": "cppdbg", "request": "launch", "preLaunchTask": "build it",
            "program": "\${workspaceFolder}/projects/launched/program", "cwd": "\${workspaceFolder}", },
        ]
      }`,
    );
    await until('the task', async () => (await vscode.tasks.fetchTasks()).some(({ name }) => name === 'build it'));
    await picking(/the launched/);
    const mark = await until(`the squiggle (${offered.join(', ')})`, () => marks(file('launched', 'main.c'))[0], 5_000);
    assert.match(mark.message, /55 bytes/);
    rmSync(file('launched', 'program').fsPath);
  });
});
