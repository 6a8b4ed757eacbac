/** What stands for a character in names of rustc's older mangling: `$LT$`, `$u20$`. */
const ESCAPES: Readonly<Record<string, string>> = {
  SP: '@',
  BP: '*',
  RF: '&',
  LT: '<',
  GT: '>',
  LP: '(',
  RP: ')',
  C: ',',
};

/** `::h` and 16 digits. */
const HASH = 19;

/**
 * The older mangling of Rust looks like C++: tools that don't know it leave a hash behind the name, and escapes in it
 * (`_$LT$alloc..vec..Vec$LT$T$GT$$u20$as$u20$core..ops..Drop$GT$::drop::h0123456789abcdef`). Names of anything else are given back as they are.
 */
export function rustName(name: string): string {
  if (!name.startsWith('::h', name.length - HASH) || !/[0-9a-f]{16}$/.test(name.slice(-16))) return name;
  const path = name.slice(0, -HASH);
  return path
    .split('::')
    .map((part) => part.replace(/^_(?=\$)/, ''))
    .join('::')
    .replace(/\$(SP|BP|RF|LT|GT|LP|RP|C|u([0-9a-f]{1,6}))\$/g, (whole: string, word: string, code?: string) => {
      if (code === undefined) return ESCAPES[word] ?? whole;
      const point = Number.parseInt(code, 16);
      return point >= 0x20 && point <= 0x10ffff ? String.fromCodePoint(point) : whole;
    })
    .replaceAll('..', '::');
}
