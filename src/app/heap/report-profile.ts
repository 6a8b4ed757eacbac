import { ProfileBuilder } from '../../formats/heap/profile-builder.js';
import type { HeapMeasure, HeapProfile } from '../../model/heap-profile.js';
import type { PlacedFinding, Report } from '../../model/report.js';
import type { Frame } from '../../model/stack.js';

/** What a finding tells of memory: leaks for certain or perhaps, what the program still reaches at its end, and what grows while it runs. */
type Sort = 'leaked' | 'possibly leaked' | 'still reachable' | 'not freed' | 'growing';
const SORTS: readonly Sort[] = ['leaked', 'possibly leaked', 'still reachable', 'not freed', 'growing'];

/**
 * The findings of a run as a heap profile: what was leaked, by the stacks that allocated it, with bytes and blocks of each sort as measures.
 * Indirect leaks have findings of their own and count as leaked. `undefined`: no finding tells of bytes that are held.
 */
export function reportProfile(report: Report): HeapProfile | undefined {
  const leaks = report.findings.flatMap((finding) => {
    const sort = sortOf(finding);
    return sort === undefined ? [] : [{ finding, sort }];
  });
  const sorts = SORTS.filter((one) => leaks.some(({ sort }) => sort === one));
  if (sorts.length === 0) return undefined;
  const builder = new ProfileBuilder('findings', sorts.flatMap(measuresOf));
  for (const { finding, sort } of leaks) {
    const [stack] = finding.stacks;
    const node = builder.stack((stack?.frames ?? []).map((frame) => builder.frame(frameOf(frame, finding))));
    const measure = 2 * sorts.indexOf(sort);
    builder.add(measure, node, finding.bytes ?? 0);
    builder.add(measure + 1, node, finding.blocks ?? finding.count);
  }
  if (report.partial) builder.note({ code: 'cut' });
  const { run } = report;
  return builder.finish({
    addresses: 'module',
    ...(run === undefined ? {} : { tool: run.engine, command: [run.program, ...run.args].join(' ') }),
  });
}

function sortOf({ kind, leakKind, certainty, bytes }: PlacedFinding): Sort | undefined {
  if (bytes === undefined) return undefined;
  if (certainty === 'growing') return 'growing';
  if (kind !== 'leak') return undefined;
  if (leakKind === 'reachable') return 'still reachable';
  if (leakKind === 'unfreed') return 'not freed';
  return leakKind === 'possibly' || certainty === 'possible' ? 'possibly leaked' : 'leaked';
}

const measuresOf = (sort: Sort): readonly HeapMeasure[] => {
  const quantity = sort === 'leaked' ? ('live' as const) : ('other' as const);
  return [
    { quantity, unit: 'bytes', name: sort },
    { quantity, unit: 'count', name: sort },
  ];
};

/** Its file as it is here, where it is. */
function frameOf({ function: name, file, line, module, offset, inlined }: Frame, { sources }: PlacedFinding) {
  const here = file === undefined ? undefined : (sources[file] ?? file);
  return {
    ...(name === undefined ? {} : { function: name }),
    ...(here === undefined ? {} : { file: here }),
    ...(line === undefined ? {} : { line }),
    ...(module === undefined ? {} : { module }),
    ...(offset === undefined ? {} : { address: offset }),
    ...(inlined === undefined ? {} : { inlined }),
  };
}
