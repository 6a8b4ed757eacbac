import { afterEach } from 'vitest';

/** What is to be done after each test of the file, the newest first. */
export function cleanUpAfterEach(): (() => unknown)[] {
  const actions: (() => unknown)[] = [];
  afterEach(async () => {
    for (const action of actions.splice(0).reverse()) await action();
  });
  return actions;
}
