/**
 * The headlines of valgrind's text output, and the kind that its XML output gives the same error (memcheck/mc_errors.c,
 * helgrind/hg_errors.c, drd/drd_error.c, coregrind/m_syswrap/syswrap-generic.c).
 */
const KINDS: readonly (readonly [RegExp, string])[] = [
  [/^Invalid read of size \d/, 'InvalidRead'],
  [/^Invalid write of size \d/, 'InvalidWrite'],
  [/^Jump to the invalid address stated on the next line/, 'InvalidJump'],
  [/^Invalid free\(\)/, 'InvalidFree'],
  [/^Mismatched free\(\)/, 'MismatchedFree'],
  [/^Mismatched .{0,80}\balignment alloc value: /, 'MismatchedAllocateDeallocateAlignment'],
  [/^Mismatched .{0,80}\bsize (?:alloc )?value: /, 'MismatchedAllocateDeallocateSize'],
  [/^Source and destination overlap in /, 'Overlap'],
  [/^Use of uninitialised value of size \d/, 'UninitValue'],
  [/^Conditional jump or move depends on uninitialised value/, 'UninitCondition'],
  [/^Syscall param .{1,400} (?:contains|points to) (?:uninitialised|unaddressable) byte/, 'SyscallParam'],
  [/ contains unaddressable byte\(s\)$/, 'CoreMemError'],
  [/^(?:Unaddressable|Uninitialised) byte\(s\) found during client check request/, 'ClientCheck'],
  [/^Illegal memory pool address/, 'InvalidMemPool'],
  [/^Argument '.{1,80}' of function .{1,200} has a fishy /, 'FishyValue'],
  [/^[\w:]{1,80}\(\) with size 0$/, 'ReallocSizeZero'],
  [/^Invalid size value: /, 'InvalidSizeAndAlignment'],
  [/^Invalid alignment value: /, 'InvalidAlignment'],
  [/^Unsafe allocation with size of zero/, 'InvalidSize'],
  [/^File descriptor -?\d{1,10}: .* is already closed$/, 'FdBadClose'],
  [/^Open (?:file descriptor|AF_|socket|IPv4|UNIX|other)/, 'FdNotClosed'],
  [/^File descriptor -?\d{1,10} (?:was closed|is|has)/, 'FdBadUse'],
  [/^Possible data race during /, 'Race'],
  [/^Thread #\d{1,10}: lock order /, 'LockOrder'],
  [/^Thread #\d{1,10} unlocked a not-locked lock/, 'UnlockUnlocked'],
  [/^Thread #\d{1,10} unlocked lock at .{1,80} currently held by/, 'UnlockForeign'],
  [/^Thread #\d{1,10} unlocked an invalid lock/, 'UnlockBogus'],
  [/^Thread #\d{1,10}'s call to .{1,200} failed/, 'PthAPIerror'],
  [/^Thread #\d{1,10}: /, 'Misc'],
  [/^Conflicting (?:load|store) by thread /, 'ConflictingAccess'],
];

const LEAK_KINDS: Readonly<Record<string, string>> = {
  definitely: 'Leak_DefinitelyLost',
  indirectly: 'Leak_IndirectlyLost',
  possibly: 'Leak_PossiblyLost',
  reachable: 'Leak_StillReachable',
};

export function kindOfHeadline(text: string): string | undefined {
  // Most lines are none of these.
  const first = text.charCodeAt(0);
  if (!(first >= 0x41 && first <= 0x7a) || text.startsWith('Address 0x')) return undefined;
  return KINDS.find(([pattern]) => pattern.test(text))?.[1];
}

export function kindOfLeak(leakKind: string): string {
  return LEAK_KINDS[leakKind] as string;
}
