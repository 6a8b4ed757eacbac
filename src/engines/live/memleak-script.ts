/** Functions that give out a block, and the expression of its size; realloc and posix_memalign are told apart. */
const SIZES: ReadonlyMap<string, string> = new Map([
  ['malloc', 'arg0'],
  ['calloc', 'arg0 * arg1'],
  ['aligned_alloc', 'arg1'],
  ['memalign', 'arg1'],
]);

/** What an allocator has as a rule. */
export const ALLOCATOR_FUNCTIONS: readonly string[] = [...SIZES.keys(), 'realloc', 'posix_memalign'];

/**
 * One that was there already was given out by a function that this one called. A full map takes no new block. Stacks are taken at the return: at the entry
 * the caller is not on the stack yet.
 */
const RECORD = `if (@birth[$block]) {
      @gone[@stack[$block], @birth[$block]] = stats(@size[$block]);
    }
    @birth[$block] = @reading + 1;
    if (@birth[$block]) {
      @stack[$block] = ustack(perf, 64);
      @size[$block] = $size;
      @got[@stack[$block], @birth[$block]] = stats($size);
    }`;

/**
 * A program for bpftrace(8): what the process $1 allocates and does not free, by stack, at intervals. `file` holds the allocator, with these of
 * its functions.
 *
 * A block is kept by its address: its size, its stack, and the number of the reading after its birth. Sums go by stack and birth, so that a reading is no
 * larger than there are stacks; what is gone is printed first, so that it is never more than what was got. Nothing is kept before bpftrace does the clear of
 * `@off`, which it does only when all probes are there: a block must not be seen before its free would be.
 */
export function memleakScript(file: string, functions: readonly string[], everyMs: number): string {
  // A string of bpftrace, with the escapes of C.
  const probe = (name: string): string => `"${file.replace(/[\\"]/g, '\\$&')}":${name}`;
  const parts = [
    `BEGIN { @off[0] = 1; @reading = 0; }`,
    `interval:ms:200 /@off[0]/ { clear(@off); printf("watching\\n"); }`,
    `uprobe:${probe('free')} /pid == $1 && @birth[arg0]/ {
  @gone[@stack[arg0], @birth[arg0]] = stats(@size[arg0]);
  delete(@birth[arg0]);
  delete(@stack[arg0]);
  delete(@size[arg0]);
}`,
  ];
  for (const name of functions) {
    const size = SIZES.get(name);
    if (size !== undefined) parts.push(plain(name, probe(name), size));
    if (name === 'realloc') parts.push(realloc(probe(name)));
    if (name === 'posix_memalign') parts.push(posixMemalign(probe(name)));
  }
  parts.push(
    `interval:ms:${everyMs} /!@off[0]/ {
  @reading = @reading + 1;
  printf("reading %d %llu\\n", @reading, elapsed);
  print(@gone);
  print(@got);
  printf("read\\n");
}`,
    `END { clear(@off); clear(@reading); clear(@birth); clear(@stack); clear(@size); clear(@got); clear(@gone); }`,
  );
  return parts.join('\n');
}

const plain = (name: string, probe: string, size: string): string => `uprobe:${probe} /pid == $1 && !@off[0]/ {
  @${name}[tid] = ${size};
}
uretprobe:${probe} /pid == $1 && @${name}[tid]/ {
  $block = (uint64)retval;
  $size = @${name}[tid];
  if ($block != 0) {
    ${RECORD}
  }
  delete(@${name}[tid]);
}`;

const realloc = (probe: string): string => `uprobe:${probe} /pid == $1 && !@off[0]/ {
  @realloc[tid] = arg1;
  @old[tid] = arg0;
}
uretprobe:${probe} /pid == $1 && @realloc[tid]/ {
  $block = (uint64)retval;
  $size = @realloc[tid];
  $old = @old[tid];
  if ($block != 0) {
    if ($old != $block && @birth[$old]) {
      @gone[@stack[$old], @birth[$old]] = stats(@size[$old]);
      delete(@birth[$old]);
      delete(@stack[$old]);
      delete(@size[$old]);
    }
    ${RECORD}
  }
  delete(@realloc[tid]);
  delete(@old[tid]);
}`;

const posixMemalign = (probe: string): string => `uprobe:${probe} /pid == $1 && !@off[0]/ {
  @posix_memalign[tid] = arg2;
  @place[tid] = arg0;
}
uretprobe:${probe} /pid == $1 && @posix_memalign[tid]/ {
  $block = *(uint64 *)uptr(@place[tid]);
  $size = @posix_memalign[tid];
  if (retval == 0 && $block != 0) {
    ${RECORD}
  }
  delete(@posix_memalign[tid]);
  delete(@place[tid]);
}`;
