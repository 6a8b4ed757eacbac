/** Of each of the names its place in their order; equal ones share it. */
export function rankNames(length: number, nameOf: (index: number) => string): Uint32Array {
  const names = Array.from({ length }, (_, index) => nameOf(index));
  const order = Uint32Array.from({ length }, (_, index) => index).sort((a, b) =>
    names[a]! < names[b]! ? -1 : names[a]! > names[b]! ? 1 : 0,
  );
  const rank = new Uint32Array(length);
  let place = 0;
  order.forEach((index, at) => {
    if (at > 0 && names[index] !== names[order[at - 1]!]) place = at;
    rank[index] = place;
  });
  return rank;
}
