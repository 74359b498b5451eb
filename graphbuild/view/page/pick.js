// Which node is at a point: a grid over the map.

import { State } from "./state.js";

const CELL = 60;

export class Picker {
  /** @param {State} state */
  constructor(state) {
    this.state = state;
    this.left = 0;
    this.top = 0;
    this.columns = 1;
    this.rows = 1;
    this.start = new Uint32Array(0);
    this.members = new Uint32Array(0);
    /** @type {Float32Array | null} */
    this.sizes = null;
    this.most = 0;
    this.build();
  }

  /** Sort nodes into cells; needed again when they have moved. */
  build() {
    const { x, y, count } = this.state.model;
    let [left, top, right, bottom] = [0, 0, 1, 1];
    for (let i = 0; i < count; i++) {
      left = Math.min(left, x[i]);
      top = Math.min(top, y[i]);
      right = Math.max(right, x[i]);
      bottom = Math.max(bottom, y[i]);
    }
    this.left = left;
    this.top = top;
    this.columns = Math.floor((right - left) / CELL) + 1;
    this.rows = Math.floor((bottom - top) / CELL) + 1;
    const start = new Uint32Array(this.columns * this.rows + 1);
    const cell = new Uint32Array(count);
    for (let i = 0; i < count; i++) {
      cell[i] = Math.floor((y[i] - top) / CELL) * this.columns + Math.floor((x[i] - left) / CELL);
      start[cell[i] + 1]++;
    }
    for (let c = 0; c < this.columns * this.rows; c++) start[c + 1] += start[c];
    const next = start.slice();
    const members = new Uint32Array(count);
    for (let i = 0; i < count; i++) members[next[cell[i]]++] = i;
    this.start = start;
    this.members = members;
  }

  /** Visible nodes with their middles in a box of the map. @param {import("./camera.js").Box} box @param {(i: number) => void} each */
  inside(box, each) {
    const { model, visible } = this.state;
    const clamp = (/** @type {number} */ value, /** @type {number} */ most) => Math.min(most, Math.max(0, Math.floor(value / CELL)));
    const [first, last] = [clamp(box.left - this.left, this.columns - 1), clamp(box.right - this.left, this.columns - 1)];
    const [upper, lower] = [clamp(box.top - this.top, this.rows - 1), clamp(box.bottom - this.top, this.rows - 1)];
    for (let row = upper; row <= lower; row++) {
      const begin = this.start[row * this.columns + first];
      const end = this.start[row * this.columns + last + 1];
      for (let k = begin; k < end; k++) {
        const i = this.members[k];
        const [x, y] = [model.x[i], model.y[i]];
        if (visible[i] && x >= box.left && x <= box.right && y >= box.top && y <= box.bottom) each(i);
      }
    }
  }

  /** The node under a point of the map, or -1; small ones are easier to hit than to see. @param {number} x @param {number} y @param {number} least  radius at which any is hit @param {(i: number) => number} radius */
  at(x, y, least, radius) {
    const reach = Math.max(least, this.largest());
    let [nearest, best] = [-1, Infinity];
    this.inside({ left: x - reach, top: y - reach, right: x + reach, bottom: y + reach }, (i) => {
      const distance = Math.hypot(this.state.model.x[i] - x, this.state.model.y[i] - y);
      const size = radius(i);
      if (distance > Math.max(size, least)) return;
      // Inside of a disc the smaller one wins, since it lies on top for the eye; else the nearer.
      const gap = distance <= size ? size * 1e-3 - 1e6 : distance;
      if (gap < best || (gap === best && i < nearest)) [nearest, best] = [i, gap];
    });
    return nearest;
  }

  largest() {
    if (this.sizes !== this.state.model.radius) {
      this.sizes = this.state.model.radius;
      this.most = 0;
      for (const radius of this.sizes) this.most = Math.max(this.most, radius);
    }
    return this.most;
  }
}
