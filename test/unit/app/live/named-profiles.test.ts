import { expect, test } from 'vitest';
import { NamedProfiles } from '../../../../src/app/live/name-frames.js';
import type { HeapProfile } from '../../../../src/model/heap-profile.js';
import { aProfile } from '../../insight/heap/a-profile.js';
import { settled } from '../fake-clock.js';

function naming() {
  const done: (() => void)[] = [];
  const told: (string | undefined)[] = [];
  const named: (string | undefined)[] = [];
  const profiles = new NamedProfiles(
    (profile) =>
      new Promise<HeapProfile>((resolve) => {
        named.push(profile.command);
        done.push(() => resolve({ ...profile, command: `${profile.command} named` }));
      }),
    ({ command }) => told.push(command),
  );
  const next = (): Promise<void> => {
    done.shift()?.();
    return settled();
  };
  return { profiles, told, named, next };
}
const seen = (command: string): HeapProfile => aProfile(['main 1'], undefined, { command });

test('names are found for one at a time, and then for the newest of those that came', async () => {
  const { profiles, told, named, next } = naming();
  for (const each of ['a', 'b', 'c']) profiles.hear(seen(each));
  expect(named).toEqual(['a']);
  await next();
  await next();
  profiles.hear(seen('d'));
  await next();
  expect(named).toEqual(['a', 'c', 'd']);
  expect(told).toEqual(['a named', 'c named', 'd named']);
});

test('after the end nothing is told, and what is under way is waited for', async () => {
  const { profiles, told, next } = naming();
  profiles.hear(seen('a'));
  profiles.hear(seen('b'));
  let isOver = false;
  const end = profiles.end().then(() => (isOver = true));
  await settled();
  expect(isOver).toBe(false);
  await next();
  await end;
  profiles.hear(seen('c'));
  await next();
  expect(told).toEqual([]);
});
