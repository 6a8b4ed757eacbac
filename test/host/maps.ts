// What the cases of memory maps need: a program to look at, and an ear at the pages.
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type * as vscode from 'vscode';
import type { FromMapPage, ToMapPage } from '../../src/protocol/map.js';
import type { Answers } from './answers.js';
import { until } from './workspace.js';

/** Has a mapped file, a second thread, and a heap that grows by 64 KiB each 50 ms. */
const PROGRAM = `#define _GNU_SOURCE
#include <fcntl.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>
static void *rest(void *nothing) {
  pthread_setname_np(pthread_self(), "resting");
  for (;;) pause();
  return nothing;
}
int main(int argc, char **argv) {
  pthread_t thread;
  pthread_create(&thread, 0, rest, 0);
  int file = open(argv[argc - 1], O_RDONLY);
  if (file < 0 || mmap(0, 4096, PROT_READ, MAP_PRIVATE, file, 0) == MAP_FAILED) return 1;
  for (;;) {
    for (int i = 0; i < 16; i++) memset(malloc(4000), 1, 4000);
    usleep(50000);
  }
}
`;

/** Compiles it in `folder`, and starts it with the file `mapped` mapped. */
export async function spawnGrowing(folder: string, mapped: string): Promise<ChildProcess & { readonly pid: number }> {
  const source = join(folder, 'growing.c');
  writeFileSync(source, PROGRAM);
  execFileSync('gcc', ['-g', '-pthread', '-o', join(folder, 'growing'), source]);
  const child = spawn(join(folder, 'growing'), [mapped], { stdio: 'ignore' }) as ChildProcess & { readonly pid: number };
  await until('its mapping', () => readFileSync(`/proc/${child.pid}/maps`, 'utf8').includes(mapped));
  return child;
}

interface Message {
  readonly kind: string;
}

/** A page (a Memory Map, unless something else is said), and what it was told. */
export class HeardPage<To extends Message = ToMapPage, From = FromMapPage> {
  readonly told: To[] = [];
  private readonly listeners: ((message: unknown) => unknown)[] = [];
  readonly panel: vscode.WebviewPanel;

  constructor(readonly real: vscode.WebviewPanel) {
    const bound = (target: object, name: PropertyKey): unknown => {
      const value: unknown = Reflect.get(target, name, target);
      return typeof value === 'function' ? value.bind(target) : value;
    };
    const set = (target: object, name: PropertyKey, value: unknown): boolean => Reflect.set(target, name, value, target);
    const webview = new Proxy<vscode.Webview>(real.webview, {
      set,
      get: (target, name) => {
        if (name === 'postMessage') {
          return (message: To) => {
            this.told.push(message);
            return target.postMessage(message);
          };
        }
        if (name === 'onDidReceiveMessage') {
          return (listener: (message: unknown) => unknown) => {
            this.listeners.push(listener);
            return target.onDidReceiveMessage(listener);
          };
        }
        return bound(target, name);
      },
    });
    this.panel = new Proxy<vscode.WebviewPanel>(real, {
      set,
      get: (target, name) => (name === 'webview' ? webview : bound(target, name)),
    });
  }

  /** As if the user had done it in the page. */
  says(message: From): void {
    for (const listener of this.listeners) listener(message);
  }

  all<Kind extends To['kind']>(kind: Kind): readonly Extract<To, { readonly kind: Kind }>[] {
    return this.told.filter((message): message is Extract<To, { readonly kind: Kind }> => message.kind === kind);
  }

  last<Kind extends To['kind']>(kind: Kind): Extract<To, { readonly kind: Kind }> | undefined {
    return this.all(kind).at(-1);
  }

  /** The newest message of this kind that fits. */
  async hears<Kind extends To['kind']>(
    kind: Kind,
    fits: (message: Extract<To, { readonly kind: Kind }>) => boolean = () => true,
  ): Promise<Extract<To, { readonly kind: Kind }>> {
    return until(`a message ${kind}`, () => this.all(kind).findLast(fits));
  }
}

/** The pages that are opened from now on, the newest last; of `viewType` only. */
export function hearPages<To extends Message = ToMapPage, From = FromMapPage>(
  answers: Answers,
  window: typeof vscode.window,
  viewType = 'memlens.map',
): readonly HeardPage<To, From>[] {
  const pages: HeardPage<To, From>[] = [];
  const create = window.createWebviewPanel.bind(window);
  answers.stub('createWebviewPanel', (...args: Parameters<typeof create>) => {
    const panel = create(...args);
    if (args[0] !== viewType) return panel;
    const page = new HeardPage<To, From>(panel);
    pages.push(page);
    return page.panel;
  });
  return pages;
}
