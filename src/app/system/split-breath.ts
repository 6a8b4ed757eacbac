const TOGETHER = 'cat /proc/meminfo /proc/zoneinfo /proc/vmstat';

/** The three files that one process has read, each by itself again: lines of zoneinfo begin with `Node ` or are indented, those of vmstat have no colon. */
export function splitBreath(texts: ReadonlyMap<string, string>): ReadonlyMap<string, string> {
  const { [TOGETHER]: together = '', ...rest } = Object.fromEntries(texts);
  const parts: Record<'meminfo' | 'zoneinfo' | 'vmstat', string> = { meminfo: '', zoneinfo: '', vmstat: '' };
  let part: keyof typeof parts = 'meminfo';
  for (const line of together.split(/(?<=\n)/)) {
    if (/^Node \d/.test(line)) part = 'zoneinfo';
    else if (/^[a-z][a-z0-9_]* \d+$/m.test(line)) part = 'vmstat';
    parts[part] += line;
  }
  const split = new Map(Object.entries(rest));
  for (const [name, text] of Object.entries(parts)) if (text !== '') split.set(`/proc/${name}`, text);
  return split;
}
