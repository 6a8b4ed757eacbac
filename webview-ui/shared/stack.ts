import type { BucketValues } from '../../src/model/bucket-values.js';

/** Sums of the columns so far, bottom first: upper edges of a stack. Where none is known nothing is; where one is not, it adds nothing. */
export class Stack {
  private edges: Float64Array[] = [];

  /** The arrays are used again by the next call. */
  build(columns: readonly BucketValues[], length: number): readonly Float64Array[] {
    const capacity = columns[0]?.mean.length ?? length;
    if (this.edges.length !== columns.length || this.edges[0]?.length !== capacity) {
      this.edges = columns.map(() => new Float64Array(capacity));
    }
    for (let index = 0; index < length; index++) {
      let sum = Number.NaN;
      columns.forEach((column, order) => {
        const value = column.mean[index]!;
        if (!Number.isNaN(value)) sum = (Number.isNaN(sum) ? 0 : sum) + value;
        this.edges[order]![index] = sum;
      });
      if (Number.isNaN(sum)) continue;
      // The lower ones of a bucket of which only an upper one is known.
      for (let order = 0; order < columns.length && Number.isNaN(this.edges[order]![index]); order++)
        this.edges[order]![index] = 0;
    }
    return this.edges;
  }
}
