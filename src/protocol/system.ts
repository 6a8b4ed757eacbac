import type { Bytes, Milliseconds } from '../base/units.js';
import type { AccountInsideId, AccountPartId, FreeVersion, SystemRuleId, SystemStepId } from '../model/machine-accounting.js';

/** The contract between the extension host and the page System Memory. Both sides refuse another version. */
export const SYSTEM_PROTOCOL = 1;

/** How the state of the machine comes. */
export type SystemPageState =
  /** `what`: the file, or the step, that is worked on. */
  | { readonly kind: 'reading'; readonly what?: string }
  | { readonly kind: 'still' }
  | { readonly kind: 'failed'; readonly message: string; readonly nextStep: string };

/** Where it comes from, and what can be done there. */
export interface SystemSubject {
  readonly title: string;
  readonly description: string;
  /** A target, that can be asked again; else files. */
  readonly isLive: boolean;
}

/** What a bar stands for, so that like has a like look. */
export type ItemGroup = 'programs' | 'shared' | 'cache' | 'kernel' | 'devices' | 'free' | 'unexplained';

export type SystemItemId = AccountPartId | 'unexplained';

/** The words of an item; `link` is a document of the kernel, or a manual page. */
export interface ItemText {
  readonly label: string;
  readonly what: string;
  readonly smaller: string;
  readonly look: string;
  readonly link: string;
  /** What it was made of: fields of meminfo by their names, other files as `/proc/zoneinfo count`. */
  readonly sources: readonly string[];
}

/** A part of MemTotal, or what is left of it. */
export interface SystemItem extends ItemText {
  readonly id: SystemItemId;
  readonly group: ItemGroup;
  /** Of `unexplained` maybe negative: something is counted twice. */
  readonly bytes: Bytes;
  /** How it was taken on this machine, in sentences; of a negative remainder the pairs that are likely counted twice. */
  readonly notes: readonly string[];
  readonly inside: readonly InsideItem[];
  /** Tables of who holds it. */
  readonly tables: readonly SystemTableId[];
}

/** What is inside of parts: never added. */
export interface InsideItem extends ItemText {
  readonly id: AccountInsideId;
  readonly bytes: Bytes;
  /** The parts that it is inside of, all together. */
  readonly of: readonly AccountPartId[];
}

export const SYSTEM_TABLES = [
  'processes',
  'mounts',
  'files',
  'shm',
  'slab',
  'vmalloc',
  'modules',
  'zones',
  'nodes',
  'cgroups',
  'huge-pages',
  'zram',
  'dma-buf',
  'swap',
  'fields',
] as const;

export type SystemTableId = (typeof SYSTEM_TABLES)[number];

/** Absent: not told. */
export type Cell = string | number | undefined;

export interface SystemColumn {
  readonly id: string;
  readonly label: string;
  /** One sentence: what it holds. */
  readonly definition: string;
  /** `change`: bytes with a sign. Texts are as they were read: names of processes and files among them. */
  readonly unit: 'text' | 'bytes' | 'count' | 'percent' | 'change';
  /** Summed up at the bottom. */
  readonly isSum?: true;
}

export interface SystemRow {
  readonly id: string;
  /** In the order of the columns. */
  readonly cells: readonly Cell[];
  /** A process of a target, whose pages can be opened. */
  readonly process?: { readonly pid: number; readonly name: string };
}

/** A table as plain data. The first column names the row. */
export interface SystemTable {
  readonly title: string;
  /** What the rows are: `process`, `processes`. */
  readonly words: readonly [one: string, many: string];
  readonly columns: readonly SystemColumn[];
  readonly rows: readonly SystemRow[];
  /** The column that it is sorted by at first, the largest on top. */
  readonly sortedBy: string;
  /** Sentences above it: what is left out, and what the sums mean. */
  readonly notes: readonly string[];
}

export interface OwnerTable extends SystemTable {
  readonly id: SystemTableId;
}

export interface SystemStepText {
  readonly step: SystemStepId | 'show-map';
  readonly title: string;
  /** Of `show-map`. */
  readonly pid?: number;
}

export interface SystemFindingText {
  readonly rule: SystemRuleId;
  readonly severity: 'info' | 'warning' | 'error';
  readonly title: string;
  readonly reasons: readonly string[];
  readonly doubt?: string;
  /** The figures behind the words, as a table says them. */
  readonly evidence: readonly { readonly name: string; readonly text: string }[];
  readonly steps: readonly SystemStepText[];
  /** Anchor of the rule in docs/system.md. */
  readonly link: string;
}

/** The line `Mem:` of free(1), as one version of procps counts. */
export interface FreeText {
  readonly version: FreeVersion;
  /** `procps 4.0.1 and newer` */
  readonly label: string;
  /** The version that the machine has counts so. */
  readonly isInstalled: boolean;
  /** `total`, `used`...: with its bytes, in the order of the output. */
  readonly columns: readonly { readonly name: string; readonly bytes: Bytes | undefined }[];
  /** How `used` is counted. */
  readonly usedIs: string;
}

/** A file that could not be read: why, and how it is got. */
export interface MissingText {
  readonly path: string;
  readonly why: string;
  readonly remedy: string;
  /** Root may read it: the setting of the root command helps. */
  readonly needsRoot: boolean;
}

/** All that is shown of a state. */
export interface ShownSystem {
  /** Another one for each reading. */
  readonly id: number;
  readonly at?: Milliseconds;
  /** `Linux 6.1.0-18-amd64, x86_64` */
  readonly kernel?: string;
  /** Absent: it is not told. Then there are no items, and nothing is judged; only `tables` show something. */
  readonly total?: Bytes;
  /** In the order of the waterfall; with `unexplained`, the last, they are `total`. */
  readonly items: readonly SystemItem[];
  /** Sentences that are of the whole. */
  readonly notes: readonly string[];
  readonly available?: Bytes;
  readonly availableIs: string;
  readonly free: readonly FreeText[];
  /** The version of procps there: `4.0.2`. */
  readonly installedFree?: string;
  readonly findings: readonly SystemFindingText[];
  readonly tables: readonly OwnerTable[];
  readonly missing: readonly MissingText[];
  /** What the command for root said instead of reading files. */
  readonly rootRefused?: string;
}

/** A state that is kept to be compared with. */
export interface SystemMark {
  readonly id: number;
  readonly at: Milliseconds;
  /** Its name: the time, or what was done. */
  readonly label: string;
}

/** What the second state has more than the first. */
export interface SystemDiffText {
  readonly before: string;
  readonly after: string;
  /** What it means, in sentences. */
  readonly words: readonly string[];
  readonly table: SystemTable;
}

export type ToSystemPage =
  | { readonly kind: 'hello'; readonly version: number; readonly saved: unknown }
  | { readonly kind: 'state'; readonly state: SystemPageState; readonly subject: SystemSubject }
  | { readonly kind: 'system'; readonly shown: ShownSystem }
  | { readonly kind: 'marks'; readonly marks: readonly SystemMark[] }
  /** undefined: nothing is compared any more. `follows`: the second is always the newest. */
  | {
      readonly kind: 'diff';
      readonly diff: SystemDiffText | undefined;
      readonly pair?: { readonly before: number; readonly after: number | undefined };
    }
  | { readonly kind: 'keep'; readonly state: unknown }
  | { readonly kind: 'fault'; readonly message: string; readonly nextStep: string; readonly needsRoot?: true };

export type FromSystemPage =
  | { readonly kind: 'ready'; readonly version: number }
  | { readonly kind: 'save'; readonly state: unknown }
  /** Read it again. */
  | { readonly kind: 'refresh' }
  | { readonly kind: 'cancel' }
  /** Keep what is shown. Answered by `marks`. */
  | { readonly kind: 'mark' }
  | { readonly kind: 'remove-mark'; readonly mark: number }
  /** Ask the user for another name. */
  | { readonly kind: 'name-mark'; readonly mark: number }
  /** `after` undefined: always the newest. Answered by `diff`. */
  | { readonly kind: 'compare'; readonly before: number; readonly after: number | undefined }
  | { readonly kind: 'stop-comparing' }
  /** Ask for consent, then drop the caches, with a mark before and one after. Answered by `system`, `marks` and `diff`. */
  | { readonly kind: 'drop-caches' }
  | { readonly kind: 'step'; readonly step: 'show-processes' | 'watch-trend' }
  | { readonly kind: 'show-map' | 'show-process-trend'; readonly pid: number; readonly name: string }
  | { readonly kind: 'open-link'; readonly link: string }
  /** docs/system.md; `anchor`: a place in it. */
  | { readonly kind: 'open-help'; readonly anchor?: string }
  /** The setting of the root command. */
  | { readonly kind: 'open-root-setting' }
  | { readonly kind: 'copy'; readonly text: string }
  /** `json`: what is shown; `csv`: the comparison. */
  | { readonly kind: 'export'; readonly format: 'json' | 'csv' };
