import { LineSplitter } from '../../base/lines.js';
import { LineMemo } from './line-memo.js';
import { readPerfFrame } from './perf-frame.js';
import type { FrameTold } from './profile-builder.js';

/** What the samples of a process's own code say of its allocator. */
export interface AllocatorSamples {
  readonly samples: number;
  /** In malloc, free and their kin, and not only in copying or clearing what they give. */
  readonly inside: number;
  /** Of the others, those in code without a name that may be the allocator's. */
  readonly unsure: number;
}

/** `load  4565 ` or `my worker 1 4565`: the name and number of the process, and nothing else. */
const HEAD = /^ {0,16}\S.{0,63}? +(\d+) *$/;

/** malloc(3), posix_memalign(3) and malloc's other names in glibc and musl: `cfree`, `__libc_calloc`, `__GI___libc_free`. */
const CALLED = /^_*(?:GI_+)?(?:libc_)?(?:c?free|malloc|aligned_alloc|(?:posix_)?memalign|p?valloc)$/;
/** They clear or copy memory themselves. */
const CALLED_WITH_CONTENT = /^_*(?:GI_+)?(?:libc_)?(?:calloc|realloc|reallocarray)$/;
/** operator new and delete of no class. */
const OPERATOR = /^(?:operator (?:new|delete)\b|_Z(?:nw|na|dl|da)[a-zA-Z])/;
/** Functions of glibc's malloc.c and arena.c that are named in debug files only. */
const STATIC =
  /^(?:_int_(?:malloc|free|realloc|memalign)|_int_free_\w+|malloc_consolidate|unlink_chunk|sysmalloc(?:_mmap)?|systrim|munmap_chunk|mremap_chunk|alloc_perturb|free_perturb|arena_get\w*|tcache_\w+)$/;
/** Of the allocators that are a library of their own all is theirs. */
const LIBRARY = /(?:^|\/)lib(?:jemalloc|tcmalloc|mimalloc|snmalloc|rpmalloc|tbbmalloc|hoard)[^/]*\.so[^/]*$/;
const COPIES = /^_*(?:memset|memcpy|memmove|mempcpy)(?:_\w+)?$/;
const LIBC = /(?:^|\/)(?:libc[.-][^/]*|ld-musl-[^/]*)$/;
/** free of musl jumps to a function without a name: the caller of such a one may have called free. */
const MUSL = /(?:^|\/)(?:ld-musl-[^/]*|libc\.musl-[^/]*)$/;

/**
 * What `perf script -F comm,pid,ip,sym,dso` prints of samples of processor time with stacks (`perf record -e cpu-clock:u --call-graph dwarf`): how many of one
 * process were in its allocator. A stripped libc has no names for the functions within malloc, but their callers have; where these could not be followed, or libc
 * tells no name at all, a sample is unsure. So is one in any code without a name of a program that is linked statically (`isStatic`).
 */
export class PerfAllocatorParser {
  private readonly lines = new LineSplitter((line) => this.line(line));
  private readonly frameOf = new LineMemo((line) => readPerfFrame(line) ?? false);
  private frames: FrameTold[] | undefined;
  private samples = 0;
  private inside = 0;
  private unsure = 0;
  /** In glibc without a name, called from elsewhere: not malloc when glibc tells names. */
  private nameless = 0;
  private hasNames = false;

  constructor(
    private readonly pid: number,
    private readonly isStatic: boolean,
  ) {}

  push(chunk: string): void {
    this.lines.push(chunk);
  }

  end(): AllocatorSamples {
    this.lines.end();
    this.endSample();
    const { samples, inside, unsure } = this;
    return { samples, inside, unsure: unsure + (this.hasNames ? 0 : this.nameless) };
  }

  private line(text: string): void {
    if (text.trim() === '') {
      this.endSample();
      return;
    }
    const frame = this.frames !== undefined && this.frameOf.of(text);
    if (frame !== false && this.frames !== undefined) {
      this.frames.push(frame);
      return;
    }
    const pid = HEAD.exec(text)?.[1];
    if (pid === undefined) return;
    this.endSample();
    if (Number(pid) === this.pid) this.frames = [];
  }

  private endSample(): void {
    const { frames } = this;
    this.frames = undefined;
    if (frames === undefined || frames.length === 0) return;
    this.samples++;
    if (frames.some(({ function: name, module }) => name !== '' && LIBC.test(module ?? ''))) this.hasNames = true;
    const how = placeOf(frames, this.isStatic);
    if (how !== 'outside') this[how]++;
  }
}

/** Where a sample was; frames innermost first. */
function placeOf(frames: readonly FrameTold[], isStatic: boolean): 'inside' | 'outside' | 'unsure' | 'nameless' {
  const named = frames.findIndex(({ function: name }) => (name ?? '') !== '');
  const [leaf] = frames;
  if (COPIES.test(plain(leaf?.function))) return 'outside';
  // Those who were called last decide: a function without a name lies between calloc and what it clears with.
  for (const [at, { function: name, module = '' }] of frames.entries()) {
    const called = plain(name);
    if (LIBRARY.test(module) || CALLED.test(called) || OPERATOR.test(called) || STATIC.test(called)) return 'inside';
    if (CALLED_WITH_CONTENT.test(called)) return at > 0 && named === at ? 'unsure' : 'inside';
  }
  if (leaf === undefined || named === 0) return 'outside';
  const { module = '' } = leaf;
  if (isStatic && module !== '' && !module.startsWith('[')) return 'unsure';
  if (!LIBC.test(module)) return 'outside';
  const isFollowed = frames.some((frame) => (frame.module ?? '') !== '' && frame.module !== module) || named > 0;
  return isFollowed && !MUSL.test(module) ? 'nameless' : 'unsure';
}

/** Without the version of a symbol and what a compiler makes of a part of a function: `cfree@GLIBC_2.2.5`, `unlink_chunk.constprop.0`. */
const plain = (name = ''): string => name.replace(/@.*$/, '').replace(/\.(?:constprop|part|isra|cold|lto_priv)\b.*$/, '');
