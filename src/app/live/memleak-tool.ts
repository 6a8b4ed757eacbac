import type { Fault } from '../../base/fault.js';
import { err, ok, type Result } from '../../base/result.js';
import { memleakWords } from '../../engines/live/bpf.js';
import { MemleakParser } from '../../formats/heap/memleak.js';
import type { Note } from '../../model/finding.js';
import type { HeapProfile } from '../../model/heap-profile.js';
import type { LiveOutcome } from '../../model/live.js';
import { allocatorFile } from './allocator-file.js';
import type { LiveSession } from './live-way.js';
import { readingMs } from './memleak-bpftrace.js';
import { startTool, toolFault } from './run-tool.js';

/** Text that is read again at each list; more of it is not kept. */
const MOST_TEXT = 32 << 20;

/** Outstanding allocations with bcc's memleak or that of libbpf-tools. */
export async function memleakByTool(session: LiveSession, memleak: string): Promise<Result<LiveOutcome, Fault>> {
  const { clock, process } = session;
  const file = await allocatorFile(session.target, process);
  // Its intervals are whole seconds.
  const seconds = Math.max(1, Math.round(readingMs(session.durationMs) / 1000));
  let text = '';
  let lists = 0;
  const seen = { isAttached: false };
  const begun = clock.now();
  const told = (): HeapProfile | undefined => {
    const parser = new MemleakParser();
    parser.push(text);
    return parser.end();
  };
  const tool = {
    argv: memleakWords(memleak, process.pid, seconds, pathFor(file, process.isInContainer, process.pid)),
    // bcc's is a script of Python: its output comes at once only when it is told so.
    env: { PYTHONUNBUFFERED: '1' },
    endSignal: 'INT',
    graceMs: 10_000,
    onOutput: (chunk: string) => {
      if (text.length < MOST_TEXT) text += chunk;
      if (!seen.isAttached) session.news({ phase: 'attached', words: `outstanding allocations are read every ${seconds} s` });
      seen.isAttached = true;
      const now = text.split('outstanding allocations').length - 1;
      // A list is whole when the next one begins.
      if (now <= lists || now < 2) return;
      lists = now;
      const profile = told();
      session.news({ phase: 'attached', words: `list ${now - 1}`, ...(profile === undefined ? {} : { profile }) });
    },
  } as const;
  const running = await startTool(session, tool);
  if (!running.ok) return running;
  const timer = clock.after(session.durationMs + seconds * 1000, () => running.value.end());
  const ended = await running.value.ended;
  timer.dispose();
  if (!ended.ok) return ended;
  const profile = told();
  if (profile === undefined && !seen.isAttached) return err(refused(toolFault(tool, ended.value)));
  const notes: Note[] = [
    {
      severity: 'info',
      code: 'ages',
      text: `Told are blocks that were at least ${seconds} s old. What was allocated before the look is not known.`,
    },
    {
      severity: 'info',
      code: 'large-blocks',
      text: 'memleak tells blocks that malloc maps for themselves (128 KiB and more) as those of libc, without the function that asked for them.',
    },
  ];
  return ok({
    way: 'memleak',
    process,
    ...(profile === undefined ? {} : { profile }),
    findings: [],
    notes,
    overMs: clock.now() - begun,
  });
}

/** memleak looks for "c" itself; another allocator, or another file system, is to be named. */
function pathFor(
  file: { readonly path: string; readonly isProgram: boolean } | undefined,
  isInContainer: boolean,
  pid: number,
): string | undefined {
  if (file === undefined || file.path.startsWith('/proc/')) return file?.path;
  return isInContainer ? `/proc/${pid}/root${file.path}` : file.path;
}

function refused(fault: Fault): Fault {
  if (fault.code !== 'tool-failed' || !/kernel headers|chdir\(/i.test(fault.trace.stderrTail)) return fault;
  return {
    ...fault,
    remedy: 'It needs the headers of the running kernel: sudo apt install linux-headers-$(uname -r). Or install bpftrace.',
  };
}
