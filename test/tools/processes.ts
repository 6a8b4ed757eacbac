import { readdirSync, readFileSync } from 'node:fs';

/** Processes (no zombies) whose command line or environment holds `text`, as `pid: command line`. */
export function processesWith(text: string): string[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid)
    .flatMap((pid) => {
      try {
        const words = readFileSync(`/proc/${pid}/cmdline`, 'latin1').replaceAll('\0', ' ');
        const state = /^State:\t(\S)/m.exec(readFileSync(`/proc/${pid}/status`, 'latin1'))?.[1];
        const found = words.includes(text) || readFileSync(`/proc/${pid}/environ`, 'latin1').includes(text);
        return found && state !== 'Z' ? [`${pid}: ${words}`] : [];
      } catch {
        // It has ended, or is another user's.
        return [];
      }
    });
}

/** Waits until it holds; throws what `look` says then. */
export async function until(look: () => unknown, limitMs = 10_000): Promise<void> {
  const deadline = Date.now() + limitMs;
  for (;;) {
    const found = await look();
    if (found === true || (Array.isArray(found) && found.length === 0)) return;
    if (Date.now() > deadline) throw new Error(`still not: ${JSON.stringify(found)}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
