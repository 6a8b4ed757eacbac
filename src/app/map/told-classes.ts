import type { ToldClasses } from '../../formats/map-regions.js';
import { classify } from '../../insight/map/classify.js';
import { contextOfFile } from '../../insight/map/map-context.js';
import { RULE_INDEX } from '../../insight/map/rules.js';
import type { MapTable } from '../../model/map-table.js';
import { type RegionClasses, SEGMENTS } from '../../model/segment.js';

/** What a file of ours says that its mappings are. Where it says nothing, or what this version does not know, the mappings themselves tell. */
export function knownClasses(table: MapTable, told: ToldClasses, bits: 32 | 64): RegionClasses {
  const segments = told.segment.texts.map((id) => (SEGMENTS as readonly string[]).indexOf(id));
  const rules = told.rule.texts.map((id) => (Object.hasOwn(RULE_INDEX, id) ? RULE_INDEX[id as keyof typeof RULE_INDEX] : -1));
  const segment = new Uint8Array(table.length);
  const rule = new Uint8Array(table.length);
  const marks = told.marks.slice();
  const owners = Array.from(told.owner.index, (index) => told.owner.texts[index]!);
  let otherwise: RegionClasses | undefined;
  for (let row = 0; row < table.length; row++) {
    const knownSegment = segments[told.segment.index[row]!]!;
    const knownRule = rules[told.rule.index[row]!]!;
    if (knownSegment >= 0 && knownRule >= 0) {
      segment[row] = knownSegment;
      rule[row] = knownRule;
      continue;
    }
    otherwise ??= classify(table, contextOfFile(table, bits));
    segment[row] = knownSegment >= 0 ? knownSegment : otherwise.segment[row]!;
    rule[row] = otherwise.rule[row]!;
    marks[row] = marks[row]! | otherwise.marks[row]!;
    if (owners[row] === '') owners[row] = otherwise.owner.texts[otherwise.owner.index[row]!]!;
  }
  return { segment, rule, marks, owner: otherwise === undefined ? told.owner : columnOf(owners) };
}

function columnOf(owners: readonly string[]): RegionClasses['owner'] {
  const numbers = new Map([['', 0]]);
  const index = Uint32Array.from(owners, (owner) => {
    const number = numbers.get(owner) ?? numbers.size;
    numbers.set(owner, number);
    return number;
  });
  return { index, texts: [...numbers.keys()] };
}
