// Where the reader looks: the middle of the view in the map's coordinates, and the scale.

const calm = matchMedia("(prefers-reduced-motion: reduce)");

/** @typedef {{left: number, top: number, right: number, bottom: number}} Box */

export class Camera {
  /** @param {() => void} moved */
  constructor(moved) {
    this.moved = moved;
    this.x = 0;
    this.y = 0;
    this.scale = 1;
    /** The scale that shows everything. */
    this.fitted = 1;
    this.width = 1;
    this.height = 1;
    this.flight = 0;
  }

  /** @param {number} x @param {number} y @returns {[number, number]} */
  toScreen(x, y) {
    return [(x - this.x) * this.scale + this.width / 2, (y - this.y) * this.scale + this.height / 2];
  }

  /** @param {number} x @param {number} y @returns {[number, number]} */
  toMap(x, y) {
    return [(x - this.width / 2) / this.scale + this.x, (y - this.height / 2) / this.scale + this.y];
  }

  get limits() {
    return [this.fitted * 0.35, Math.max(this.fitted * 60, 6)];
  }

  /** @param {number} x @param {number} y @param {number} scale */
  place(x, y, scale) {
    cancelAnimationFrame(this.flight);
    this.flight = 0;
    this.set(x, y, scale);
  }

  /** @param {number} x @param {number} y @param {number} scale */
  set(x, y, scale) {
    const [low, high] = this.limits;
    this.x = x;
    this.y = y;
    this.scale = Math.min(high, Math.max(low, scale));
    this.moved();
  }

  /** @param {number} dx @param {number} dy  in pixels */
  pan(dx, dy) {
    this.place(this.x + dx / this.scale, this.y + dy / this.scale, this.scale);
  }

  /** Zoom about a point of the screen. @param {number} factor @param {number} x @param {number} y */
  zoom(factor, x, y) {
    const [mapX, mapY] = this.toMap(x, y);
    const [low, high] = this.limits;
    const scale = Math.min(high, Math.max(low, this.scale * factor));
    this.place(mapX - (x - this.width / 2) / scale, mapY - (y - this.height / 2) / scale, scale);
  }

  /** @param {number} x @param {number} y @param {number} scale @param {boolean} animated */
  fly(x, y, scale, animated = true) {
    if (!animated || calm.matches) return this.place(x, y, scale);
    cancelAnimationFrame(this.flight);
    const [x0, y0, s0] = [this.x, this.y, this.scale];
    const begin = performance.now();
    const step = () => {
      const part = Math.min(1, (performance.now() - begin) / 420);
      const eased = part < 0.5 ? 2 * part * part : 1 - 2 * (1 - part) * (1 - part);
      const s = s0 * Math.pow(scale / s0, eased);
      // Straight on the screen: the way on the map goes with the scale that is reached.
      const way = Math.abs(scale - s0) < 1e-6 * s0 ? eased : (1 / s0 - 1 / s) / (1 / s0 - 1 / scale);
      this.set(x0 + (x - x0) * way, y0 + (y - y0) * way, s);
      this.flight = part < 1 ? requestAnimationFrame(step) : 0;
    };
    this.flight = requestAnimationFrame(step);
  }

  get flying() {
    return this.flight !== 0;
  }

  /** Show a box of the map in a box of the screen. @param {Box} box @param {Box} room @param {boolean} animated */
  fit(box, room, animated) {
    const [width, height] = [room.right - room.left, room.bottom - room.top];
    const scale = Math.min(4, width / Math.max(box.right - box.left, 1), height / Math.max(box.bottom - box.top, 1));
    this.fitted = scale;
    const x = (box.left + box.right) / 2 - ((room.left + room.right) / 2 - this.width / 2) / scale;
    const y = (box.top + box.bottom) / 2 - ((room.top + room.bottom) / 2 - this.height / 2) / scale;
    this.fly(x, y, scale, animated);
  }
}
