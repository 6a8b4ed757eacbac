/** Arguments that one call takes on every engine. */
const CHUNK = 8192;

/** One character a byte: enough for files whose interesting lines are ASCII, and quick. */
export function latin1Text(bytes: Uint8Array): string {
  if (bytes.length <= CHUNK) return characters(bytes);
  let text = '';
  for (let from = 0; from < bytes.length; from += CHUNK) text += characters(bytes.subarray(from, from + CHUNK));
  return text;
}

// Spreading goes through an iterator, which takes five times as long; `apply` takes whatever is like an array.
const characters = (bytes: Uint8Array): string => Reflect.apply(String.fromCharCode, undefined, bytes);
