/** What the text of OpenMetrics 1.0 says; a strict reader of its ABNF and of the rules for families, for gauges only. */
export interface ReadFamily {
  readonly name: string;
  readonly unit: string | undefined;
  readonly help: string | undefined;
  readonly samples: {
    readonly labels: Readonly<Record<string, string>>;
    readonly value: number;
    readonly at: number | undefined;
  }[];
}

const NAME = '[A-Za-z_:][A-Za-z0-9_:]*';
const STRING = '(?:[^\\n"\\\\]|\\\\[n"\\\\])*';
const REAL = '[+-]?(?:\\d+(?:\\.\\d*)?|\\.\\d+)(?:[eE][+-]?\\d+)?';
const DESCRIPTOR = new RegExp(`^# (TYPE|UNIT|HELP) (${NAME}) (${STRING})$`, 'u');
const LABEL = `[A-Za-z_][A-Za-z0-9_]*="${STRING}"`;
const SAMPLE = new RegExp(`^(${NAME})(?:\\{((?:${LABEL}(?:,${LABEL})*)?)\\})? (${REAL})(?: (${REAL}))?$`, 'u');

export function readOpenMetrics(text: string): ReadFamily[] {
  const check = (holds: boolean, what: string): void => {
    if (!holds) throw new Error(`not OpenMetrics: ${what}`);
  };
  check(text.endsWith('# EOF\n'), 'no end');
  check(!/\p{Cs}/u.test(text), 'no UTF-8');
  const families = new Map<string, ReadFamily & { unit: string | undefined; help: string | undefined }>();
  const metrics = new Map<string, number | undefined>();
  let current = '';
  let lastMetric = '';
  for (const line of text.slice(0, -'# EOF\n'.length).split('\n').slice(0, -1)) {
    const descriptor = DESCRIPTOR.exec(line);
    if (descriptor !== null) {
      const [, kind, name = '', value = ''] = descriptor;
      if (kind === 'TYPE') {
        check(!families.has(name), `a second family ${name}`);
        check(value === 'gauge', `type ${value}`);
        check(!name.startsWith('_') && !name.includes(':'), `reserved name ${name}`);
        families.set(name, { name, unit: undefined, help: undefined, samples: [] });
        current = name;
        continue;
      }
      const family = families.get(name);
      check(family !== undefined && name === current && family.samples.length === 0, `${line}: not at the head of its family`);
      if (family === undefined) continue;
      if (kind === 'UNIT') {
        check(family.unit === undefined && name.endsWith(`_${value}`), `unit of ${name}`);
        family.unit = value;
      } else {
        check(family.help === undefined, `a second help of ${name}`);
        family.help = unescaped(value);
      }
      continue;
    }
    const sample = SAMPLE.exec(line);
    if (sample === null) throw new Error(`not OpenMetrics: ${JSON.stringify(line)}`);
    const [, name = '', labels = '', value, at] = sample;
    check(name === current, `${name} stands in ${current}`);
    const metric = `${name}{${labels}}`;
    const moment = at === undefined ? undefined : Number(at);
    if (metrics.has(metric)) {
      check(metric === lastMetric, `${metric} is interleaved`);
      const before = metrics.get(metric);
      check(moment !== undefined && before !== undefined && moment > before, `moments of ${metric} do not go up`);
    }
    metrics.set(metric, moment);
    lastMetric = metric;
    const entries = [...labels.matchAll(new RegExp(`([A-Za-z_][A-Za-z0-9_]*)="(${STRING})"`, 'gu'))];
    const set = Object.fromEntries(entries.map(([, label = '', text = '']) => [label, unescaped(text)]));
    check(Object.keys(set).length === entries.length, `a label twice in ${metric}`);
    families.get(name)?.samples.push({ labels: set, value: Number(value), at: moment });
  }
  return [...families.values()];
}

function unescaped(text: string): string {
  return text.replace(/\\(.)/g, (_, sign: string) => (sign === 'n' ? '\n' : sign));
}
