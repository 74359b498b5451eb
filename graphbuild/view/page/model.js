// The graph as columns; position 0 is the most important node. Nothing here changes but `x`, `y`
// and `radius`, when another layout or size is chosen.

import { Payload } from "./data.js";

/** @typedef {{x: Float32Array, y: Float32Array}} Places */
/** @typedef {{key: string, label: string, names: string[], of: Uint32Array, sizes: Uint32Array, ordered: boolean}} Grouping */
/** @typedef {{start: Uint32Array, other: Uint32Array, edge: Uint32Array}} Adjacency */

const SPACING = 26;
const SMALLEST = 2.8;

/** The rest of an arXiv id, DOI and so on, which a person would read. @param {string} id */
export const short = (id) => id.replace(/^(arxiv|doi|id|name|orcid|title):/, "");
const format = new Intl.NumberFormat("en");
/** @param {number} value */
export const number = (value) => format.format(value);

export class Model {
  /** @param {Payload} data */
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
    /** @type {Map<string, number>} */
    this.positionOf = new Map();
    for (let i = 0; i < this.count; i++) this.positionOf.set(this.ids[i], i);
    /** @type {Map<string, Uint32Array | Float32Array>} */
    this.measures = new Map(header.measures.map((one) => [
      one.key, one.falling ? data.falling(one.key) : one.float ? data.float32(one.key) : data.uint(one.key),
    ]));
    /** What the filter for the least number of citations, or papers, goes by. */
    this.least = header.measures.find((one) => one.key === "citedBy") || header.measures[0];
    /** @type {Record<string, Places>} */
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
    /** Ends of each edge: the citing and the cited paper. */
    this.from = from;
    this.to = ends;
    const edge = new Uint32Array(this.edges);
    for (let i = 0; i < edge.length; i++) edge[i] = i;
    /** @type {Adjacency} */
    this.out = { start, other: ends, edge };
    this.in = this.turned(ends, from);
    this.weights = data.sections.has("weight") ? data.uint("weight") : null;
    /** Columns that are read when they are first asked for. @type {Uint32Array | null} */
    this.venueOf = null;
    this.radius = this.radiiBy(header.measures[0]?.key);
    this.groupings = this.readGroupings();
    /** What is searched, as far as it has been prepared. @type {string[]} */
    this.haystack = [];
    /** @type {Map<string, string[]>} */
    this.lists = new Map();
  }

  /** @param {Uint32Array} rows @param {Uint32Array} others @returns {Adjacency} */
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
    /** @type {Map<string, Grouping>} */
    const groupings = new Map();
    /** @param {string} key @param {string} label @param {string[]} names @param {Uint32Array} of @param {boolean} ordered */
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

  /** A disc's area goes with its value; none is too small to see. @param {string} key */
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

  /** @param {number} i */
  name(i) {
    return this.titles[i] || short(this.ids[i]);
  }

  /** A column of lists, read when it is first asked for. @param {string} name */
  list(name) {
    let found = this.lists.get(name);
    if (!found) this.lists.set(name, (found = this.data.text(name)));
    return found;
  }

  /** @param {number} i @returns {string[]} */
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
    const entries = /** @type {Uint32Array} */ (this.authorEntries);
    return Array.from(entries.subarray(this.authorStart[i], this.authorStart[i + 1]), (entry) => names[entry]);
  }

  /** @param {number} i @returns {string[]} */
  categories(i) {
    if (!this.categoryStart) {
      const counts = this.data.uint("categoryCounts");
      this.categoryEntries = this.data.uint("categoryEntries");
      this.categoryStart = new Uint32Array(this.count + 1);
      for (let k = 0; k < this.count; k++) this.categoryStart[k + 1] = this.categoryStart[k] + counts[k];
    }
    const entries = /** @type {Uint32Array} */ (this.categoryEntries);
    const names = this.list("categoryNames");
    return Array.from(entries.subarray(this.categoryStart[i], this.categoryStart[i + 1]), (entry) => names[entry]);
  }

  /** @param {number} i */
  venue(i) {
    this.venueOf ??= this.data.uint("venue");
    return this.venueOf[i] ? this.list("venueNames")[this.venueOf[i] - 1] : "";
  }

  /** Words and addresses; what follows the fixed beginning was validated when the page was made. @param {number} i @returns {[string, string][]} */
  links(i) {
    /** @type {[string, string][]} */
    const links = [];
    for (const [word, prefix] of Object.entries(this.header.links)) {
      const rest = this.list(`link${word}`)[i];
      if (rest) links.push([word, prefix + (rest === "=" ? this.ids[i].slice(this.ids[i].indexOf(":") + 1) : rest)]);
    }
    return links;
  }

  /** @param {number} i */
  shortAuthors(i) {
    const names = this.authors(i);
    return names.length > 3 ? `${names.slice(0, 3).join(", ")} et al.` : names.join(", ");
  }

  /** Authors, year and citations on one line. @param {number} i */
  facts(i) {
    const { of } = this.header;
    /** @param {string} key */
    const value = (key) => this.measures.get(key)?.[i] || 0;
    const [papers, cited] = [value("papers"), value("citedBy")];
    const told = of === "coauthors"
      ? [papers === 1 ? "1 paper" : `${number(papers)} papers`, this.years[i] ? `latest ${this.years[i]}` : ""]
      : [this.shortAuthors(i), this.years[i] || "", cited ? `cited by ${number(cited)}` : ""];
    return told.filter((fact) => fact).join(" · ");
  }

  /** Nodes that an edge joins to one: what it cites, what cites it (or both where edges have no direction). @param {number} i @returns {{cites: [number, number][], citedBy: [number, number][]}} */
  neighbours(i) {
    if (this.around && this.around.of === i) return this.around;
    /** @param {Adjacency} rows @returns {[number, number][]} */
    const row = ({ start, other, edge }) => {
      /** @type {[number, number][]} */
      const list = [];
      for (let k = start[i]; k < start[i + 1]; k++) list.push([other[k], edge[k]]);
      return list.sort((a, b) => a[0] - b[0]);
    };
    /** Those that were asked for last: a picture of them is drawn again and again. */
    this.around = { of: i, cites: row(this.out), citedBy: row(this.in) };
    return this.around;
  }

  /** Titles, authors and ids without case and accents, to search in. */
  searchable() {
    this.prepareSearch(this.count);
    return this.haystack;
  }

  /** Prepare the search for so many more nodes; true when it is done. @param {number} more */
  prepareSearch(more) {
    const last = Math.min(this.count, this.haystack.length + more);
    for (let i = this.haystack.length; i < last; i++) {
      this.haystack.push(folded([this.titles[i], ...this.authors(i), this.ids[i]].join("\n")));
    }
    return last === this.count;
  }
}

/** @param {string} text */
export function folded(text) {
  // eslint-disable-next-line no-control-regex
  if (/^[\x00-\x7f]*$/.test(text)) return text.toLowerCase();
  return text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase().replace(/ł/g, "l").replace(/ø/g, "o");
}
