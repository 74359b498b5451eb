// The picture of all citations and papers, computed pixel by pixel: a canvas would need seconds to
// stroke some hundred thousand lines. Work is cut into slices (generators), so that the page stays
// quick meanwhile.

/** A map's place on a picture: a point (x, y) is drawn at (x * scale + left, y * scale + top). @typedef {{scale: number, left: number, top: number}} View */
/** @typedef {{colours: Uint8Array, shapes: Uint8Array}} Table */
/**
 * @typedef {object} Shown
 * @property {import("./model.js").Model} model
 * @property {Uint8Array} visible
 * @property {Uint32Array | null} group
 * @property {Table} table
 * @property {import("./theme.js").Rgb} page
 * @property {import("./theme.js").Rgb} ink
 * @property {import("./theme.js").Rgb} neutral
 * @property {boolean} dark
 * @property {Uint8Array | null} lit  what stands out, where not everything does
 */

/** Pixels that all lines together may have at first, and when the reader rests. Beyond, an even sample of them is drawn, which has the same shades. */
export const SOON = 9e6;
export const AT_REST = 6e7;
/** Up to this many pixels lines are smooth; beyond, nobody could see that they are. */
const SMOOTH_PIXELS = 2.5e6;
/** A line between groups has this part of the strength of one within, where there are many. */
const BETWEEN = 0.3;

/** From 1, where lines are so few that each is to be seen, to 0, where there are many. @param {number} edges */
const fewness = (edges) => Math.min(1, Math.max(0, 1 - Math.log10(Math.max(edges, 1) / 400) / 2));

/**
 * Draw lines into sums of colour and weight.
 *
 * @param {Shown} shown @param {View} view @param {number} width @param {number} height @param {number} most  pixels
 * @returns {Generator<void, {sums: Float32Array, part: number}, void>} sums of four (red, green, blue, weight) a pixel, and the part of the lines that were drawn
 */
export function* lines(shown, view, width, height, most) {
  const { model, visible, group, table: { colours }, neutral } = shown;
  const { x, y, from, to, edges } = model;
  const sums = new Float32Array(4 * width * height);
  // Every edge once, in an order that any beginning of is an even sample of.
  let stride = Math.floor(edges * 0.6180339887) | 1;
  while (gcd(stride, edges) > 1) stride += 2;
  const between = BETWEEN + (0.85 - BETWEEN) * fewness(edges);
  let pixels = 0;
  let done = 0;
  let at = 0;
  for (; done < edges; done++, at = (at + stride) % edges) {
    if ((done & 2047) === 2047) {
      yield;
      if (pixels > most) break;
    }
    const a = from[at];
    const b = to[at];
    if (visible[a] === 0 || visible[b] === 0 || a === b) continue;
    let x0 = x[a] * view.scale + view.left;
    let y0 = y[a] * view.scale + view.top;
    let x1 = x[b] * view.scale + view.left;
    let y1 = y[b] * view.scale + view.top;
    if ((x0 < 1 && x1 < 1) || (y0 < 1 && y1 < 1)) continue;
    if ((x0 > width - 2 && x1 > width - 2) || (y0 > height - 2 && y1 > height - 2)) continue;
    // Cut to the picture, less a pixel all around for neighbours.
    let begin = 0;
    let end = 1;
    const dx = x1 - x0;
    const dy = y1 - y0;
    if (dx !== 0) {
      const one = (1 - x0) / dx;
      const other = (width - 2 - x0) / dx;
      begin = Math.max(begin, Math.min(one, other));
      end = Math.min(end, Math.max(one, other));
    }
    if (dy !== 0) {
      const one = (1 - y0) / dy;
      const other = (height - 2 - y0) / dy;
      begin = Math.max(begin, Math.min(one, other));
      end = Math.min(end, Math.max(one, other));
    }
    if (begin >= end) continue;
    x1 = x0 + dx * end;
    y1 = y0 + dy * end;
    x0 += dx * begin;
    y0 += dy * begin;
    let weight = 1;
    let r = neutral[0];
    let g = neutral[1];
    let blue = neutral[2];
    if (group) {
      const one = 3 * group[a];
      const other = 3 * group[b];
      if (one === other && one) {
        r = colours[one];
        g = colours[one + 1];
        blue = colours[one + 2];
      } else {
        weight = between;
        r = (colours[one] + colours[other]) / 2;
        g = (colours[one + 1] + colours[other + 1]) / 2;
        blue = (colours[one + 2] + colours[other + 2]) / 2;
      }
    }
    r *= weight;
    g *= weight;
    blue *= weight;
    const steps = Math.max(1, Math.ceil(Math.max(Math.abs(x1 - x0), Math.abs(y1 - y0))));
    const stepX = (x1 - x0) / steps;
    const stepY = (y1 - y0) / steps;
    pixels += steps;
    if (pixels < SMOOTH_PIXELS) {
      const steep = Math.abs(stepY) > Math.abs(stepX);
      const beside = steep ? 4 : 4 * width;
      for (let i = 0; i <= steps; i++) {
        const px = Math.floor(x0);
        const py = Math.floor(y0);
        const second = steep ? x0 - px : y0 - py;
        const first = 1 - second;
        let o = 4 * (py * width + px);
        sums[o] += r * first;
        sums[o + 1] += g * first;
        sums[o + 2] += blue * first;
        sums[o + 3] += weight * first;
        o += beside;
        sums[o] += r * second;
        sums[o + 1] += g * second;
        sums[o + 2] += blue * second;
        sums[o + 3] += weight * second;
        x0 += stepX;
        y0 += stepY;
      }
    } else {
      for (let i = 0; i <= steps; i++) {
        const o = 4 * ((y0 | 0) * width + (x0 | 0));
        sums[o] += r;
        sums[o + 1] += g;
        sums[o + 2] += blue;
        sums[o + 3] += weight;
        x0 += stepX;
        y0 += stepY;
      }
    }
  }
  return { sums, part: edges ? done / edges : 1 };
}

/** @param {number} a @param {number} b @returns {number} */
function gcd(a, b) {
  return b ? gcd(b, a % b) : a;
}

/**
 * Turn sums into colours over the page's: the more lines cross a pixel, the stronger, up to a limit
 * that leaves papers visible. Where few lines cross anywhere each one is strong; where many do, weak.
 *
 * @param {Float32Array} sums @param {Shown} shown @param {number} faint  factor for what is set back
 * @param {Uint8ClampedArray} pixels  where the colours go
 * @returns {Generator<void, void, void>}
 */
export function* expose(sums, shown, faint, pixels) {
  const [pageRed, pageGreen, pageBlue] = shown.page;
  // How strong a busy pixel is: nine in ten of those that any line crosses have less.
  const sample = [];
  for (let i = 3; i < sums.length; i += 4 * 37) if (sums[i] > 0) sample.push(sums[i]);
  sample.sort((a, b) => a - b);
  const busy = sample[Math.floor(sample.length * 0.9)] || 1;
  const few = fewness(shown.model.edges);
  const gain = Math.max(0.45 * few, Math.min(0.32 + 0.3 * few, (shown.dark ? 0.9 : 0.75) / busy));
  const most = shown.dark ? 0.62 : 0.55;
  const table = new Float32Array(1024);
  for (let i = 0; i < 1024; i++) table[i] = faint * most * (1 - Math.exp(-i / 128 / most));
  for (let i = 0, slice = 0; i < sums.length; i += 4) {
    if (++slice === 65536) {
      slice = 0;
      yield;
    }
    const weight = sums[i + 3];
    if (weight === 0) {
      pixels[i] = pageRed;
      pixels[i + 1] = pageGreen;
      pixels[i + 2] = pageBlue;
    } else {
      const alpha = table[Math.min(1023, (weight * gain * 128) | 0)] ;
      pixels[i] = pageRed + (sums[i] / weight - pageRed) * alpha;
      pixels[i + 1] = pageGreen + (sums[i + 1] / weight - pageGreen) * alpha;
      pixels[i + 2] = pageBlue + (sums[i + 2] / weight - pageBlue) * alpha;
    }
    pixels[i + 3] = 255;
  }
}

/** A node's radius on the screen: never less than is visible. @param {number} radius @param {number} scale */
export const onScreen = (radius, scale) => Math.max(radius * scale, Math.min(1.15, 0.75 + scale), 0.95);

/** Radius in pixels beyond which a canvas draws a disc sharper than this does. */
export const SMALL = 5;

/**
 * Draw small discs (rings for papers that are only cited), the least important first.
 *
 * @param {Shown} shown @param {View} view @param {number} ratio  pixels of the picture for one of the screen
 * @param {Uint8ClampedArray} pixels @param {number} width @param {number} height
 * @returns {Generator<void, number[], void>} positions that are too large to be drawn here, likewise
 */
export function* discs(shown, view, ratio, pixels, width, height) {
  const { model, visible, group, table: { colours, shapes }, page, ink, lit } = shown;
  const { x, y, radius, inCorpus } = model;
  const large = [];
  for (let i = model.count - 1; i >= 0; i--) {
    if ((i & 4095) === 0) yield;
    if (!visible[i]) continue;
    const px = x[i] * view.scale + view.left;
    const py = y[i] * view.scale + view.top;
    const size = ratio * onScreen(radius[i], view.scale / ratio);
    if (px < -size || py < -size || px > width + size || py > height + size) continue;
    if (size > SMALL) {
      large.push(i);
      continue;
    }
    const g = group ? group[i] : 0;
    const shape = shapes[g] || 0;
    const [red, green, blue] = [colours[3 * g], colours[3 * g + 1], colours[3 * g + 2]];
    const strength = lit && !lit[i] ? 0.14 : 1;
    const hollow = inCorpus[i] === 0 && size > 1.2 * ratio;
    const ring = hollow ? Math.max(0, size - Math.max(0.9 * ratio, 0.34 * size)) : -1;
    const pale = inCorpus[i] === 0 && !hollow ? 0.55 : 1;
    const left = Math.max(0, Math.floor(px - size - 0.5));
    const right = Math.min(width - 1, Math.ceil(px + size + 0.5));
    const top = Math.max(0, Math.floor(py - size - 0.5));
    const bottom = Math.min(height - 1, Math.ceil(py + size + 0.5));
    for (let row = top; row <= bottom; row++) {
      const dy = Math.abs(row + 0.5 - py);
      for (let column = left; column <= right; column++) {
        const dx = Math.abs(column + 0.5 - px);
        const distance = shape < 2 ? Math.sqrt(dx * dx + dy * dy)
          : shape === 2 ? Math.max(dx, dy) * 1.13 : (dx + dy) * 0.8;
        let cover = size + 0.5 - distance;
        if (cover <= 0) continue;
        if (cover > 1) cover = 1;
        cover *= strength * pale;
        const o = 4 * (row * width + column);
        let r = red;
        let gr = green;
        let b = blue;
        if (ring >= 0 && distance < ring + 0.5) {
          const inner = Math.min(1, ring + 0.5 - distance);
          r += (page[0] - r) * inner;
          gr += (page[1] - gr) * inner;
          b += (page[2] - b) * inner;
        } else if (shape === 1 && ring < 0 && size > 2 && distance > size - 1) {
          r = ink[0];
          gr = ink[1];
          b = ink[2];
        }
        pixels[o] += (r - pixels[o]) * cover;
        pixels[o + 1] += (gr - pixels[o + 1]) * cover;
        pixels[o + 2] += (b - pixels[o + 2]) * cover;
      }
    }
  }
  return large;
}

/**
 * Outline a node's shape.
 *
 * @param {CanvasRenderingContext2D} ctx @param {number} x @param {number} y @param {number} size @param {number} shape
 */
export function outline(ctx, x, y, size, shape) {
  ctx.beginPath();
  if (shape === 2) {
    const half = size / 1.13;
    ctx.rect(x - half, y - half, 2 * half, 2 * half);
  } else if (shape === 3) {
    const half = size / 0.8;
    ctx.moveTo(x, y - half);
    ctx.lineTo(x + half, y);
    ctx.lineTo(x, y + half);
    ctx.lineTo(x - half, y);
    ctx.closePath();
  } else {
    ctx.arc(x, y, size, 0, 2 * Math.PI);
  }
}

/**
 * Draw one node with a canvas' own means.
 *
 * @param {CanvasRenderingContext2D} ctx @param {number} x @param {number} y @param {number} size
 * @param {{colour: string, page: string, ink: string, shape: number, hollow: boolean, ratio: number}} look
 */
export function disc(ctx, x, y, size, look) {
  outline(ctx, x, y, size, look.shape);
  ctx.fillStyle = look.hollow ? look.page : look.colour;
  ctx.fill();
  if (look.hollow) {
    const width = Math.min(2.2 * look.ratio, size * 0.5);
    outline(ctx, x, y, size - width / 2, look.shape);
    ctx.lineWidth = width;
    ctx.strokeStyle = look.colour;
    ctx.stroke();
  } else if (look.shape === 1) {
    outline(ctx, x, y, size - 0.8 * look.ratio, look.shape);
    ctx.lineWidth = 1.4 * look.ratio;
    ctx.strokeStyle = look.ink;
    ctx.stroke();
  } else {
    // Neighbours that touch stay two.
    outline(ctx, x, y, size, look.shape);
    ctx.lineWidth = 0.8 * look.ratio;
    ctx.strokeStyle = look.page;
    ctx.stroke();
  }
}
