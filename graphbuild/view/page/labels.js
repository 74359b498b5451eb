// Texts on the map: placed by importance where nothing else stands.

/** @typedef {{left: number, top: number, right: number, bottom: number}} Box */
/** A text that has its place: an offset in pixels from a point of the map. @typedef {{text: string, x: number, y: number, dx: number, dy: number, font: string, size: number, halo: number, colour: string, alpha: number, fixed: boolean}} Label */

export const FONT = 'system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", sans-serif';

/** @param {string} text @param {number} length */
export const cut = (text, length) => text.length > length ? `${text.slice(0, length - 1).trimEnd()}…` : text;

/** Boxes in a grid, so that asking whether one is free stays quick. */
export class Taken {
  /** @param {number} width @param {number} height */
  constructor(width, height) {
    this.columns = Math.ceil(width / 64) + 1;
    this.rows = Math.ceil(height / 64) + 1;
    /** @type {Box[][]} */
    this.cells = Array.from({ length: this.columns * this.rows }, () => []);
  }

  /** @param {Box} box @param {(cell: Box[]) => boolean} each  may end it by giving true */
  over(box, each) {
    const [first, last] = [Math.max(0, box.left >> 6), Math.min(this.columns - 1, box.right >> 6)];
    const [top, bottom] = [Math.max(0, box.top >> 6), Math.min(this.rows - 1, box.bottom >> 6)];
    for (let row = top; row <= bottom; row++) {
      for (let column = first; column <= last; column++) {
        if (each(this.cells[row * this.columns + column])) return true;
      }
    }
    return false;
  }

  /** @param {Box} box */
  add(box) {
    this.over(box, (cell) => {
      cell.push(box);
      return false;
    });
  }

  /** @param {Box} box */
  isFree(box) {
    return !this.over(box, (cell) => cell.some((other) =>
      box.left < other.right && box.right > other.left && box.top < other.bottom && box.bottom > other.top));
  }
}

const measuring = /** @type {CanvasRenderingContext2D} */ (document.createElement("canvas").getContext("2d"));
/** @type {Map<string, number>} */
const widths = new Map();

/** @param {string} text @param {string} font */
export function widthOf(text, font) {
  const key = `${font}|${text}`;
  let width = widths.get(key);
  if (width === undefined) {
    if (widths.size > 5000) widths.clear();
    measuring.font = font;
    width = measuring.measureText(text).width;
    widths.set(key, width);
  }
  return width;
}

/** Pictures of texts: a halo around every letter is slow to draw, and labels move more than they change. */
export class Sprites {
  constructor() {
    /** @type {Map<string, HTMLCanvasElement>} */
    this.kept = new Map();
  }

  /** @param {CanvasRenderingContext2D} ctx  in pixels of the screen @param {Label} label @param {number} x @param {number} y  left end of the baseline @param {string} page @param {number} ratio */
  draw(ctx, label, x, y, page, ratio) {
    const key = `${label.text}|${label.font}|${label.colour}|${page}|${ratio}`;
    let sprite = this.kept.get(key);
    const pad = label.halo + 1;
    const up = label.size + pad;
    if (!sprite) {
      if (this.kept.size > 500) this.kept.clear();
      sprite = document.createElement("canvas");
      sprite.width = Math.ceil((widthOf(label.text, label.font) + 2 * pad) * ratio) + 1;
      sprite.height = Math.ceil((label.size * 1.35 + 2 * pad) * ratio) + 1;
      const into = /** @type {CanvasRenderingContext2D} */ (sprite.getContext("2d"));
      into.scale(ratio, ratio);
      into.font = label.font;
      into.lineJoin = "round";
      into.lineWidth = label.halo;
      into.strokeStyle = page;
      into.fillStyle = label.colour;
      into.strokeText(label.text, pad, up);
      into.fillText(label.text, pad, up);
      this.kept.set(key, sprite);
    }
    ctx.globalAlpha = label.alpha;
    ctx.drawImage(sprite, Math.round((x - pad) * ratio) / ratio, Math.round((y - up) * ratio) / ratio, sprite.width / ratio, sprite.height / ratio);
    ctx.globalAlpha = 1;
  }
}
