import { sparkPath } from './spark-path.js';

const SVG = 'http://www.w3.org/2000/svg';

/** A line of growth without axes: what it grew by is told beside it in numbers. */
export class Spark {
  readonly root = document.createElementNS(SVG, 'svg');
  private readonly path = document.createElementNS(SVG, 'path');

  constructor(
    private readonly width: number,
    private readonly height: number,
  ) {
    this.root.setAttribute('class', 'change-spark');
    this.root.setAttribute('width', `${width}`);
    this.root.setAttribute('height', `${height}`);
    // Room for the width of the line.
    this.root.setAttribute('viewBox', `-1 -1 ${width + 2} ${height + 2}`);
    this.root.setAttribute('aria-hidden', 'true');
    this.root.append(this.path);
  }

  show(at: ArrayLike<number>, values: ArrayLike<number>): void {
    const path = sparkPath(at, values, this.width, this.height);
    if (this.path.getAttribute('d') !== path) this.path.setAttribute('d', path);
  }
}
