/* graphbuild's map (MIT): made from graphbuild/view/page by tools/bundle_page.py. */
"use strict";
(() => {
// data.js
class Payload {
  constructor(bytes) {
    const length = new DataView(bytes.buffer, bytes.byteOffset).getUint32(0, true);
    this.header = JSON.parse(new TextDecoder().decode(bytes.subarray(4, 4 + length)));
    this.sections = new Map();
    let at = 4 + length;
    for (const [name, , size] of this.header.sections) {
      this.sections.set(name, bytes.subarray(at, at + size));
      at += size;
    }
  }
  bytes(name) {
    return this.sections.get(name) || new Uint8Array(0);
  }
  text(name) {
    const texts = new TextDecoder().decode(this.bytes(name)).split("\0");
    texts.pop();
    return texts;
  }
  uint(name) {
    const bytes = this.bytes(name);
    let count = 0;
    for (let i = 0; i < bytes.length; i++) if (bytes[i] < 128) count++;
    const values = new Uint32Array(count);
    for (let i = 0, at = 0; i < count; i++) {
      let value = 0;
      for (let shift = 0; ; shift += 7) {
        const byte = bytes[at++];
        value |= (byte & 127) << shift;
        if (byte < 128) break;
      }
      values[i] = value >>> 0;
    }
    return values;
  }
  uint16(name) {
    const bytes = this.bytes(name);
    const values = new Uint16Array(bytes.length / 2);
    for (let i = 0; i < values.length; i++) values[i] = bytes[2 * i] | (bytes[2 * i + 1] << 8);
    return values;
  }
  float32(name) {
    return new Float32Array(this.bytes(name).slice().buffer);
  }
  falling(name) {
    const bits = this.uint(name);
    for (let i = 1; i < bits.length; i++) bits[i] = bits[i - 1] - bits[i];
    return new Float32Array(bits.buffer);
  }
}
function fromBase64(text) {
  if ("fromBase64" in Uint8Array) {
    return ((Uint8Array)).fromBase64(text);
  }
  const characters = atob(text);
  const bytes = new Uint8Array(characters.length);
  for (let i = 0; i < bytes.length; i++) bytes[i] = characters.charCodeAt(i);
  return bytes;
}
async function unpack(id) {
  const text = (document.getElementById(id)?.textContent || "").trim();
  const stream = new Blob([(fromBase64(text))]).stream().pipeThrough(new DecompressionStream("gzip"));
  return new Payload(new Uint8Array(await new Response(stream).arrayBuffer()));
}
// dom.js
const element = (id) => (document.getElementById(id));
function make(tag, className = "", text) {
  const made = document.createElement(tag);
  if (className) made.className = className;
  if (text !== undefined) made.textContent = String(text);
  return made;
}
function button(className, text, act) {
  const made = make("button", className, text);
  made.type = "button";
  made.addEventListener("click", act);
  return made;
}
const SVG = "http://www.w3.org/2000/svg";
function sign(colour, shape, hollow = false) {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("class", "sign");
  svg.setAttribute("viewBox", "0 0 12 12");
  svg.setAttribute("aria-hidden", "true");
  const drawn = document.createElementNS(SVG, shape === 2 ? "rect" : shape === 3 ? "path" : "circle");
  const size = hollow || shape === 1 ? 4.2 : 5;
  if (shape === 2) {
    for (const [name, value] of [["x", 1.6], ["y", 1.6], ["width", 8.8], ["height", 8.8]]) drawn.setAttribute(String(name), String(value));
  } else if (shape === 3) drawn.setAttribute("d", "M6 0L12 6L6 12L0 6Z");
  else for (const [name, value] of [["cx", 6], ["cy", 6], ["r", size]]) drawn.setAttribute(String(name), String(value));
  drawn.setAttribute("fill", hollow ? "none" : colour);
  if (hollow || shape === 1) {
    drawn.setAttribute("stroke", hollow ? colour : "currentColor");
    drawn.setAttribute("stroke-width", "1.6");
  }
  svg.append(drawn);
  return svg;
}
// model.js
const SPACING = 26;
const SMALLEST = 2.8;
const short = (id) => id.replace(/^(arxiv|doi|id|name|orcid|title):/, "");
const format = new Intl.NumberFormat("en");
const number = (value) => format.format(value);
class Model {
  constructor(data) {
    const header = data.header;
    this.header = header;
    this.data = data;
    this.count = header.drawn;
    this.edges = header.edges;
    this.directed = header.directed;
    this.ids = data.text("id");
    this.titles = data.text("title");
    this.years = data.uint("year");
    this.inCorpus = data.uint("inCorpus");
    this.positionOf = new Map();
    for (let i = 0; i < this.count; i++) this.positionOf.set(this.ids[i], i);
    this.measures = new Map(header.measures.map((one) => [
      one.key, one.falling ? data.falling(one.key) : one.float ? data.float32(one.key) : data.uint(one.key),
    ]));
    this.least = header.measures.find((one) => one.key === "citedBy") || header.measures[0];
    this.layouts = {};
    for (const [name, [left, top, step]] of Object.entries(header.places)) {
      const columns = ["X", "Y"].map((axis) => data.uint16(name + axis));
      this.layouts[name] = {
        x: Float32Array.from(columns[0], (value) => left + value * step),
        y: Float32Array.from(columns[1], (value) => top + value * step),
      };
    }
    const first = this.layouts[header.layout] || this.layouts.map;
    this.x = first.x;
    this.y = first.y;
    const degree = data.uint("degree");
    const ends = data.uint("end");
    const start = new Uint32Array(this.count + 1);
    const from = new Uint32Array(this.edges);
    for (let i = 0, at = 0; i < this.count; i++) {
      for (let k = 0, before = 0; k < degree[i]; k++, at++) {
        before += ends[at];
        ends[at] = before;
        from[at] = i;
      }
      start[i + 1] = at;
    }
    this.from = from;
    this.to = ends;
    const edge = new Uint32Array(this.edges);
    for (let i = 0; i < edge.length; i++) edge[i] = i;
    this.out = { start, other: ends, edge };
    this.in = this.turned(ends, from);
    this.weights = data.sections.has("weight") ? data.uint("weight") : null;
    this.venueOf = null;
    this.radius = this.radiiBy(header.measures[0]?.key);
    this.groupings = this.readGroupings();
    this.haystack = [];
    this.lists = new Map();
  }
  turned(rows, others) {
    const start = new Uint32Array(this.count + 1);
    for (let i = 0; i < rows.length; i++) start[rows[i] + 1]++;
    for (let i = 0; i < this.count; i++) start[i + 1] += start[i];
    const next = start.slice();
    const other = new Uint32Array(rows.length);
    const edge = new Uint32Array(rows.length);
    for (let i = 0; i < rows.length; i++) {
      const at = next[rows[i]]++;
      other[at] = others[i];
      edge[at] = i;
    }
    return { start, other, edge };
  }
  readGroupings() {
    const groupings = new Map();
    const add = (key, label, names, of, ordered) => {
      const sizes = new Uint32Array(names.length + 1);
      for (let i = 0; i < of.length; i++) sizes[of[i]]++;
      groupings.set(key, { key, label, names, of, sizes, ordered });
    };
    for (const { key, label } of this.header.groupings) {
      add(key, label, this.data.text(`${key}Names`), this.data.uint(`${key}Group`), false);
    }
    if (this.years.some((year) => year > 0)) {
      const known = [...new Set(this.years)].filter((year) => year > 0).sort((a, b) => a - b);
      const place = new Map(known.map((year, i) => [year, i + 1]));
      add("year", "Year", known.map(String), this.years.map((year) => place.get(year) || 0), true);
    }
    const counts = this.data.uint("categoryCounts");
    const entries = this.data.uint("categoryEntries");
    if (entries.length) {
      const names = this.data.text("categoryNames");
      const primary = new Int32Array(this.count).fill(-1);
      const sizes = new Uint32Array(names.length);
      for (let i = 0, at = 0; i < this.count; at += counts[i++]) {
        if (counts[i]) sizes[(primary[i] = entries[at])]++;
      }
      const order = [...sizes.keys()].filter((c) => sizes[c]).sort((a, b) => sizes[b] - sizes[a] || a - b);
      const place = new Map(order.map((c, i) => [c, i + 1]));
      add("category", "Category", order.map((c) => names[c]), Uint32Array.from(primary, (c) => place.get(c) || 0), false);
    }
    return groupings;
  }
  radiiBy(key) {
    const values = this.measures.get(key);
    const radii = new Float32Array(this.count).fill(SMALLEST);
    if (!values) return radii;
    let [sum, most] = [0, 0];
    for (let i = 0; i < values.length; i++) {
      sum += values[i];
      most = Math.max(most, values[i]);
    }
    if (!most) return radii;
    const map = SPACING * Math.sqrt(this.count / Math.PI);
    const factor = Math.min(map * Math.sqrt(0.08 / sum), Math.max(0.06 * map, 4 * SMALLEST) / Math.sqrt(most));
    return radii.map((_, i) => Math.max(SMALLEST, factor * Math.sqrt(values[i])));
  }
  name(i) {
    return this.titles[i] || short(this.ids[i]);
  }
  list(name) {
    let found = this.lists.get(name);
    if (!found) this.lists.set(name, (found = this.data.text(name)));
    return found;
  }
  authors(i) {
    if (!this.authorStart) {
      const counts = this.data.uint("authorCounts");
      const entries = this.data.uint("authorEntries");
      let next = 0;
      for (let k = 0; k < entries.length; k++) {
        if (entries[k] === 0) entries[k] = next++;
        else entries[k] = next - entries[k];
      }
      const start = new Uint32Array(this.count + 1);
      for (let k = 0; k < this.count; k++) start[k + 1] = start[k] + counts[k];
      this.authorStart = start;
      this.authorEntries = entries;
    }
    const names = this.list("authorNames");
    const entries = (this.authorEntries);
    return Array.from(entries.subarray(this.authorStart[i], this.authorStart[i + 1]), (entry) => names[entry]);
  }
  categories(i) {
    if (!this.categoryStart) {
      const counts = this.data.uint("categoryCounts");
      this.categoryEntries = this.data.uint("categoryEntries");
      this.categoryStart = new Uint32Array(this.count + 1);
      for (let k = 0; k < this.count; k++) this.categoryStart[k + 1] = this.categoryStart[k] + counts[k];
    }
    const entries = (this.categoryEntries);
    const names = this.list("categoryNames");
    return Array.from(entries.subarray(this.categoryStart[i], this.categoryStart[i + 1]), (entry) => names[entry]);
  }
  venue(i) {
    this.venueOf ??= this.data.uint("venue");
    return this.venueOf[i] ? this.list("venueNames")[this.venueOf[i] - 1] : "";
  }
  links(i) {
    const links = [];
    for (const [word, prefix] of Object.entries(this.header.links)) {
      const rest = this.list(`link${word}`)[i];
      if (rest) links.push([word, prefix + (rest === "=" ? this.ids[i].slice(this.ids[i].indexOf(":") + 1) : rest)]);
    }
    return links;
  }
  shortAuthors(i) {
    const names = this.authors(i);
    return names.length > 3 ? `${names.slice(0, 3).join(", ")} et al.` : names.join(", ");
  }
  facts(i) {
    const { of } = this.header;
    const value = (key) => this.measures.get(key)?.[i] || 0;
    const [papers, cited] = [value("papers"), value("citedBy")];
    const told = of === "coauthors"
      ? [papers === 1 ? "1 paper" : `${number(papers)} papers`, this.years[i] ? `latest ${this.years[i]}` : ""]
      : [this.shortAuthors(i), this.years[i] || "", cited ? `cited by ${number(cited)}` : ""];
    return told.filter((fact) => fact).join(" · ");
  }
  neighbours(i) {
    if (this.around && this.around.of === i) return this.around;
    const row = ({ start, other, edge }) => {
      const list = [];
      for (let k = start[i]; k < start[i + 1]; k++) list.push([other[k], edge[k]]);
      return list.sort((a, b) => a[0] - b[0]);
    };
    this.around = { of: i, cites: row(this.out), citedBy: row(this.in) };
    return this.around;
  }
  searchable() {
    this.prepareSearch(this.count);
    return this.haystack;
  }
  prepareSearch(more) {
    const last = Math.min(this.count, this.haystack.length + more);
    for (let i = this.haystack.length; i < last; i++) {
      this.haystack.push(folded([this.titles[i], ...this.authors(i), this.ids[i]].join("\n")));
    }
    return last === this.count;
  }
}
function folded(text) {
  if (/^[\x00-\x7f]*$/.test(text)) return text.toLowerCase();
  return text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase().replace(/ł/g, "l").replace(/ø/g, "o");
}
// raster.js
const SOON = 9e6;
const AT_REST = 6e7;
const SMOOTH_PIXELS = 2.5e6;
const BETWEEN = 0.3;
const fewness = (edges) => Math.min(1, Math.max(0, 1 - Math.log10(Math.max(edges, 1) / 400) / 2));
function* lines(shown, view, width, height, most) {
  const { model, visible, group, table: { colours }, neutral } = shown;
  const { x, y, from, to, edges } = model;
  const sums = new Float32Array(4 * width * height);
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
function gcd(a, b) {
  return b ? gcd(b, a % b) : a;
}
function* expose(sums, shown, faint, pixels) {
  const [pageRed, pageGreen, pageBlue] = shown.page;
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
const onScreen = (radius, scale) => Math.max(radius * scale, Math.min(1.15, 0.75 + scale), 0.95);
const SMALL = 5;
function* discs(shown, view, ratio, pixels, width, height) {
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
function outline(ctx, x, y, size, shape) {
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
function disc(ctx, x, y, size, look) {
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
    outline(ctx, x, y, size, look.shape);
    ctx.lineWidth = 0.8 * look.ratio;
    ctx.strokeStyle = look.page;
    ctx.stroke();
  }
}
// exports.js
const LINES_IN_SVG = 40000;
class Exports {
  constructor(state, scene, theme) {
    this.state = state;
    this.scene = scene;
    this.theme = theme;
    element("export-png").addEventListener("click", async () => this.save("png", await this.png()));
    element("export-svg").addEventListener("click", () => this.save("svg", new Blob([this.svg()], { type: "image/svg+xml" })));
    element("export-bibtex").addEventListener("click", () => this.save("bib", new Blob([this.bibtex()], { type: "application/x-bibtex" })));
    element("export-csv").addEventListener("click", () => this.save("csv", new Blob([this.csv()], { type: "text/csv" })));
    element("clear-marked").addEventListener("click", () => {
      state.marked.clear();
      state.tell("marked");
    });
    element("export-bibtex").hidden = state.model.header.of === "coauthors";
    state.on(["marked", "filters", "search", "selected"], () => this.tell());
    this.tell();
  }
  chosen() {
    const { marked, selected, hits, visible, model } = this.state;
    if (marked.size) return [...marked].sort((a, b) => a - b);
    if (selected >= 0) return [selected];
    const all = hits || Array.from({ length: model.count }, (_, i) => i);
    return all.filter((i) => visible[i]);
  }
  tell() {
    const { marked, selected, hits, visibleCount, model } = this.state;
    const [one, many] = model.header.words[0];
    const nodes = (count) => `${number(count)} ${count === 1 ? one : many}`;
    element("export-what").textContent = marked.size ? `Lists hold the ${nodes(marked.size)} that you put on the list.`
      : selected >= 0 ? `Lists hold the selected ${one}.`
        : hits ? `Lists hold the ${nodes(hits.filter((i) => this.state.visible[i]).length)} found.` : `Lists hold all ${nodes(visibleCount)} that are visible.`;
    element("clear-marked").hidden = marked.size === 0;
  }
  save(suffix, content) {
    const link = document.createElement("a");
    link.href = URL.createObjectURL(content);
    link.download = `${this.state.model.header.of === "papers" ? "citation-map" : this.state.model.header.of}.${suffix}`;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 10000);
  }
  png() {
    const { scene, scene: { camera } } = this;
    const ratio = 2;
    const work = scene.paint(camera.width, camera.height, ratio, AT_REST);
    let step = work.next();
    while (!step.done) step = work.next();
    const { canvas } = step.value;
    const ctx = (canvas.getContext("2d"));
    if (this.state.selected >= 0) {
      ctx.setTransform(1, 0, 0, 1, 0, 0);
      ctx.globalAlpha = 0.75;
      ctx.fillStyle = this.theme.inks.page;
      ctx.fillRect(0, 0, canvas.width, canvas.height);
      ctx.globalAlpha = 1;
    }
    scene.drawAbove(ctx, ratio, this.state.selected);
    return new Promise((resolve, reject) => canvas.toBlob((blob) => blob ? resolve(blob) : reject(new Error("no picture")), "image/png"));
  }
  svg() {
    const { scene, scene: { camera }, theme, state, state: { model, visible } } = this;
    const { width, height } = camera;
    const { inks } = theme;
    const grouping = state.grouping;
    const px = (value) => String(Math.round(value * 10) / 10);
    const title = xml(document.title);
    const out = [`<?xml version="1.0" encoding="UTF-8"?>\n<svg xmlns="http://www.w3.org/2000/svg" width="${px(width)}" height="${px(height)}" viewBox="0 0 ${px(width)} ${px(height)}" role="img"><title>${title}</title>`];
    out.push(`<rect width="100%" height="100%" fill="${inks.page}"/>`);
    const paths = new Map();
    let count = 0;
    const step = Math.max(1, Math.ceil(model.edges / LINES_IN_SVG));
    for (let e = 0; e < model.edges; e += step) {
      const [a, b] = [model.from[e], model.to[e]];
      if (!visible[a] || !visible[b]) continue;
      const [x0, y0] = camera.toScreen(model.x[a], model.y[a]);
      const [x1, y1] = camera.toScreen(model.x[b], model.y[b]);
      if (Math.max(x0, x1) < 0 || Math.max(y0, y1) < 0 || Math.min(x0, x1) > width || Math.min(y0, y1) > height) continue;
      const same = grouping && grouping.of[a] === grouping.of[b];
      const colour = same ? theme.colour(grouping.of[a]) : theme.palette.others;
      const path = paths.get(colour) || [];
      path.push(`M${px(x0)} ${px(y0)}L${px(x1)} ${px(y1)}`);
      paths.set(colour, path);
      count++;
    }
    const opacity = Math.min(0.4, Math.max(0.04, 9 / Math.sqrt(count + 1))).toFixed(3);
    for (const [colour, path] of paths) {
      for (let k = 0; k < path.length; k += 40) out.push(`<path d="${path.slice(k, k + 40).join("")}" fill="none" stroke="${colour}" stroke-opacity="${opacity}" stroke-width="0.8"/>`);
    }
    for (let i = model.count - 1; i >= 0; i--) {
      if (!visible[i]) continue;
      const [x, y] = camera.toScreen(model.x[i], model.y[i]);
      const size = Math.min(46, onScreen(model.radius[i], camera.scale));
      if (x < -size || y < -size || x > width + size || y > height + size) continue;
      const { colour, shape, hollow, page } = scene.look(i, 1);
      const paint = hollow ? `fill="${page}" stroke="${colour}" stroke-width="${px(Math.min(2, size / 2))}"`
        : `fill="${colour}"${shape === 1 ? ` stroke="${inks.ink}"` : ""}`;
      const drawn = shape === 2 ? `<rect x="${px(x - size / 1.13)}" y="${px(y - size / 1.13)}" width="${px(size * 1.77)}" height="${px(size * 1.77)}" ${paint}>`
        : shape === 3 ? `<path d="M${px(x)} ${px(y - size / 0.8)}l${px(size / 0.8)} ${px(size / 0.8)}l${px(-size / 0.8)} ${px(size / 0.8)}l${px(-size / 0.8)} ${px(-size / 0.8)}z" ${paint}>`
          : `<circle cx="${px(x)}" cy="${px(y)}" r="${px(size)}" ${paint}>`;
      out.push(`${drawn}<title>${xml(model.name(i))}</title></${shape === 2 ? "rect" : shape === 3 ? "path" : "circle"}>`);
    }
    for (const label of [...scene.labels, ...scene.names]) {
      const [x, y] = label.fixed ? [0, camera.toScreen(0, label.y)[1]] : camera.toScreen(label.x, label.y);
      const bold = label.font.startsWith("700");
      out.push(`<text x="${px(x + label.dx)}" y="${px(y + label.dy)}" font-family="system-ui, sans-serif" font-size="${label.size}"${bold ? ' font-weight="700"' : ""} fill="${label.colour}" stroke="${inks.page}" stroke-width="${label.halo}" stroke-linejoin="round" paint-order="stroke">${xml(label.text)}</text>`);
    }
    out.push("</svg>\n");
    return out.join("\n");
  }
  bibtex() {
    const { model } = this.state;
    const used = new Map();
    const entries = this.chosen().map((i) => {
      const authors = model.authors(i);
      const family = (authors[0] || "").trim().split(/\s+/).pop() || "anonymous";
      const word = model.name(i).split(/[^\p{L}\p{N}]+/u).find((one) => one.length > 3) || "";
      const base = `${ascii(family) || "anonymous"}${model.years[i] || ""}${ascii(word)}`;
      const before = used.get(base) || 0;
      used.set(base, before + 1);
      const key = before ? `${base}-${before + 1}` : base;
      const fields = [];
      if (model.titles[i]) fields.push(["title", `{${tex(model.titles[i])}}`]);
      if (authors.length) fields.push(["author", authors.map((name) => / and /i.test(name) ? `{${tex(name)}}` : tex(name)).join(" and ")]);
      if (model.years[i]) fields.push(["year", String(model.years[i])]);
      const venue = model.venue(i);
      if (venue) fields.push(["journal", tex(venue)]);
      for (const [name, address] of model.links(i)) {
        if (name === "DOI") fields.push(["doi", tex(address.slice(model.header.links.DOI.length))]);
        if (name === "arXiv") fields.push(["eprint", tex(address.slice(model.header.links.arXiv.length))], ["archiveprefix", "arXiv"]);
        if (name === "Source") fields.push(["url", tex(address)]);
      }
      fields.push(["note", tex(model.ids[i])]);
      return `@${venue ? "article" : "misc"}{${key},\n${fields.map(([name, value]) => `  ${name} = {${value}},\n`).join("")}}\n`;
    });
    return entries.join("\n");
  }
  csv() {
    const { model, clusters } = this.state;
    const people = model.header.of === "coauthors";
    const head = people ? ["id", "name", "latest_paper", "cluster"] : ["id", "title", "authors", "year", "venue", "categories", "cluster", "in_corpus", "url"];
    const rows = this.chosen().map((i) => {
      const cluster = clusters && clusters.of[i] ? clusters.names[clusters.of[i] - 1] : "";
      const year = model.years[i] || "";
      const told = people ? [model.ids[i], model.titles[i], year, cluster] : [
        model.ids[i], model.titles[i], model.authors(i).join("; "), year, model.venue(i), model.categories(i).join("; "), cluster,
        model.inCorpus[i] ? "true" : "false", model.links(i)[0]?.[1] || "",
      ];
      return [...told, ...model.header.measures.map(({ key }) => model.measures.get(key)?.[i] ?? "")];
    });
    const all = [[...head, ...model.header.measures.map((one) => one.label.toLowerCase().replace(/\W/g, "_"))], ...rows];
    return all.map((row) => `${row.map(field).join(",")}\r\n`).join("");
  }
}
function field(value) {
  let text = String(value);
  if (typeof value === "string" && /^[=+\-@\t\r]/.test(text)) text = `'${text}`;
  return /[",\r\n]/.test(text) ? `"${text.replace(/"/g, '""')}"` : text;
}
const ascii = (text) => text.normalize("NFKD").replace(/[^A-Za-z0-9]/g, "");
function tex(text) {
  const signs = { "\\": "\\textbackslash ", "{": "\\{", "}": "\\}", "~": "\\textasciitilde ", "^": "\\textasciicircum " };
  return text.replace(/\s+/g, " ").replace(/[\\{}~^]/g, (sign) => signs[sign]).replace(/[&%$#_]/g, "\\$&");
}
function xml(text) {
  return text
    .replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g, "\ufffd")
    .replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/>/g, "&gt;").replace(/"/g, "&quot;");
}
// panel.js
const AT_ONCE = 100;
class Panel {
  constructor(state, scene, theme, exports) {
    this.state = state;
    this.scene = scene;
    this.theme = theme;
    this.exports = exports;
    this.panel = element("panel");
    this.evidence = null;
    state.on(["selected", "colour", "theme"], () => this.show());
    state.on(["marked"], () => this.tellMark());
  }
  show() {
    const i = this.state.selected;
    this.panel.hidden = i < 0;
    document.body.classList.toggle("selecting", i >= 0);
    if (i >= 0) this.fill(i);
  }
  fill(i) {
    const { model } = this.state;
    const close = button("close", "×", () => {
      this.state.select(-1);
      element("map").focus();
    });
    close.setAttribute("aria-label", "Close");
    const title = make("h2", "", model.name(i));
    title.id = "panel-title";
    title.tabIndex = -1;
    this.panel.replaceChildren(close, title);
    const names = model.authors(i);
    if (names.length) {
      const more = names.length > 40 ? ` and ${number(names.length - 40)} more` : "";
      this.panel.append(make("p", "authors soft", names.slice(0, 40).join(", ") + more));
    }
    const row = make("p", "links");
    for (const [word, address] of model.links(i)) {
      const link = make("a", "", word);
      link.href = address;
      link.target = "_blank";
      link.rel = "noopener noreferrer";
      row.append(link);
    }
    this.markButton = button("mark", "", () => this.state.mark(i));
    row.append(this.markButton);
    this.panel.append(row);
    this.tellMark();
    this.panel.append(this.facts(i), ...this.lists(i));
    this.panel.scrollTop = 0;
  }
  tellMark() {
    if (!this.markButton || this.state.selected < 0) return;
    const on = this.state.marked.has(this.state.selected);
    this.markButton.textContent = on ? "✓ On the list" : "Add to list";
    this.markButton.setAttribute("aria-pressed", String(on));
  }
  facts(i) {
    const { model } = this.state;
    const list = make("dl");
    const row = (term, value) => {
      const description = make("dd", "", value);
      if (value !== "") list.append(make("dt", "", term), description);
      return description;
    };
    row(model.header.of === "coauthors" ? "Latest paper" : "Year", model.years[i] || "");
    row("Venue", model.venue(i));
    row("Categories", model.categories(i).join(", "));
    for (const { key } of model.header.groupings) {
      const grouping = model.groupings.get(key);
      const group = grouping?.of[i];
      if (!grouping || !group) continue;
      const colour = this.theme.colourIn(group, grouping);
      const shape = Math.floor((group - 1) / 12) % 4;
      row(grouping.label.replace(/s$/, "").replace("Groups", "Group"), short(grouping.names[group - 1])).prepend(sign(colour, shape), " ");
    }
    for (const { key, label, float } of model.header.measures) {
      const value = model.measures.get(key)?.[i] || 0;
      const rank = key === model.header.measures[0].key ? ` (rank ${number(i + 1)})` : "";
      row(label, (float ? value.toPrecision(3) : number(value)) + rank);
    }
    row("Id", model.ids[i]);
    if (!model.inCorpus[i]) row("Status", "cited only: no record of its own in this graph");
    return list;
  }
  lists(i) {
    const { model } = this.state;
    const { cites, citedBy } = model.neighbours(i);
    if (model.directed) {
      const inAll = (key) => model.measures.get(key)?.[i] || 0;
      return [
        this.neighbours("cites", "→", "Cites", inAll("cites"), cites),
        this.neighbours("cited-by", "←", "Cited by", inAll("citedBy"), citedBy),
      ];
    }
    const all = [...cites, ...citedBy].sort((a, b) => this.weight(b[1]) - this.weight(a[1]) || a[0] - b[0]);
    const word = model.header.of === "coauthors" ? "Wrote with" : "Cited together with";
    return [this.neighbours("cited-by", "—", word, all.length, all)];
  }
  weight(edge) {
    return this.state.model.weights ? this.state.model.weights[edge] : 1;
  }
  neighbours(className, mark, word, inAll, list) {
    const section = make("details", className);
    section.open = list.length > 0;
    const summary = make("summary");
    const arrow = make("span", "arrow", mark);
    arrow.setAttribute("aria-hidden", "true");
    const heading = make("h3");
    heading.append(arrow, ` ${word} ${number(inAll)}`);
    summary.append(heading);
    section.append(summary);
    if (list.length < inAll) section.append(make("p", "soft", `${number(list.length)} of them on this map`));
    const items = make("ul");
    let shown = 0;
    const more = button("more", "", () => add());
    const add = () => {
      items.append(...list.slice(shown, shown + AT_ONCE).map(([other, edge]) => this.item(other, edge)));
      shown = Math.min(list.length, shown + AT_ONCE);
      more.textContent = `Show ${number(Math.min(AT_ONCE, list.length - shown))} more of ${number(list.length - shown)}`;
      more.hidden = shown === list.length;
    };
    add();
    section.append(items, more);
    return section;
  }
  item(other, edge) {
    const { model } = this.state;
    const item = make("li");
    const go = button("name", model.name(other), () => this.go(other));
    const told = model.directed ? model.years[other] || "" : `${number(this.weight(edge))}×`;
    if (told) go.append(make("span", "soft", ` ${told}`));
    item.append(go);
    if (model.directed && document.getElementById("evidence")) {
      const why = button("why", "Why?", () => this.explain(item, why, edge));
      why.setAttribute("aria-expanded", "false");
      why.setAttribute("aria-label", `Why is there a citation: ${model.name(other)}`);
      item.append(why);
    }
    return item;
  }
  async explain(item, why, edge) {
    const open = item.querySelector(".evidence");
    why.setAttribute("aria-expanded", String(!open));
    if (open) return open.remove();
    this.evidence ??= unpack("evidence").then((data) => ({
      evidence: data.text("evidence"), basis: data.uint("basis"), bases: data.header.bases || [],
      files: data.text("fileNames"), file: data.uint("file"), line: data.uint("line"),
    }));
    const { evidence, basis, bases, files, file, line } = await this.evidence;
    const box = make("div", "evidence");
    if (evidence[edge]) box.append(make("blockquote", "", evidence[edge]));
    const from = file[edge] ? `${files[file[edge] - 1]}${line[edge] ? `:${line[edge]}` : ""}` : "";
    const told = [bases[basis[edge]], from].filter((one) => one).join(" · ");
    box.append(make("p", "soft", told || "Nothing is known of where this citation was read."));
    item.append(box);
  }
  go(i) {
    reveal(this.state, i);
    this.scene.flyTo(i, false);
    element("panel-title").focus({ preventScroll: true });
  }
}
function reveal(state, i) {
  if (!state.visible[i]) state.reset();
  state.select(i);
}
// fragment.js
class Fragment {
  constructor(state, scene, search) {
    this.state = state;
    this.scene = scene;
    this.search = search;
    this.timer = 0;
    this.written = "";
    state.on(["selected", "filters", "search", "colour", "size", "layout"], () => {
      clearTimeout(this.timer);
      this.timer = window.setTimeout(() => this.write(), 150);
    });
    addEventListener("hashchange", () => {
      if (location.hash !== this.written) this.read();
    });
  }
  write() {
    const { state, state: { model, span } } = this;
    const told = new URLSearchParams();
    if (state.layout !== model.header.layout) told.set("layout", state.layout);
    if (state.colour !== (model.header.groupings[0]?.key || (model.groupings.has("year") ? "year" : "none"))) told.set("colour", state.colour);
    if (state.size !== model.header.measures[0]?.key) told.set("size", state.size);
    if (state.years[0] > span[0] || state.years[1] < span[1]) told.set("years", state.years.join("-"));
    if (state.least) told.set("least", String(state.least));
    if (!state.citedOnly) told.set("cited-only", "no");
    if (state.hidden.size && state.grouping) {
      const groups = state.grouping.names.length + 1;
      const hidden = [...state.hidden].sort((a, b) => a - b);
      const shown = Array.from({ length: groups }, (_, k) => k).filter((group) => !state.hidden.has(group));
      if (shown.length < hidden.length) told.set("clusters", shown.join("."));
      else told.set("hidden", hidden.join("."));
    }
    if (state.query.trim()) told.set("search", state.query);
    if (state.selected >= 0) told.set("selected", model.ids[state.selected]);
    const text = told.toString();
    const hash = text ? `#${text}` : "";
    if (hash === location.hash) return;
    try {
      history.replaceState(null, "", hash || location.href.split("#")[0]);
      this.written = location.hash;
    } catch {
      this.written = hash;
    }
  }
  read() {
    const told = new URLSearchParams(location.hash.slice(1));
    const { state, state: { model, span } } = this;
    state.setLayout(told.get("layout") || model.header.layout);
    state.setColour(told.get("colour") || model.header.groupings[0]?.key || (model.groupings.has("year") ? "year" : "none"));
    state.setSize(told.get("size") || model.header.measures[0]?.key || "");
    const years = /^(\d{1,4})-(\d{1,4})$/.exec(told.get("years") || "");
    state.years = years ? [Math.max(span[0], Number(years[1])), Math.min(span[1], Number(years[2]))] : [...span];
    const least = Number(told.get("least"));
    state.least = least > 0 && Number.isFinite(least) ? Math.floor(least) : 0;
    state.citedOnly = told.get("cited-only") !== "no";
    const groups = (state.grouping?.names.length || 0) + 1;
    const numbers = (text) => new Set(text.split(".").map(Number).filter((group) => Number.isInteger(group) && group >= 0 && group < groups));
    state.hidden = numbers(told.get("hidden") || "-");
    if (told.has("clusters")) {
      const shown = numbers(told.get("clusters") || "");
      for (let group = 0; group < groups; group++) if (!shown.has(group)) state.hidden.add(group);
    }
    state.filter();
    if ((told.get("search") || "") !== state.query) this.search.run(told.get("search") || "");
    const selected = model.positionOf.get(told.get("selected") || "");
    if (selected !== undefined) {
      reveal(state, selected);
      this.scene.flyTo(selected, true);
    } else state.select(-1);
    return location.hash.length > 1;
  }
}
// hands.js
class Hands {
  constructor(state, scene, search, table) {
    this.state = state;
    this.scene = scene;
    this.search = search;
    this.table = table;
    this.frame = element("map");
    this.tooltip = element("tooltip");
    this.down = new Map();
    this.travelled = 0;
    this.boxFrom = null;
    const { frame } = this;
    frame.addEventListener("pointerdown", (event) => this.press(event));
    frame.addEventListener("pointermove", (event) => this.move(event));
    frame.addEventListener("pointerup", (event) => this.release(event));
    frame.addEventListener("pointercancel", (event) => {
      this.down.delete(event.pointerId);
      this.endBox();
    });
    frame.addEventListener("pointerleave", () => this.leave());
    frame.addEventListener("wheel", (event) => {
      event.preventDefault();
      const [x, y] = this.point(event);
      const lines = event.deltaMode === 1 ? 30 : 1;
      scene.camera.zoom(Math.exp(-Math.max(-120, Math.min(120, event.deltaY * lines)) * (event.ctrlKey ? 0.01 : 0.0022)), x, y);
      this.leave();
    }, { passive: false });
    frame.addEventListener("dblclick", (event) => {
      const [x, y] = this.point(event);
      if (scene.at(x, y) < 0) scene.camera.zoom(2, x, y);
    });
    frame.addEventListener("keydown", (event) => this.key(event));
    document.addEventListener("keydown", (event) => this.anywhere(event));
    const { camera } = scene;
    const free = () => {
      scene.fitting = false;
    };
    for (const kind of ["pointerdown", "wheel", "keydown"]) frame.addEventListener(kind, free, { capture: true, passive: true });
    for (const id of ["zoom-in", "zoom-out"]) element(id).addEventListener("click", free);
    element("zoom-in").addEventListener("click", () => camera.fly(camera.x, camera.y, camera.scale * 1.5));
    element("zoom-out").addEventListener("click", () => camera.fly(camera.x, camera.y, camera.scale / 1.5));
    element("fit").addEventListener("click", () => scene.fit(true));
    for (const id of ["help", "table"]) {
      const dialog = element(id);
      dialog.addEventListener("click", (event) => {
        if (event.target === dialog) dialog.close();
      });
    }
    element("open-help").addEventListener("click", () => (element("help")).showModal());
    element("close-help").addEventListener("click", () => (element("help")).close());
    state.on(["hovered"], () => {
      if (state.hovered < 0) this.hideTooltip();
    });
  }
  point(event) {
    const { left, top } = this.frame.getBoundingClientRect();
    return [event.clientX - left, event.clientY - top];
  }
  press(event) {
    if (event.button !== 0) return;
    const point = this.point(event);
    this.frame.setPointerCapture(event.pointerId);
    this.down.set(event.pointerId, point);
    this.travelled = this.down.size > 1 ? Infinity : 0;
    if (event.shiftKey) this.boxFrom = point;
    this.leave();
  }
  move(event) {
    const [x, y] = this.point(event);
    const before = this.down.get(event.pointerId);
    if (!before) {
      if (event.pointerType === "mouse" || event.pointerType === "pen") this.hover(x, y);
      return;
    }
    this.travelled += Math.hypot(x - before[0], y - before[1]);
    const { camera } = this.scene;
    if (this.boxFrom) this.drawBox(x, y);
    else if (this.down.size === 2) {
      const other = [...this.down].find(([id]) => id !== event.pointerId)?.[1] || before;
      const [was, is] = [Math.hypot(before[0] - other[0], before[1] - other[1]), Math.hypot(x - other[0], y - other[1])];
      camera.pan((before[0] - x) / 2, (before[1] - y) / 2);
      if (was > 0) camera.zoom(is / was, (x + other[0]) / 2, (y + other[1]) / 2);
    } else if (this.travelled > 4) {
      camera.pan(before[0] - x, before[1] - y);
      this.frame.classList.add("dragging");
    }
    this.down.set(event.pointerId, [x, y]);
  }
  release(event) {
    if (!this.down.delete(event.pointerId)) return;
    this.frame.classList.remove("dragging");
    const [x, y] = this.point(event);
    if (this.boxFrom && this.travelled > 4) this.takeBox(x, y);
    else if (this.travelled <= 4) {
      const under = this.scene.at(x, y);
      if (event.shiftKey && under >= 0) this.state.mark(under);
      else this.state.select(under);
    }
    this.endBox();
  }
  drawBox(x, y) {
    if (!this.boxFrom) return;
    const box = element("box");
    box.hidden = false;
    box.style.left = `${Math.min(x, this.boxFrom[0])}px`;
    box.style.top = `${Math.min(y, this.boxFrom[1])}px`;
    box.style.width = `${Math.abs(x - this.boxFrom[0])}px`;
    box.style.height = `${Math.abs(y - this.boxFrom[1])}px`;
  }
  takeBox(x, y) {
    if (!this.boxFrom) return;
    const { camera, picker } = this.scene;
    const [left, top] = camera.toMap(Math.min(x, this.boxFrom[0]), Math.min(y, this.boxFrom[1]));
    const [right, bottom] = camera.toMap(Math.max(x, this.boxFrom[0]), Math.max(y, this.boxFrom[1]));
    picker.inside({ left, top, right, bottom }, (i) => this.state.marked.add(i));
    this.state.tell("marked");
  }
  endBox() {
    this.boxFrom = null;
    element("box").hidden = true;
  }
  hover(x, y) {
    const { state, tooltip } = this;
    const under = this.scene.at(x, y);
    this.frame.style.cursor = under >= 0 ? "pointer" : "";
    if (under >= 0 && under !== state.hovered) {
      const { model } = state;
      tooltip.replaceChildren(
        make("strong", "", model.name(under)), make("span", "soft", model.facts(under)), make("br"), make("span", "soft", model.ids[under]));
      tooltip.hidden = false;
    }
    state.hover(under);
    if (under < 0) return;
    const { width, height } = tooltip.getBoundingClientRect();
    tooltip.style.left = `${x + 16 + width < innerWidth ? x + 16 : Math.max(8, x - 16 - width)}px`;
    tooltip.style.top = `${Math.max(8, y + 16 + height < innerHeight ? y + 16 : y - 12 - height)}px`;
  }
  leave() {
    this.state.hover(-1);
    this.hideTooltip();
  }
  hideTooltip() {
    this.tooltip.hidden = true;
  }
  key(event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const { scene, scene: { camera }, state } = this;
    const step = event.shiftKey ? 240 : 80;
    const ways = { ArrowLeft: [-step, 0], ArrowRight: [step, 0], ArrowUp: [0, -step], ArrowDown: [0, step] };
    if (ways[event.key]) camera.pan(...ways[event.key]);
    else if (event.key === "+" || event.key === "=") camera.fly(camera.x, camera.y, camera.scale * 1.4);
    else if (event.key === "-") camera.fly(camera.x, camera.y, camera.scale / 1.4);
    else if (event.key === "0") scene.fit(true);
    else if (event.key === "n" || event.key === "p") this.next(event.key === "n" ? 1 : -1);
    else if (event.key === "m" && state.selected >= 0) state.mark(state.selected);
    else if (event.key === "Enter" && state.selected >= 0) element("panel-title").focus();
    else return;
    event.preventDefault();
  }
  next(step) {
    const { state, state: { visible, selected, model, hits } } = this;
    const among = hits ? hits.filter((i) => visible[i]).sort((a, b) => a - b) : null;
    if (among) {
      if (!among.length) return;
      const at = among.indexOf(selected);
      state.select(among[at < 0 ? (step > 0 ? 0 : among.length - 1) : (at + step + among.length) % among.length]);
    } else {
      let i = selected < 0 && step < 0 ? 0 : selected;
      for (let k = 0; k < model.count; k++) {
        i = (i + step + model.count) % model.count;
        if (visible[i]) break;
      }
      if (!model.count || !visible[i]) return;
      state.select(i);
    }
    this.scene.flyTo(state.selected, false);
  }
  anywhere(event) {
    const { target } = event;
    const typing = target instanceof HTMLInputElement && target.type === "search";
    const plain = !event.ctrlKey && !event.metaKey && !event.altKey;
    if (document.querySelector("dialog[open]")) return;
    if (event.key === "Escape") this.escape(typing);
    else if (typing || !plain || target instanceof HTMLSelectElement) return;
    else if (event.key === "/") {
      this.search.input.focus();
      this.search.input.select();
    } else if (event.key === "t") this.table.open();
    else if (event.key === "l") {
      const names = Object.keys(this.state.model.layouts);
      this.state.setLayout(names[(names.indexOf(this.state.layout) + 1) % names.length]);
    } else if (event.key === "?") (element("help")).showModal();
    else return;
    event.preventDefault();
  }
  escape(typing) {
    const { state } = this;
    const open = state.selected >= 0;
    state.hover(-1);
    if (open) state.select(-1);
    if (state.hits !== null) this.search.clear();
    else if (typing) this.search.input.blur();
    if (open && !typing) this.frame.focus();
  }
}
// legend.js
const GROUPS_LISTED = 24;
class Legend {
  constructor(state, theme, scene) {
    this.state = state;
    this.theme = theme;
    this.scene = scene;
    this.all = false;
    this.choices();
    this.years();
    this.least();
    const citedOnly = (element("cited-only"));
    const hollow = state.model.inCorpus.reduce((sum, one) => sum + (one ? 0 : 1), 0);
    element("cited-only-row").hidden = hollow === 0;
    element("cited-only-count").textContent = number(hollow);
    citedOnly.addEventListener("change", () => {
      state.citedOnly = citedOnly.checked;
      state.filter();
    });
    element("reset").addEventListener("click", () => state.reset());
    state.on(["colour", "theme"], () => this.draw());
    state.on(["filters"], () => this.update());
    state.on(["colour", "size", "layout"], () => this.update());
    this.draw();
    this.update();
  }
  choices() {
    const { state, state: { model } } = this;
    const fill = (id, options, choose) => {
      const select = element(id);
      select.replaceChildren(...options.map(([value, text]) => {
        const option = make("option", "", text);
        option.value = value;
        return option;
      }));
      element(`${id}-row`).hidden = options.length < 2;
      select.addEventListener("change", () => choose(select.value));
    };
    const colours = [...model.groupings.values()].map((one) => [one.key, one.label]);
    fill("colour", [...colours, ["none", "One colour"]], (key) => state.setColour(key));
    fill("size", model.header.measures.slice(0, model.header.sizedBy).map((one) => [one.key, one.label]), (key) => state.setSize(key));
    fill("layout", Object.keys(model.layouts).map((name) => [name, name === "map" ? "Map" : "Timeline"]), (name) => state.setLayout(name));
    const theme = element("theme");
    theme.addEventListener("change", () => {
      state.theme = (theme.value);
      this.theme.read();
    });
  }
  draw() {
    const { grouping, model } = this.state;
    const list = element("clusters");
    element("ramp").hidden = !grouping?.ordered;
    element("legend-title").textContent = grouping ? grouping.label : "Colours";
    if (!grouping || grouping.ordered) {
      list.replaceChildren();
      element("legend-more").hidden = true;
      if (grouping) this.drawRamp();
      element("legend").hidden = !grouping;
      return;
    }
    element("legend").hidden = false;
    const groups = grouping.names.map((_, k) => k + 1);
    const shown = this.all || groups.length <= GROUPS_LISTED + 3 ? groups : groups.slice(0, GROUPS_LISTED);
    const rows = shown.map((group) => this.row(group, short(grouping.names[group - 1]), grouping.sizes[group]));
    if (grouping.sizes[0]) rows.push(this.row(0, grouping.key === "category" ? "no category" : "in no cluster", grouping.sizes[0]));
    list.replaceChildren(...rows);
    const more = element("legend-more");
    const rest = groups.slice(GROUPS_LISTED).reduce((sum, group) => sum + grouping.sizes[group], 0);
    more.hidden = groups.length <= GROUPS_LISTED + 3;
    more.textContent = this.all ? "Show fewer" : `${number(groups.length - GROUPS_LISTED)} smaller ones, ${number(rest)} ${model.header.words[0][1]}`;
    more.onclick = () => {
      this.all = !this.all;
      this.draw();
    };
    this.press();
  }
  row(group, name, size) {
    const item = make("li");
    const made = make("button");
    made.type = "button";
    made.title = name;
    made.dataset.group = String(group);
    made.append(sign(this.theme.colour(group), this.theme.shape(group)), make("span", "name", name), make("span", "count", number(size)));
    made.addEventListener("click", (event) => this.toggle(group, event.shiftKey));
    item.append(made);
    return item;
  }
  toggle(group, only) {
    const { hidden, grouping } = this.state;
    if (!grouping) return;
    if (only) {
      const alone = !hidden.has(group) && hidden.size >= grouping.names.length - (grouping.sizes[0] ? 0 : 1);
      hidden.clear();
      if (!alone) for (let other = 0; other <= grouping.names.length; other++) if (other !== group && grouping.sizes[other]) hidden.add(other);
    } else if (!hidden.delete(group)) hidden.add(group);
    this.state.filter();
  }
  press() {
    for (const item of element("clusters").children) {
      const made = (item.firstElementChild);
      made.setAttribute("aria-pressed", String(!this.state.hidden.has(Number(made.dataset.group))));
    }
  }
  drawRamp() {
    const { years, span } = { years: this.theme.palette.years, span: this.state.span };
    element("ramp-bar").style.background = `linear-gradient(to right, ${years.join(", ")})`;
    element("ramp-first").textContent = String(span[0]);
    element("ramp-last").textContent = String(span[1]);
  }
  years() {
    const { state, state: { model, span } } = this;
    const known = span[0] <= span[1] && span[0] !== span[1];
    element("years").hidden = !known;
    if (!known) return;
    const bins = Math.min(60, span[1] - span[0] + 1);
    const counts = new Uint32Array(bins);
    for (const year of model.years) if (year) counts[Math.floor(((year - span[0]) * bins) / (span[1] - span[0] + 1))]++;
    const most = counts.reduce((a, b) => Math.max(a, b), 1);
    element("histogram").replaceChildren(...Array.from(counts, (count) => {
      const bar = make("i");
      bar.style.height = `${count ? Math.max(6, (100 * count) / most) : 0}%`;
      return bar;
    }));
    for (const [id, side] of ([["year-from", 0], ["year-to", 1]])) {
      const input = element(id);
      input.min = String(span[0]);
      input.max = String(span[1]);
      input.addEventListener("input", () => {
        state.years[side] = Number(input.value);
        if (state.years[0] > state.years[1]) state.years[1 - side] = state.years[side];
        later(() => state.filter());
        this.tellYears();
      });
    }
  }
  tellYears() {
    const { years, span, model } = this.state;
    if (span[0] >= span[1]) return;
    const unknown = model.years.reduce((sum, year) => sum + (year ? 0 : 1), 0);
    const narrowed = years[0] > span[0] || years[1] < span[1];
    element("years-told").textContent = `${years[0]}–${years[1]}${narrowed && unknown ? `, without ${number(unknown)} of unknown year` : ""}`;
    for (const [id, side] of ([["year-from", 0], ["year-to", 1]])) {
      (element(id)).value = String(years[side]);
    }
    const bars = element("histogram").children;
    const width = (span[1] - span[0] + 1) / bars.length;
    for (let k = 0; k < bars.length; k++) {
      const [first, last] = [span[0] + k * width, span[0] + (k + 1) * width - 1];
      bars[k].classList.toggle("out", last < years[0] || first > years[1]);
    }
  }
  least() {
    const { state, state: { model } } = this;
    const values = model.least ? model.measures.get(model.least.key) : undefined;
    let most = 0;
    if (values) for (const value of values) most = Math.max(most, value);
    element("least-row").hidden = most < 2;
    element("least-label").textContent = model.least?.label || "";
    const steps = [0];
    for (let value = 1; value <= most; value = Math.max(value + 1, nice(value * 1.25))) steps.push(value);
    this.steps = steps;
    const input = element("least");
    input.max = String(steps.length - 1);
    input.addEventListener("input", () => {
      state.least = steps[Number(input.value)];
      this.tellLeast();
      later(() => state.filter());
    });
  }
  tellLeast() {
    const { least } = this.state;
    element("least-told").textContent = number(least);
    const input = element("least");
    const at = (this.steps || [0]).findIndex((step) => step >= least);
    input.value = String(at < 0 ? (this.steps || [0]).length - 1 : at);
    input.setAttribute("aria-valuetext", `at least ${least}`);
  }
  update() {
    const { state } = this;
    this.press();
    this.tellYears();
    this.tellLeast();
    (element("cited-only")).checked = state.citedOnly;
    for (const [id, value] of [["colour", state.colour], ["size", state.size], ["layout", state.layout], ["theme", state.theme]]) {
      (element(id)).value = value;
    }
    const told = element("visible");
    const filtered = state.filtered;
    told.textContent = filtered ? this.scene.told().text : "";
    element("filtered").hidden = !filtered;
  }
}
let asked = 0;
function later(act) {
  cancelAnimationFrame(asked);
  asked = requestAnimationFrame(act);
}
function nice(value) {
  const digit = Math.pow(10, Math.max(0, Math.floor(Math.log10(value)) - 1));
  return Math.round(value / digit) * digit;
}
// camera.js
const calm = matchMedia("(prefers-reduced-motion: reduce)");
class Camera {
  constructor(moved) {
    this.moved = moved;
    this.x = 0;
    this.y = 0;
    this.scale = 1;
    this.fitted = 1;
    this.width = 1;
    this.height = 1;
    this.flight = 0;
  }
  toScreen(x, y) {
    return [(x - this.x) * this.scale + this.width / 2, (y - this.y) * this.scale + this.height / 2];
  }
  toMap(x, y) {
    return [(x - this.width / 2) / this.scale + this.x, (y - this.height / 2) / this.scale + this.y];
  }
  get limits() {
    return [this.fitted * 0.35, Math.max(this.fitted * 60, 6)];
  }
  place(x, y, scale) {
    cancelAnimationFrame(this.flight);
    this.flight = 0;
    this.set(x, y, scale);
  }
  set(x, y, scale) {
    const [low, high] = this.limits;
    this.x = x;
    this.y = y;
    this.scale = Math.min(high, Math.max(low, scale));
    this.moved();
  }
  pan(dx, dy) {
    this.place(this.x + dx / this.scale, this.y + dy / this.scale, this.scale);
  }
  zoom(factor, x, y) {
    const [mapX, mapY] = this.toMap(x, y);
    const [low, high] = this.limits;
    const scale = Math.min(high, Math.max(low, this.scale * factor));
    this.place(mapX - (x - this.width / 2) / scale, mapY - (y - this.height / 2) / scale, scale);
  }
  fly(x, y, scale, animated = true) {
    if (!animated || calm.matches) return this.place(x, y, scale);
    cancelAnimationFrame(this.flight);
    const [x0, y0, s0] = [this.x, this.y, this.scale];
    const begin = performance.now();
    const step = () => {
      const part = Math.min(1, (performance.now() - begin) / 420);
      const eased = part < 0.5 ? 2 * part * part : 1 - 2 * (1 - part) * (1 - part);
      const s = s0 * Math.pow(scale / s0, eased);
      const way = Math.abs(scale - s0) < 1e-6 * s0 ? eased : (1 / s0 - 1 / s) / (1 / s0 - 1 / scale);
      this.set(x0 + (x - x0) * way, y0 + (y - y0) * way, s);
      this.flight = part < 1 ? requestAnimationFrame(step) : 0;
    };
    this.flight = requestAnimationFrame(step);
  }
  get flying() {
    return this.flight !== 0;
  }
  fit(box, room, animated) {
    const [width, height] = [room.right - room.left, room.bottom - room.top];
    const scale = Math.min(4, width / Math.max(box.right - box.left, 1), height / Math.max(box.bottom - box.top, 1));
    this.fitted = scale;
    const x = (box.left + box.right) / 2 - ((room.left + room.right) / 2 - this.width / 2) / scale;
    const y = (box.top + box.bottom) / 2 - ((room.top + room.bottom) / 2 - this.height / 2) / scale;
    this.fly(x, y, scale, animated);
  }
}
// labels.js
const FONT = 'system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", sans-serif';
const cut = (text, length) => text.length > length ? `${text.slice(0, length - 1).trimEnd()}…` : text;
class Taken {
  constructor(width, height) {
    this.columns = Math.ceil(width / 64) + 1;
    this.rows = Math.ceil(height / 64) + 1;
    this.cells = Array.from({ length: this.columns * this.rows }, () => []);
  }
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
  add(box) {
    this.over(box, (cell) => {
      cell.push(box);
      return false;
    });
  }
  isFree(box) {
    return !this.over(box, (cell) => cell.some((other) =>
      box.left < other.right && box.right > other.left && box.top < other.bottom && box.bottom > other.top));
  }
}
const measuring = (document.createElement("canvas").getContext("2d"));
const widths = new Map();
function widthOf(text, font) {
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
class Sprites {
  constructor() {
    this.kept = new Map();
  }
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
      const into = (sprite.getContext("2d"));
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
// state.js
class State {
  constructor(model) {
    this.model = model;
    const { header } = model;
    this.layout = header.layout;
    this.size = header.measures[0]?.key || "";
    this.colour = header.groupings[0]?.key || (model.groupings.has("year") ? "year" : "none");
    this.hidden = new Set();
    this.years = model.years.reduce(
      ([low, high], year) => year ? [Math.min(low, year), Math.max(high, year)] : [low, high], [Infinity, -Infinity]);
    this.span = [this.years[0], this.years[1]];
    this.least = 0;
    this.citedOnly = true;
    this.theme = "auto";
    this.selected = -1;
    this.hovered = -1;
    this.query = "";
    this.hits = null;
    this.marked = new Set();
    this.visible = new Uint8Array(model.count).fill(1);
    this.visibleCount = model.count;
    this.listeners = new Map();
  }
  on(changes, listener) {
    for (const change of changes) {
      const listeners = this.listeners.get(change) || [];
      listeners.push(listener);
      this.listeners.set(change, listeners);
    }
  }
  tell(change) {
    for (const listener of this.listeners.get(change) || []) listener();
  }
  get grouping() {
    return this.model.groupings.get(this.colour) || null;
  }
  get clusters() {
    const grouping = this.grouping;
    return grouping && !grouping.ordered ? grouping : this.lanes;
  }
  get lanes() {
    const first = this.model.header.groupings[0];
    return first ? this.model.groupings.get(first.key) || null : null;
  }
  filter() {
    const { model, visible, grouping } = this;
    const values = model.least ? model.measures.get(model.least.key) : undefined;
    const [low, high] = this.years;
    const all = low <= this.span[0] && high >= this.span[1];
    this.visibleCount = 0;
    for (let i = 0; i < model.count; i++) {
      const year = model.years[i];
      const shown = (all || (year >= low && year <= high))
        && (this.citedOnly || model.inCorpus[i] === 1)
        && !(this.hidden.size && grouping && this.hidden.has(grouping.of[i]))
        && !(this.least > 0 && values && values[i] < this.least);
      visible[i] = shown ? 1 : 0;
      this.visibleCount += visible[i];
    }
    if (this.selected >= 0 && !visible[this.selected]) this.select(-1);
    if (this.hovered >= 0 && !visible[this.hovered]) this.hover(-1);
    this.tell("filters");
  }
  get filtered() {
    return this.visibleCount < this.model.count;
  }
  reset() {
    this.hidden.clear();
    this.years = [...this.span];
    this.least = 0;
    this.citedOnly = true;
    this.filter();
  }
  select(i) {
    if (i === this.selected) return;
    this.selected = i;
    this.tell("selected");
  }
  hover(i) {
    if (i === this.hovered) return;
    this.hovered = i;
    this.tell("hovered");
  }
  setColour(key) {
    if (key === this.colour || !(key === "none" || this.model.groupings.has(key))) return;
    this.colour = key;
    const hid = this.hidden.size > 0;
    this.hidden.clear();
    this.tell("colour");
    if (hid) this.filter();
  }
  setSize(key) {
    if (key === this.size || !this.model.measures.has(key)) return;
    this.size = key;
    this.model.radius = this.model.radiiBy(key);
    this.tell("size");
  }
  setLayout(name) {
    if (name === this.layout || !this.model.layouts[name]) return false;
    this.layout = name;
    Object.assign(this.model, this.model.layouts[name]);
    this.tell("layout");
    return true;
  }
  mark(i, on = !this.marked.has(i)) {
    if (on) this.marked.add(i);
    else this.marked.delete(i);
    this.tell("marked");
  }
  search(text) {
    const words = folded(text).split(/\s+/).filter((word) => word);
    this.query = text;
    if (!words.length) this.hits = null;
    else {
      const haystack = this.model.searchable();
      const exact = this.model.positionOf.get(text.trim());
      const beginning = words.join(" ");
      const found = [[], [], []];
      for (let i = 0; i < haystack.length; i++) {
        if (!words.every((word) => haystack[i].includes(word))) continue;
        found[i === exact ? 0 : haystack[i].startsWith(beginning) ? 1 : 2].push(i);
      }
      this.hits = found.flat();
    }
    this.tell("search");
    return this.hits || [];
  }
}
// pick.js
const CELL = 60;
class Picker {
  constructor(state) {
    this.state = state;
    this.left = 0;
    this.top = 0;
    this.columns = 1;
    this.rows = 1;
    this.start = new Uint32Array(0);
    this.members = new Uint32Array(0);
    this.sizes = null;
    this.most = 0;
    this.build();
  }
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
  inside(box, each) {
    const { model, visible } = this.state;
    const clamp = (value, most) => Math.min(most, Math.max(0, Math.floor(value / CELL)));
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
  at(x, y, least, radius) {
    const reach = Math.max(least, this.largest());
    let [nearest, best] = [-1, Infinity];
    this.inside({ left: x - reach, top: y - reach, right: x + reach, bottom: y + reach }, (i) => {
      const distance = Math.hypot(this.state.model.x[i] - x, this.state.model.y[i] - y);
      const size = radius(i);
      if (distance > Math.max(size, least)) return;
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
// theme.js
const SHAPES = 4;
const dark = matchMedia("(prefers-color-scheme: dark)");
function rgb(hex) {
  const value = parseInt(hex.slice(1), 16);
  return [value >> 16, (value >> 8) & 255, value & 255];
}
class Theme {
  constructor(state) {
    this.state = state;
    this.inks = { page: "#ffffff", ink: "#000000", soft: "#555555", line: "#dddddd", cites: "#c2410c", citedBy: "#2563eb" };
    this.palette = state.model.header.palettes.light;
    dark.addEventListener("change", () => this.read());
    this.read();
  }
  get isDark() {
    return this.state.theme === "dark" || (this.state.theme === "auto" && dark.matches);
  }
  read() {
    const root = document.documentElement;
    if (this.state.theme === "auto") delete root.dataset.theme;
    else root.dataset.theme = this.state.theme;
    const style = getComputedStyle(root);
    const of = (name) => style.getPropertyValue(`--${name}`).trim();
    this.inks = {
      page: of("page"), ink: of("ink"), soft: of("soft"), line: of("line"), cites: of("cites"), citedBy: of("cited-by"),
    };
    const palettes = this.state.model.header.palettes;
    this.palette = this.isDark ? palettes.dark : palettes.light;
    this.state.tell("theme");
  }
  colour(group) {
    const grouping = this.state.grouping;
    if (!grouping) return this.palette.clusters[0];
    return this.colourIn(group, grouping);
  }
  colourIn(group, grouping) {
    if (group === 0) return this.palette.none;
    if (!grouping.ordered) return this.palette.clusters[(group - 1) % this.palette.clusters.length];
    return this.ramp(grouping.names.length > 1 ? (group - 1) / (grouping.names.length - 1) : 1);
  }
  ramp(part) {
    const stops = this.palette.years;
    const at = part * (stops.length - 1);
    const first = Math.min(Math.floor(at), stops.length - 2);
    const [a, b] = [rgb(stops[first]), rgb(stops[first + 1])];
    const mixed = a.map((value, i) => Math.round(value + (b[i] - value) * (at - first)));
    return `#${mixed.map((value) => value.toString(16).padStart(2, "0")).join("")}`;
  }
  shape(group) {
    const grouping = this.state.grouping;
    if (!grouping || grouping.ordered || group === 0) return 0;
    return Math.floor((group - 1) / this.palette.clusters.length) % SHAPES;
  }
  table() {
    const groups = (this.state.grouping?.names.length || 0) + 1;
    const colours = new Uint8Array(3 * groups);
    const shapes = new Uint8Array(groups);
    for (let group = 0; group < groups; group++) {
      colours.set(rgb(this.colour(group)), 3 * group);
      shapes[group] = this.shape(group);
    }
    return { colours, shapes };
  }
}
// scene.js
const REST = 90;
const REST_LONGER = 700;
const SLICE = 9;
const LARGEST_ON_SCREEN = 46;
const context = (canvas) => (canvas.getContext("2d"));
class Scene {
  constructor(state, theme, frame, room) {
    this.state = state;
    this.theme = theme;
    this.frame = frame;
    this.room = room;
    this.base = document.createElement("canvas");
    this.over = document.createElement("canvas");
    this.base.className = "base";
    frame.append(this.base, this.over);
    this.camera = new Camera(() => this.move());
    this.picker = new Picker(state);
    this.sprites = new Sprites();
    this.picture = null;
    this.whole = null;
    this.drawing = 0;
    this.frameAsked = false;
    this.restTimer = 0;
    this.part = 1;
    this.labels = [];
    this.names = [];
    this.sharpened = [];
    this.ratio = 1;
    this.fitting = false;
    this.resize();
    new ResizeObserver(() => this.resize()).observe(frame);
    state.on(["filters", "colour", "size", "theme", "search"], () => this.renew());
    state.on(["layout"], () => {
      this.picker.build();
      this.fit(false);
      this.renew();
    });
    state.on(["selected", "hovered", "marked"], () => this.attend());
  }
  resize() {
    const { width, height } = this.frame.getBoundingClientRect();
    this.ratio = Math.min(2, window.devicePixelRatio || 1);
    for (const canvas of [this.base, this.over]) {
      canvas.width = Math.max(1, Math.round(width * this.ratio));
      canvas.height = Math.max(1, Math.round(height * this.ratio));
    }
    const first = this.camera.width === 1;
    this.camera.width = Math.max(1, width);
    this.camera.height = Math.max(1, height);
    if (first) return;
    if (this.fitting) this.fit(false);
    this.renew();
  }
  move() {
    this.ask();
    this.drawing++;
    clearTimeout(this.restTimer);
    this.restTimer = window.setTimeout(() => this.sharpen(), REST);
    this.state.tell("moved");
  }
  renew() {
    this.whole = null;
    this.drawing++;
    clearTimeout(this.restTimer);
    this.restTimer = window.setTimeout(() => this.sharpen(), 0);
  }
  ask() {
    if (this.frameAsked) return;
    this.frameAsked = true;
    requestAnimationFrame(() => {
      this.frameAsked = false;
      this.present();
    });
  }
  present() {
    const ctx = context(this.base);
    ctx.setTransform(1, 0, 0, 1, 0, 0);
    const pictures = [this.whole, this.picture].filter((one) => one !== null);
    const covered = this.picture && this.covers(this.picture);
    if (!covered) {
      ctx.fillStyle = this.theme.inks.page;
      ctx.fillRect(0, 0, this.base.width, this.base.height);
    }
    for (const picture of covered ? pictures.slice(-1) : pictures) {
      const k = this.camera.scale / picture.scale;
      const [left, top] = this.camera.toScreen(picture.x - picture.width / 2 / picture.scale, picture.y - picture.height / 2 / picture.scale);
      const exact = Math.abs(k - 1) < 1e-9;
      ctx.imageSmoothingEnabled = !exact;
      ctx.imageSmoothingQuality = "low";
      ctx.drawImage(picture.canvas, left * this.ratio, top * this.ratio, picture.width * k * this.ratio, picture.height * k * this.ratio);
    }
    this.drawOver();
  }
  covers(picture) {
    const { x, y, scale, width, height } = this.camera;
    const [halfWidth, halfHeight] = [picture.width / 2 / picture.scale, picture.height / 2 / picture.scale];
    return picture.x - halfWidth <= x - width / 2 / scale + 1e-6 && picture.x + halfWidth >= x + width / 2 / scale - 1e-6
      && picture.y - halfHeight <= y - height / 2 / scale + 1e-6 && picture.y + halfHeight >= y + height / 2 / scale - 1e-6;
  }
  shown() {
    const { state, theme } = this;
    const grouping = state.grouping;
    const lit = state.hits ? new Uint8Array(state.model.count) : null;
    if (lit) for (const i of state.hits || []) lit[i] = 1;
    return {
      model: state.model, visible: state.visible, group: grouping ? grouping.of : null, table: theme.table(), lit,
      page: rgb(theme.inks.page), ink: rgb(theme.inks.ink),
      neutral: rgb(grouping ? theme.palette.others : theme.colour(0)), dark: theme.isDark,
    };
  }
  async sharpen(most = SOON) {
    const turn = ++this.drawing;
    const work = this.paint(this.camera.width, this.camera.height, this.ratio, most);
    let step = work.next();
    for (let begin = performance.now(); !step.done; step = work.next()) {
      if (performance.now() - begin < SLICE) continue;
      await rested();
      if (turn !== this.drawing) return;
      begin = performance.now();
    }
    const { canvas, part } = step.value;
    const { x, y, scale, width, height } = this.camera;
    this.picture = { canvas, x, y, scale, width, height };
    this.part = part;
    if (!this.whole || scale <= this.camera.fitted * 1.02) this.whole = this.picture;
    this.place();
    this.present();
    this.over.dataset.sharp = String(Number(this.over.dataset.sharp || 0) + 1);
    this.state.tell("moved");
    const waiting = this.sharpened;
    this.sharpened = [];
    for (const resolve of waiting) resolve();
    if (part < 1 && most < AT_REST) this.restTimer = window.setTimeout(() => this.sharpen(AT_REST), REST_LONGER);
  }
  sharp() {
    return new Promise((resolve) => {
      this.sharpened.push(resolve);
      clearTimeout(this.restTimer);
      if (!this.camera.flying) this.restTimer = window.setTimeout(() => this.sharpen(), 0);
    });
  }
  *paint(width, height, ratio, most) {
    const shown = this.shown();
    const { x, y, scale } = this.camera;
    const [w, h] = [Math.max(1, Math.round(width)), Math.max(1, Math.round(height))];
    const view = { scale, left: width / 2 - x * scale, top: height / 2 - y * scale };
    const drawn = yield* lines(shown, view, w, h, most);
    const canvas = document.createElement("canvas");
    canvas.width = Math.max(1, Math.round(width * ratio));
    canvas.height = Math.max(1, Math.round(height * ratio));
    const ctx = context(canvas);
    let image = ctx.createImageData(w, h);
    yield* expose(drawn.sums, shown, shown.lit ? 0.35 : 1, image.data);
    if (ratio !== 1) {
      const small = document.createElement("canvas");
      small.width = w;
      small.height = h;
      context(small).putImageData(image, 0, 0);
      ctx.drawImage(small, 0, 0, canvas.width, canvas.height);
      image = ctx.getImageData(0, 0, canvas.width, canvas.height);
    }
    const large = yield* discs(
      shown, { scale: scale * ratio, left: view.left * ratio, top: view.top * ratio }, ratio, image.data, canvas.width, canvas.height);
    ctx.putImageData(image, 0, 0);
    for (const i of large) {
      const size = ratio * this.size(i);
      ctx.globalAlpha = shown.lit && !shown.lit[i] ? 0.14 : 1;
      disc(ctx, (this.state.model.x[i] * scale + view.left) * ratio, (this.state.model.y[i] * scale + view.top) * ratio, size, this.look(i, ratio));
    }
    return { canvas, part: drawn.part };
  }
  look(i, ratio) {
    const group = this.state.grouping?.of[i] || 0;
    return {
      colour: this.theme.colour(group), page: this.theme.inks.page, ink: this.theme.inks.ink,
      shape: this.theme.shape(group), hollow: this.state.model.inCorpus[i] === 0, ratio,
    };
  }
  size(i) {
    return Math.min(LARGEST_ON_SCREEN, onScreen(this.state.model.radius[i], this.camera.scale));
  }
  place() {
    const { state, camera } = this;
    const { model, visible } = state;
    const { width, height } = camera;
    const taken = new Taken(width, height);
    for (const id of ["side", "panel", "zoom"]) {
      const element = document.getElementById(id);
      if (element && !element.hidden) taken.add(element.getBoundingClientRect());
    }
    const set = state.hits ? new Set(state.hits) : null;
    const candidates = [];
    const most = 4000;
    for (let i = 0, seen = 0; i < model.count && seen < most; i++) {
      if (!visible[i] || (set && !set.has(i))) continue;
      const [x, y] = camera.toScreen(model.x[i], model.y[i]);
      const size = this.size(i);
      if (x < -size || y < -size || x > width + size || y > height + size) continue;
      seen++;
      candidates.push(i);
      if (size > 7 || (size > 4 && candidates.length <= 12)) taken.add({ left: x - size * 0.7, top: y - size * 0.7, right: x + size * 0.7, bottom: y + size * 0.7 });
    }
    this.names = this.placeNames(taken);
    const zoomed = Math.max(1, camera.scale / camera.fitted);
    const room = Math.round(Math.min(90, ((width * height) / 42000) * Math.pow(zoomed, 0.8) * (model.count < 60 ? 2 : 1)));
    this.labels = [];
    for (const i of candidates) {
      if (this.labels.length >= room) break;
      const label = this.placeLabel(i, taken, 34, false);
      if (label) this.labels.push(label);
    }
  }
  placeLabel(i, taken, length, must) {
    const { camera, state: { model } } = this;
    const [x, y] = camera.toScreen(model.x[i], model.y[i]);
    const text = cut(model.name(i), length);
    const font = `${must ? 600 : 400} 12px ${FONT}`;
    const wide = widthOf(text, font);
    const reach = this.size(i) + 5;
    const spots = [[reach, 4], [-reach - wide, 4], [-wide / 2, reach + 10], [-wide / 2, -reach]];
    const label = (dx, dy) => ({
      text, x: model.x[i], y: model.y[i], dx, dy, font, size: 12, halo: 3.5, colour: this.theme.inks.ink, alpha: must ? 1 : 0.92, fixed: false,
    });
    for (const [dx, dy] of spots) {
      const box = { left: x + dx - 3, top: y + dy - 12, right: x + dx + wide + 3, bottom: y + dy + 5 };
      const inside = box.left > 2 && box.right < camera.width - 2 && box.top > 2 && box.bottom < camera.height - 2;
      if (!inside || !taken.isFree(box)) continue;
      taken.add(box);
      return label(dx, dy);
    }
    if (!must) return null;
    const left = Math.min(Math.max(x - wide / 2, 6), Math.max(6, camera.width - wide - 6));
    return label(left - x, -reach);
  }
  placeNames(taken) {
    const { state, camera } = this;
    const timeline = state.layout === "timeline";
    const clusters = timeline ? state.lanes : state.clusters;
    const names = [];
    if (!clusters || state.hits) return names;
    const { model, visible } = state;
    const groups = Math.min(clusters.names.length, 60);
    const members = Array.from({ length: groups + 1 }, () => []);
    const step = Math.max(1, Math.floor(model.count / 60000));
    for (let i = 0; i < model.count; i += step) {
      if (visible[i] && clusters.of[i] && clusters.of[i] <= groups) members[clusters.of[i]].push(i);
    }
    const { width } = camera;
    const few = width < 700;
    const room = this.room();
    const least = Math.max(3, model.count * 0.004);
    for (let group = 1; group <= groups; group++) {
      const list = members[group];
      if (list.length * step < least && !(groups <= 12 && list.length > 2)) continue;
      const [x, y] = timeline ? [0, middle(list, model.y)] : [middle(list, model.x), middle(list, model.y)];
      const spread = middle(list.map((_, k) => k), Float32Array.from(list, (i) => Math.hypot(model.x[i] - (timeline ? model.x[i] : x), model.y[i] - y)));
      const size = few ? 12 : list.length * step > model.count * 0.02 ? 15 : 13;
      const font = `700 ${size}px ${FONT}`;
      const text = cut(title(clusters.names[group - 1]), few ? 24 : 34);
      const wide = widthOf(text, font);
      const [screenX, screenY] = camera.toScreen(x, y);
      const left = timeline ? Math.min(Math.max(camera.toScreen(Math.min(...sample(list, model.x)), 0)[0] + 2, room.left + 6), room.right - wide) : screenX - wide / 2;
      const reach = timeline ? 10 : spread * camera.scale + 30;
      for (let shift = 0; shift <= reach; shift = shift > 0 ? -shift : -shift + 9) {
        const box = { left: left - 5, top: screenY + shift - size, right: left + wide + 5, bottom: screenY + shift + size * 0.5 };
        const inside = box.left > 2 && box.right < width - 2 && box.top > 2 && box.bottom < camera.height - 2;
        if (!inside || !taken.isFree(box)) {
          if (-shift > reach) break;
          continue;
        }
        taken.add(box);
        names.push({ text, x: timeline ? 0 : x, y, dx: timeline ? left : left - screenX, dy: shift + size * 0.35, font, size, halo: 4.5, colour: this.theme.inks.ink, alpha: 1, fixed: timeline });
        break;
      }
    }
    return names;
  }
  written() {
    return [...this.names, ...this.labels].map((label) => {
      const [x, y] = label.fixed ? [0, this.camera.toScreen(0, label.y)[1]] : this.camera.toScreen(label.x, label.y);
      return { text: label.text, left: x + label.dx, baseline: y + label.dy, width: widthOf(label.text, label.font), size: label.size };
    });
  }
  attend() {
    this.ask();
  }
  drawAxis(ctx) {
    const { camera, state: { model }, theme: { inks } } = this;
    const [first, last, perYear] = model.header.axis;
    const wide = perYear * camera.scale;
    const step = [1, 2, 5, 10, 20, 25, 50, 100].find((years) => years * wide > 52) || 200;
    const font = `500 12px ${FONT}`;
    const tell = (text, x) => this.sprites.draw(
      ctx, { text, x: 0, y: 0, dx: 0, dy: 0, font, size: 12, halo: 4, colour: inks.soft, alpha: 1, fixed: true },
      x - widthOf(text, font) / 2, camera.height - 10, inks.page, this.ratio);
    for (let year = Math.ceil(first / step) * step; year <= last; year += step) {
      const [x] = camera.toScreen((year - (first + last) / 2) * perYear, 0);
      if (x < -40 || x > camera.width + 40) continue;
      ctx.strokeStyle = inks.line;
      ctx.globalAlpha = 0.55;
      ctx.lineWidth = 1;
      ctx.beginPath();
      ctx.moveTo(Math.round(x) + 0.5, 0);
      ctx.lineTo(Math.round(x) + 0.5, camera.height - 26);
      ctx.stroke();
      ctx.globalAlpha = 1;
      const text = String(year);
      tell(text, x + (step === 1 ? wide / 2 : 0));
    }
    if (this.state.span[0] > this.state.span[1] || model.years.includes(0)) {
      const x = camera.toScreen((-0.65 * (last - first)) * perYear, 0)[0];
      if (x > -40) tell("year unknown", Math.max(x, this.room().left + 46));
    }
  }
  drawOver() {
    const { over, state } = this;
    const ctx = context(over);
    ctx.setTransform(1, 0, 0, 1, 0, 0);
    ctx.clearRect(0, 0, over.width, over.height);
    const focus = state.hovered >= 0 ? state.hovered : state.selected;
    this.base.classList.toggle("faint", focus >= 0);
    this.drawAbove(ctx, this.ratio, focus);
  }
  drawAbove(ctx, ratio, focus) {
    const { camera, state, theme: { inks } } = this;
    ctx.setTransform(ratio, 0, 0, ratio, 0, 0);
    ctx.lineJoin = "round";
    if (state.layout === "timeline") this.drawAxis(ctx);
    const write = (label, alpha) => {
      const [x, y] = label.fixed ? [label.dx, camera.toScreen(0, label.y)[1]] : camera.toScreen(label.x, label.y);
      const left = label.fixed ? x : x + label.dx;
      if (left > camera.width || y < -30 || y > camera.height + 30) return;
      this.sprites.draw(ctx, { ...label, alpha: label.alpha * alpha }, left, y + label.dy, inks.page, ratio);
    };
    const alpha = focus >= 0 ? 0.22 : 1;
    for (const label of this.labels) write(label, alpha);
    for (const label of this.names) write(label, focus >= 0 ? 0.35 : 1);
    for (const i of state.marked) if (state.visible[i]) this.ring(ctx, i, inks.cites, 2);
    if (focus >= 0) this.drawFocus(ctx, focus, ratio);
    else if (state.hits && state.hits.length <= 400) {
      for (const i of state.hits) if (state.visible[i]) this.ring(ctx, i, inks.ink, 1);
    }
  }
  ring(ctx, i, colour, width) {
    const [x, y] = this.camera.toScreen(this.state.model.x[i], this.state.model.y[i]);
    outline(ctx, x, y, this.size(i) + 2.5, this.look(i, 1).shape);
    ctx.lineWidth = width;
    ctx.strokeStyle = colour;
    ctx.stroke();
  }
  drawFocus(ctx, focus, ratio) {
    const { camera, state, state: { model, visible }, theme: { inks } } = this;
    const { cites, citedBy } = model.neighbours(focus);
    const [x, y] = camera.toScreen(model.x[focus], model.y[focus]);
    const selected = focus === state.selected;
    const kinds = model.directed
      ? [[citedBy, inks.citedBy, true], [cites, inks.cites, false]] : [[[...cites, ...citedBy], inks.citedBy, false]];
    for (const [list, colour, inwards] of kinds) {
      ctx.strokeStyle = ctx.fillStyle = colour;
      ctx.lineWidth = list.length > 200 ? 0.7 : 1.2;
      ctx.globalAlpha = list.length > 60 ? Math.max(0.3, 0.75 - list.length / 1500) : 0.85;
      for (let k = 0; k < list.length; k += 64) {
        ctx.beginPath();
        for (const [other] of list.slice(k, k + 64)) {
          if (!visible[other]) continue;
          ctx.moveTo(x, y);
          ctx.lineTo(...camera.toScreen(model.x[other], model.y[other]));
        }
        ctx.stroke();
      }
      if (!model.directed || list.length > 1500) continue;
      ctx.globalAlpha = 0.95;
      ctx.beginPath();
      for (const [other] of list) {
        if (!visible[other]) continue;
        const [a, b] = camera.toScreen(model.x[other], model.y[other]);
        const tip = inwards ? [x, y] : [a, b];
        const angle = inwards ? Math.atan2(y - b, x - a) : Math.atan2(b - y, a - x);
        const length = Math.hypot(a - x, b - y);
        const back = inwards && list.length > 12 ? length / 2 : this.size(inwards ? focus : other) + 1;
        if (length < back + 4) continue;
        head(ctx, tip[0] - Math.cos(angle) * back, tip[1] - Math.sin(angle) * back, angle, selected ? 7 : 5);
      }
      ctx.fill();
    }
    ctx.globalAlpha = 1;
    const around = [...new Set([...cites, ...citedBy].map(([other]) => other))].filter((other) => visible[other]).sort((a, b) => b - a);
    for (const i of around) this.drawNode(ctx, i);
    this.drawNode(ctx, focus);
    this.ring(ctx, focus, inks.ink, 2.2);
    const taken = new Taken(camera.width, camera.height);
    for (const id of ["side", "panel", "zoom"]) {
      const element = document.getElementById(id);
      if (element && !element.hidden) taken.add(element.getBoundingClientRect());
    }
    const first = this.placeLabel(focus, taken, 60, true);
    const named = [];
    for (const i of around.reverse()) {
      if (named.length >= 16) break;
      const [a, b] = camera.toScreen(model.x[i], model.y[i]);
      if (a < 0 || b < 0 || a > camera.width || b > camera.height) continue;
      const label = this.placeLabel(i, taken, 34, false);
      if (label) named.push(label);
    }
    for (const label of first ? [...named, first] : named) {
      const [a, b] = camera.toScreen(label.x, label.y);
      this.sprites.draw(ctx, { ...label, alpha: 1 }, a + label.dx, b + label.dy, inks.page, ratio);
    }
  }
  drawNode(ctx, i) {
    const [x, y] = this.camera.toScreen(this.state.model.x[i], this.state.model.y[i]);
    if (x < -50 || y < -50 || x > this.camera.width + 50 || y > this.camera.height + 50) return;
    const size = this.size(i);
    if (size < 2.2) {
      ctx.fillStyle = this.theme.colour(this.state.grouping?.of[i] || 0);
      ctx.fillRect(x - 1.6, y - 1.6, 3.2, 3.2);
    } else disc(ctx, x, y, size, this.look(i, 1));
  }
  at(x, y) {
    const [mapX, mapY] = this.camera.toMap(x, y);
    const { scale } = this.camera;
    return this.picker.at(mapX, mapY, 7 / scale, (i) => this.size(i) / scale);
  }
  fit(animated) {
    this.fitting = true;
    const { model, visible } = this.state;
    const room = this.room();
    const box = { left: Infinity, top: Infinity, right: -Infinity, bottom: -Infinity };
    for (let i = 0; i < model.count; i++) {
      if (!visible[i]) continue;
      const r = model.radius[i];
      box.left = Math.min(box.left, model.x[i] - r);
      box.right = Math.max(box.right, model.x[i] + r);
      box.top = Math.min(box.top, model.y[i] - r);
      box.bottom = Math.max(box.bottom, model.y[i] + r);
    }
    if (box.left > box.right) Object.assign(box, { left: -1, top: -1, right: 1, bottom: 1 });
    const narrow = this.camera.width < 700;
    const pad = narrow ? 12 : 28;
    const below = this.state.layout === "timeline" ? 34 : 0;
    this.camera.fit(box, { left: room.left + pad, top: room.top + pad, right: room.right - pad, bottom: room.bottom - pad - below }, animated);
  }
  flyTo(i, closer) {
    const { camera, state: { model } } = this;
    const [x, y] = [model.x[i], model.y[i]];
    const room = this.room();
    const [left, top] = camera.toScreen(x, y);
    const inside = left > room.left + 10 && left < room.right - 10 && top > room.top + 10 && top < room.bottom - 10;
    if (inside && !closer) return;
    this.fitting = false;
    const scale = closer ? Math.max(camera.scale, Math.min(1.1, camera.fitted * 5), camera.fitted) : camera.scale;
    camera.fly(x - ((room.left + room.right) / 2 - camera.width / 2) / scale, y - ((room.top + room.bottom) / 2 - camera.height / 2) / scale, scale);
  }
  told() {
    const { model, visible, visibleCount } = this.state;
    let among = 0;
    for (let e = 0; e < model.edges; e++) among += visible[model.from[e]] & visible[model.to[e]];
    const [, edges] = model.header.words;
    return { nodes: visibleCount, edges: among, text: `${number(visibleCount)} of ${number(model.count)} · ${number(among)} ${edges[1]}` };
  }
}
function middle(list, values) {
  const sorted = Float32Array.from(list, (i) => values[i]).sort();
  return sorted[sorted.length >> 1];
}
function sample(list, values) {
  const step = Math.max(1, Math.floor(list.length / 2000));
  const some = [];
  for (let k = 0; k < list.length; k += step) some.push(values[list[k]]);
  return some;
}
const title = (name) => short(name).split(", ").slice(0, 2).join(" · ");
function head(ctx, x, y, angle, length) {
  const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
  ctx.moveTo(x, y);
  ctx.lineTo(x - cos * length - sin * length * 0.42, y - sin * length + cos * length * 0.42);
  ctx.lineTo(x - cos * length + sin * length * 0.42, y - sin * length - cos * length * 0.42);
  ctx.closePath();
}
function rested() {
  return new Promise((resolve) => {
    const channel = new MessageChannel();
    channel.port1.onmessage = () => resolve();
    channel.port2.postMessage(null);
  });
}
// search.js
const HITS_LISTED = 8;
class Search {
  constructor(state, scene) {
    this.state = state;
    this.scene = scene;
    this.input = element("search");
    this.found = element("found");
    this.active = -1;
    this.timer = 0;
    this.input.addEventListener("input", () => {
      clearTimeout(this.timer);
      const wait = state.model.count > 20000 ? 120 : 0;
      this.timer = window.setTimeout(() => this.ask(), wait);
      if (!wait) {
        clearTimeout(this.timer);
        this.ask();
      }
    });
    this.input.addEventListener("focus", () => this.open(this.state.hits !== null));
    this.input.addEventListener("blur", () => this.open(false));
    this.input.addEventListener("keydown", (event) => this.key(event));
  }
  ask() {
    clearTimeout(this.timer);
    if (this.input.value === this.state.query) return;
    if (this.state.selected >= 0) this.state.select(-1);
    this.state.search(this.input.value);
    this.list();
  }
  run(text) {
    this.input.value = text;
    const hits = this.state.search(text);
    this.list();
    return hits;
  }
  clear() {
    this.run("");
  }
  open(on) {
    this.found.hidden = !on;
    this.input.setAttribute("aria-expanded", String(on));
  }
  list() {
    const { hits, model } = this.state;
    this.active = -1;
    this.input.removeAttribute("aria-activedescendant");
    this.open(hits !== null && document.activeElement === this.input);
    const [one, many] = model.header.words[0];
    element("hit-count").textContent = hits === null ? ""
      : hits.length === 0 ? "Nothing found" : `${number(hits.length)} ${hits.length === 1 ? one : many}`;
    element("hits").replaceChildren(...(hits || []).slice(0, HITS_LISTED).map((i, k) => {
      const item = make("li");
      item.id = `hit-${k}`;
      item.setAttribute("role", "option");
      item.setAttribute("aria-selected", "false");
      item.append(make("span", "name", model.name(i)), make("span", "soft", model.facts(i) || model.ids[i]));
      item.addEventListener("mousedown", (event) => event.preventDefault());
      item.addEventListener("click", () => this.choose(i));
      return item;
    }));
  }
  key(event) {
    if (event.key === "Enter") this.ask();
    const { hits } = this.state;
    if (event.key === "Enter" && hits && hits.length) this.choose(hits[Math.max(this.active, 0)]);
    else if (event.key === "ArrowDown") this.step(1);
    else if (event.key === "ArrowUp") this.step(-1);
    else return;
    event.preventDefault();
  }
  step(step) {
    const items = ([...element("hits").children]);
    if (!items.length) return;
    this.open(true);
    this.active = this.active < 0 && step < 0 ? items.length - 1 : (this.active + step + items.length) % items.length;
    items.forEach((item, k) => item.setAttribute("aria-selected", String(k === this.active)));
    this.input.setAttribute("aria-activedescendant", items[this.active].id);
  }
  choose(i) {
    this.open(false);
    reveal(this.state, i);
    this.scene.flyTo(i, true);
  }
}
// table.js
const ROWS = 100;
class Table {
  constructor(state, scene) {
    this.state = state;
    this.scene = scene;
    this.dialog = element("table");
    this.sorted = "rank";
    this.rows = ROWS;
    this.order = [];
    element("open-table").addEventListener("click", () => this.open());
    element("close-table").addEventListener("click", () => this.dialog.close());
    element("more-rows").addEventListener("click", () => {
      this.rows += ROWS;
      this.fill();
    });
  }
  columns() {
    const { model } = this.state;
    const people = model.header.of === "coauthors";
    const cluster = this.state.clusters;
    const columns = [["name", people ? "Author" : "Title", (i) => model.name(i), false]];
    if (!people) columns.push(["authors", "Authors", (i) => model.shortAuthors(i), false]);
    columns.push(["year", people ? "Latest paper" : "Year", (i) => model.years[i] || "", true]);
    if (cluster) columns.push(["cluster", "Cluster", (i) => cluster.of[i] ? cluster.names[cluster.of[i] - 1] : "", false]);
    for (const { key, label, float } of model.header.measures) {
      columns.push([key, label, (i) => {
        const value = model.measures.get(key)?.[i] || 0;
        return float ? value.toPrecision(3) : number(value);
      }, true]);
    }
    return columns;
  }
  open() {
    this.sort("rank");
    this.dialog.showModal();
  }
  sort(key) {
    const { model, visible } = this.state;
    this.sorted = key;
    this.rows = ROWS;
    this.order = [];
    const lit = this.state.hits && new Set(this.state.hits);
    for (let i = 0; i < model.count; i++) if (visible[i] && (!lit || lit.has(i))) this.order.push(i);
    const values = model.measures.get(key) || (key === "year" ? model.years : null);
    if (values) this.order.sort((a, b) => values[b] - values[a] || a - b);
    else if (key === "name" || key === "authors") {
      const of = key === "name" ? (i) => model.name(i) : (i) => model.shortAuthors(i);
      const texts = new Map(this.order.map((i) => [i, of(i)]));
      const compare = new Intl.Collator("en").compare;
      this.order.sort((a, b) => compare(texts.get(a) || "", texts.get(b) || "") || a - b);
    } else if (key === "cluster" && this.state.clusters) {
      const { of } = this.state.clusters;
      this.order.sort((a, b) => (of[a] || Infinity) - (of[b] || Infinity) || a - b);
    }
    this.fill();
  }
  fill() {
    const { model } = this.state;
    const columns = this.columns();
    const head = make("tr");
    for (const [key, label, , numeric] of ([["rank", "Rank", null, true], ...columns])) {
      const cell = make("th", numeric ? "numeric" : "");
      cell.scope = "col";
      cell.append(button("", label, () => {
        this.sort(key);
        (element("rows").querySelector(`th[data-key="${key}"] button`))?.focus();
      }));
      cell.dataset.key = key;
      if (key === this.sorted) cell.setAttribute("aria-sort", key === "rank" || key === "name" || key === "authors" || key === "cluster" ? "ascending" : "descending");
      head.append(cell);
    }
    const body = this.order.slice(0, this.rows).map((i) => {
      const row = make("tr");
      row.append(make("td", "numeric", number(i + 1)));
      columns.forEach(([, , value, numeric], k) => {
        const cell = make(k ? "td" : "th", numeric ? "numeric" : "", k ? value(i) : undefined);
        if (!k) {
          (cell).scope = "row";
          cell.append(button("", String(value(i)), () => {
            this.dialog.close();
            reveal(this.state, i);
            this.scene.flyTo(i, true);
            element("panel-title").focus({ preventScroll: true });
          }));
        }
        row.append(cell);
      });
      return row;
    });
    const [thead, tbody] = [make("thead"), make("tbody")];
    thead.append(head);
    tbody.append(...body);
    const caption = make("caption", "soft", `${number(Math.min(this.rows, this.order.length))} of ${number(this.order.length)} ${model.header.words[0][1]}`
      + (this.order.length < model.count ? ", as filtered" : ""));
    element("rows").replaceChildren(caption, thead, tbody);
    element("more-rows").hidden = this.rows >= this.order.length;
  }
}
// main.js
const narrow = matchMedia("(max-width: 700px)");
function room() {
  const [width, height] = [innerWidth, innerHeight];
  const side = element("side").getBoundingClientRect();
  const panel = element("panel");
  const box = { left: 0, top: 0, right: width, bottom: height };
  if (narrow.matches) {
    box.top = Math.min(side.bottom, 150);
    if (!panel.hidden) box.bottom = Math.max(box.top + 80, panel.getBoundingClientRect().top);
  } else {
    box.left = side.right;
    if (!panel.hidden) box.right = Math.max(box.left + 120, panel.getBoundingClientRect().left);
  }
  return box;
}
async function begin() {
  const model = new Model(await unpack("data"));
  const state = new State(model);
  const theme = new Theme(state);
  const scene = new Scene(state, theme, element("map"), room);
  const exports = new Exports(state, scene, theme);
  new Panel(state, scene, theme, exports);
  const search = new Search(state, scene);
  const legend = new Legend(state, theme, scene);
  const table = new Table(state, scene);
  new Hands(state, scene, search, table);
  const fragment = new Fragment(state, scene, search);
  const options = (element("options"));
  options.open = !narrow.matches;
  narrow.addEventListener("change", () => {
    options.open = !narrow.matches;
    scene.fit(false);
  });
  let told = 1;
  const tellPart = () => {
    const part = scene.part;
    if (part === told) return;
    told = part;
    element("part").hidden = part > 0.995;
    element("part").textContent = part > 0.995 ? "" : `Lines: an even sample of ${Math.max(1, Math.round(part * 100))}%.`;
  };
  state.on(["moved"], tellPart);
  scene.fit(false);
  if (location.hash.length > 1) fragment.read();
  await scene.sharp();
  const whenIdle = window.requestIdleCallback || ((act) => setTimeout(act, 30));
  const prepare = () => {
    if (!model.prepareSearch(1000)) whenIdle(prepare);
  };
  whenIdle(prepare);
  return { model, state, scene, search, legend, exports };
}
const begun = begin();
begun.catch((error) => {
  const told = element("summary");
  told.textContent = "DecompressionStream" in window
    ? "This file is damaged: its data cannot be read." : "This browser is too old to show the map; any of 2023 or later can.";
  console.error(error);
});
let all;
const ready = begun.then((parts) => {
  all = parts;
});
const api = {
  ready,
  counts() {
    const { model, state, scene } = all;
    const { nodes, edges } = scene.told();
    return {
      papers: model.header.inAll[0], citations: model.header.inAll[1],
      drawn: model.count, drawnCitations: model.edges, visible: nodes, visibleCitations: edges,
      found: state.hits ? state.hits.length : null, marked: state.marked.size,
    };
  },
  search: (text) => all.search.run(String(text)).map((i) => all.model.ids[i]),
  select(id) {
    const { model, state, scene } = all;
    if (id === null) {
      state.select(-1);
      return true;
    }
    const i = model.positionOf.get(id);
    if (i === undefined) return false;
    reveal(state, i);
    scene.flyTo(i, false);
    return true;
  },
  selected: () => (all.state.selected < 0 ? null : all.model.ids[all.state.selected]),
  position(id) {
    const { model, scene } = all;
    const i = model.positionOf.get(id);
    if (i === undefined) return null;
    const [x, y] = scene.camera.toScreen(model.x[i], model.y[i]);
    const { left, top } = element("map").getBoundingClientRect();
    return { x: x + left + scrollX, y: y + top + scrollY };
  },
  filter(wanted) {
    const { state } = all;
    const { grouping, span } = state;
    if (wanted.years !== undefined) state.years = wanted.years ? [Math.max(span[0], wanted.years[0]), Math.min(span[1], wanted.years[1])] : [...span];
    if (wanted.minCitations !== undefined) state.least = Math.max(0, Number(wanted.minCitations) || 0);
    if (wanted.citedOnly !== undefined) state.citedOnly = wanted.citedOnly !== false;
    if (wanted.clusters !== undefined && grouping) {
      state.hidden.clear();
      if (wanted.clusters) {
        const shown = new Set(wanted.clusters.map((one) => typeof one === "number" ? one : grouping.names.indexOf(one) + 1 || -1));
        for (let group = 0; group <= grouping.names.length; group++) if (!shown.has(group)) state.hidden.add(group);
      }
    }
    state.filter();
    return api.counts();
  },
  layout(name) {
    return all.state.layout === name || all.state.setLayout(name);
  },
  colour(key) {
    all.state.setColour(key);
    return all.state.colour;
  },
  clusters() {
    const { grouping } = all.state;
    return grouping ? grouping.names.map((name, k) => ({ number: k + 1, name, papers: grouping.sizes[k + 1] })) : [];
  },
  paper(id) {
    const { model, state } = all;
    const i = model.positionOf.get(id);
    if (i === undefined) return null;
    const measures = Object.fromEntries([...model.measures].map(([key, values]) => [key, values[i]]));
    return {
      id, title: model.titles[i], authors: model.authors(i), year: model.years[i] || null, venue: model.venue(i),
      categories: model.categories(i), inCorpus: model.inCorpus[i] === 1, links: Object.fromEntries(model.links(i)),
      cluster: state.grouping ? state.grouping.of[i] : 0, x: model.x[i], y: model.y[i], ...measures,
    };
  },
  ids: () => [...all.model.ids],
  labels() {
    const { scene } = all;
    return scene.written().map(({ text, left, baseline, width, size }) => ({ text, x: left, y: baseline, width, size }));
  },
  sharp: () => all.scene.sharp(),
  export: (kind) => all.exports[kind](),
};
Object.defineProperty(window, "graphbuild", { value: Object.freeze(api) });
})();
