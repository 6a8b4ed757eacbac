import type { Fault } from '../../base/fault.js';
import { directoryName } from '../../base/path.js';
import { err, ok, type Result } from '../../base/result.js';
import { createVgdbParser, leakCheckWords, VGDB_PREFIX } from '../../engines/memcheck/vgdb.js';
import { FoldingSink } from '../../findings/fold.js';
import type { Finding, Note } from '../../model/finding.js';
import type { Target } from '../ports.js';
import type { AskOptions, LeakAnswer, LeakAnswers, LeakAsker, LeakRefusal } from './leak-asker.js';
import { noAnswer, SILENT, STOPPED, traced } from './refusal-words.js';

/** The FIFO over which vgdb speaks to a process: PREFIX-from-vgdb-to-PID-by-USER-on-HOST (coregrind/vgdb.c). */
const FIFO = new RegExp(`^${VGDB_PREFIX}-from-vgdb-to-(\\d{1,10})-by-`);
const MAX_BYTES = 256 << 20;

/**
 * Asks Memcheck in each process of a run, through valgrind's own gdbserver: `vgdb leak_check` (Valgrind manual 3.2.9 and 4.6). It prints text, and it
 * uses ptrace(2) to wake a process that sleeps.
 */
export class VgdbAsker implements LeakAsker {
  /** What each process has answered at last, by kind and addresses; absent: the next answer has to be whole. */
  private readonly known = new Map<number, Map<string, Finding>>();

  constructor(
    private readonly target: Target,
    private readonly reportDir: string,
    private readonly valgrind: string,
  ) {}

  async look(
    options: Omit<AskOptions, 'onlyChanges'>,
  ): Promise<Result<{ able: readonly number[]; refusals: readonly LeakRefusal[] }, Fault>> {
    const tool = await this.target.stat(this.tool);
    if (!tool.ok) {
      if (tool.error.code !== 'not-found') return tool;
      return err({
        code: 'tool-missing',
        tool: 'vgdb',
        remedy: 'It is a part of valgrind: install all of valgrind, with its debugger server.',
      });
    }
    const names = await this.target.list(this.reportDir);
    if (!names.ok) return names;
    const able: number[] = [];
    const refusals: LeakRefusal[] = [];
    for (const pid of names.value.map((name) => Number(FIFO.exec(name)?.[1] ?? 0)).filter((number) => number > 0)) {
      if (options.cancel.requested) return err({ code: 'cancelled' });
      const bytes = await this.target.readBytes(`/proc/${pid}/status`, { length: 4096 });
      // One that was killed has left its FIFO.
      if (!bytes.ok) continue;
      const text = String.fromCharCode(...bytes.value);
      const state = /^State:\s*(\w)/m.exec(text)?.[1] ?? 'Z';
      const tracer = Number(/^TracerPid:\s*(\d+)/m.exec(text)?.[1] ?? 0);
      if (state === 'Z' || state === 'X') continue;
      if (tracer > 0) refusals.push({ pid, obstacle: traced(tracer) });
      else if (state === 'T') refusals.push({ pid, obstacle: STOPPED });
      else able.push(pid);
    }
    return ok({ able, refusals });
  }

  async ask(options: AskOptions): Promise<Result<LeakAnswers, Fault>> {
    const looked = await this.look(options);
    if (!looked.ok) return looked;
    const answers: LeakAnswer[] = [];
    const refusals = [...looked.value.refusals];
    for (const pid of looked.value.able) {
      const answer = await this.askOne(pid, options);
      if (!answer.ok) return answer;
      if (answer.value === undefined) continue;
      if ('obstacle' in answer.value) refusals.push(answer.value);
      else answers.push(answer.value);
    }
    return ok({ answers, refusals });
  }

  private get tool(): string {
    return this.valgrind.includes('/') ? `${directoryName(this.valgrind)}/vgdb` : 'vgdb';
  }

  /** undefined: it has ended. */
  private async askOne(
    pid: number,
    { cancel, timeLimitMs, onlyChanges }: AskOptions,
  ): Promise<Result<LeakAnswer | LeakRefusal | undefined, Fault>> {
    const before = this.known.get(pid);
    // What it tells next is compared with what it tells now, whether we hear it or not.
    this.known.delete(pid);
    const isAll = !onlyChanges || before === undefined;
    const said = await this.target.capture(
      {
        argv: [
          this.tool,
          `--pid=${pid}`,
          `--vgdb-prefix=${this.reportDir}/${VGDB_PREFIX}`,
          ...leakCheckWords(isAll ? 'any' : 'changed'),
        ],
        env: { LC_ALL: 'C' },
      },
      { cancel, timeLimitMs, maxBytes: MAX_BYTES },
    );
    if (!said.ok) return said.error.code === 'time-out' ? ok({ pid, obstacle: SILENT }) : said;
    const told: Finding[] = [];
    const notes: Note[] = [];
    const parser = createVgdbParser({ finding: (finding) => told.push(finding), note: (note) => notes.push(note) });
    parser.push(said.value.stdout);
    const end = parser.end();
    if (!end.isWhole) {
      const isThere = await this.target.stat(`/proc/${pid}`);
      return ok(isThere.ok ? { pid, obstacle: noAnswer(said.value.stderr) } : undefined);
    }
    // Nothing that has changed, or nothing at all any more.
    if (!isAll && !end.hasTotals) return this.askOne(pid, { cancel, timeLimitMs, onlyChanges: false });
    const now = isAll || end.isEmpty ? new Map<string, Finding>() : new Map(before);
    for (const leak of told) {
      if ((leak.blocks ?? 0) === 0) now.delete(keyOf(leak));
      else now.set(keyOf(leak), leak);
    }
    this.known.set(pid, now);
    const folded = new FoldingSink();
    for (const leak of now.values()) folded.finding(leak);
    return ok({ pid, leaks: folded.findings, errors: [], notes });
  }
}

/** A loss record of Memcheck: its kind and its stack. */
function keyOf({ leakKind, stacks }: Finding): string {
  return `${leakKind ?? ''} ${(stacks[0]?.frames ?? []).map(({ address }) => address ?? '').join(' ')}`;
}
