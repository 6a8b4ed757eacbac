import type { OomOtherKiller } from '../../model/oom.js';

/** Who kills beside the kernel, by what it writes when it has. */
const KILLERS: readonly { readonly name: string; readonly form: RegExp }[] = [
  // The driver of Android until 4.12, and lmkd, which took over its tag.
  { name: 'lowmemorykiller', form: /\blowmemorykiller\b.*\bkill|\bsend sigkill to \d+ \(/i },
  { name: 'lmkd', form: /\blmkd\b.*\bkill(?:ed|ing)? '/i },
  { name: 'systemd-oomd', form: /\bsystemd-oomd\b.*\bKilled \// },
  {
    name: 'earlyoom',
    form: /\bearlyoom\b.*\bsending SIG(?:TERM|KILL) to process \d|^sending SIG(?:TERM|KILL) to process \d+ .*badness/,
  },
  { name: 'nohang', form: /\bnohang(?:-desktop)?\b.*\bSending SIG(?:TERM|KILL) to\b/i },
];
const LONGEST = 1000;
const ANY = /lowmemorykiller|sigkill|lmkd|oomd|earlyoom|SIGTERM|nohang/;

/** Counts the kills of programs that are not the kernel: a log without an OOM report may still tell of processes that were killed for lack of memory. */
export class OtherKillers {
  private readonly found = new Map<string, { lines: number; readonly firstLine: number }>();

  take(line: string, number: number): void {
    if (!ANY.test(line)) return;
    const head = line.slice(0, LONGEST);
    const name = KILLERS.find(({ form }) => form.test(head))?.name;
    if (name === undefined) return;
    const known = this.found.get(name);
    if (known === undefined) this.found.set(name, { lines: 1, firstLine: number });
    else known.lines++;
  }

  finish(): readonly OomOtherKiller[] {
    return [...this.found].map(([name, { lines, firstLine }]) => ({ name, lines, firstLine }));
  }
}
