// A map of very many mappings, made of a captured one.
const GAP = 4096;

/** `count` mappings one after the other, of the kinds and figures that `snapshot` has; each sixth with a gap before it. */
export function bigMap(snapshot, count) {
  const { table, classes } = snapshot;
  const from = (row) => row % table.length;
  const repeat = (column) => column.constructor.from({ length: count }, (_, row) => column[from(row)]);
  const texts = ({ index, texts: all }) => ({ index: repeat(index), texts: all });
  const start = new Float64Array(count);
  const end = new Float64Array(count);
  let at = 0x7f00_0000_0000;
  for (let row = 0; row < count; row++) {
    const size = table.end[from(row)] - table.start[from(row)];
    if (row % 6 === 0) at += GAP;
    start[row] = at;
    // The largest ones, and there may be reserved ones of terabytes, would leave no room.
    at += Math.min(size, 2 ** 24);
    end[row] = at;
  }
  return {
    ...snapshot,
    table: {
      ...table,
      length: count,
      start,
      end,
      permissions: repeat(table.permissions),
      offset: repeat(table.offset),
      device: texts(table.device),
      inode: texts(table.inode),
      path: texts(table.path),
      flags: texts(table.flags),
      figures: Object.fromEntries(Object.entries(table.figures).map(([name, column]) => [name, repeat(column)])),
    },
    classes: {
      segment: repeat(classes.segment),
      rule: repeat(classes.rule),
      marks: repeat(classes.marks),
      owner: texts(classes.owner),
    },
  };
}
