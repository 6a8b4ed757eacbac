import type { Fault } from '../../base/fault.js';
import { baseName, directoryName } from '../../base/path.js';
import { ok, type Result } from '../../base/result.js';
import type { ParserFactory } from '../../engines/parser.js';
import { FoldingSink } from '../../findings/fold.js';
import type { Target } from '../ports.js';
import { readReport } from '../read-reports.js';
import type { AskOptions, LeakAnswer, LeakAnswers, LeakAsker, LeakRefusal } from './leak-asker.js';
import { refusalOf, SILENT, STOPPED } from './refusal-words.js';

/**
 * Asks ($2 is `c` or `p`, $3 its number, $4 rounds of 50 ms) all processes with a FIFO $1.PID.THREAD whose thread is the companion's, and waits
 * for their answers; prints a line for each. A FIFO is opened for reading, too, so that one that nobody reads any more holds nobody up; every 100 rounds it is written to again.
 * The processes that have a FIFO but are not served (another program took its place), or whose FIFO is removed (the shell that leads the run), print nothing.
 */
const ASK = `
base=$1 what=$2 number=$3 rounds=$4
asked=
for fifo in "$base".*.*; do
  name=\${fifo#"$base".}
  case $name in *[!0-9.]*|*.*.*) continue ;; esac
  task=/proc/\${name%.*}/task/\${name#*.}
  comm=
  { IFS= read -r comm <"$task/comm"; } 2>/dev/null
  [ "$comm" = memlens ] && [ -p "$fifo" ] || continue
  stat=
  { IFS= read -r stat <"$task/stat"; } 2>/dev/null
  set -- \${stat##*") "}
  case \${1-} in
    T) printf '%s stopped\\n' "\${name%.*}"; continue ;;
    t)
      while IFS='	' read -r key value; do if [ "$key" = TracerPid: ]; then printf '%s refused traced %s\\n' "\${name%.*}" "$value"; fi; done 2>/dev/null <"$task/status"
      continue ;;
  esac
  { printf '%-15s\\n' "$what $number" 1<>"$fifo"; } 2>/dev/null && asked="$asked $name"
done
while [ -n "$asked" ]; do
  left=
  for name in $asked; do
    pid=\${name%.*}
    gone=
    [ -d "/proc/$pid/task/\${name#*.}" ] && [ -p "$base.$name" ] || gone=1
    said= words=
    { IFS=' ' read -r said words <"$base.$name.answer"; } 2>/dev/null || said=
    if [ "$said" = "$number" ]; then printf '%s %s\\n' "$pid" "$words"
    elif [ -z "$gone" ]; then
      left="$left $name"
      case $rounds in *00) { printf '%-15s\\n' "$what $number" 1<>"$base.$name"; } 2>/dev/null ;; esac
    fi
  done
  asked=$left
  [ -n "$asked" ] || break
  rounds=$((rounds - 1))
  if [ "$rounds" -le 0 ]; then for name in $asked; do printf '%s silent\\n' "\${name%.*}"; done; break; fi
  sleep 0.05 2>/dev/null || sleep 1
done
`;

const ROUND_MS = 50;

/** Asks the companion (media/companion.c) in each process of a run. */
export class CompanionAsker implements LeakAsker {
  private number = 0;

  constructor(
    private readonly target: Target,
    /** The path prefix of the FIFOs. */
    private readonly control: string,
    private readonly parser: ParserFactory,
  ) {}

  async look(
    options: Omit<AskOptions, 'onlyChanges'>,
  ): Promise<Result<{ able: readonly number[]; refusals: readonly LeakRefusal[] }, Fault>> {
    const said = await this.say('p', ++this.number, options);
    if (!said.ok) return said;
    return ok({
      able: said.value.filter(({ words }) => words[0] === 'able').map(({ pid }) => pid),
      refusals: refusalsOf(said.value),
    });
  }

  async ask(options: AskOptions): Promise<Result<LeakAnswers, Fault>> {
    const number = ++this.number;
    const said = await this.say('c', number, options);
    if (!said.ok) return said;
    const names = await this.target.list(directoryName(this.control));
    if (!names.ok) return names;
    const files = names.value.filter((name) => name.startsWith(`${baseName(this.control)}.check.${number}.`));
    const answers: LeakAnswer[] = [];
    for (const { pid, words } of said.value) {
      if (words[0] !== 'checked') continue;
      // Between the two, with log_exe_name, stands the name of the program.
      const own = files.filter((name) => name.endsWith(`.${pid}`));
      answers.push(await this.answerOf(pid, own, Number(words[2])));
    }
    return ok({ answers, refusals: refusalsOf(said.value) });
  }

  private async say(
    what: 'c' | 'p',
    number: number,
    { cancel, timeLimitMs }: Omit<AskOptions, 'onlyChanges'>,
  ): Promise<Result<readonly Said[], Fault>> {
    const rounds = Math.ceil(timeLimitMs / ROUND_MS);
    const asked = await this.target.capture(
      { argv: ['/bin/sh', '-c', ASK, 'memlens', this.control, what, String(number), String(rounds)], env: { LC_ALL: 'C' } },
      // A sleep without fractions takes whole seconds.
      { cancel, timeLimitMs: timeLimitMs + 10_000 },
    );
    if (!asked.ok) return asked;
    return ok(
      asked.value.stdout.split('\n').flatMap((line): Said[] => {
        const [pid, ...words] = line.trim().split(' ');
        return Number(pid) > 0 && words.length > 0 ? [{ pid: Number(pid), words }] : [];
      }),
    );
  }

  /** A process without leaks writes nothing. */
  private async answerOf(pid: number, names: readonly string[], stopMs: number): Promise<LeakAnswer> {
    const sink = new FoldingSink();
    for (const name of names) {
      const path = `${directoryName(this.control)}/${name}`;
      await readReport(this.target, path, this.parser, sink);
      await this.target.remove(path);
    }
    return {
      pid,
      leaks: sink.findings.filter(({ kind }) => kind === 'leak'),
      errors: sink.findings.filter(({ kind }) => kind !== 'leak'),
      notes: sink.notes,
      ...(stopMs >= 0 ? { stopMs } : {}),
    };
  }
}

interface Said {
  readonly pid: number;
  readonly words: readonly string[];
}

function refusalsOf(said: readonly Said[]): readonly LeakRefusal[] {
  return said.flatMap(({ pid, words: [word, why, detail] }): LeakRefusal[] => {
    if (word === 'refused') return [{ pid, obstacle: refusalOf(why ?? '', Number(detail)) }];
    if (word === 'stopped') return [{ pid, obstacle: STOPPED }];
    return word === 'silent' ? [{ pid, obstacle: SILENT }] : [];
  });
}
