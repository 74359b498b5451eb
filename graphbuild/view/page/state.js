// What the reader has chosen, and who wants to know when it changes.

import { folded, Model } from "./model.js";

/** @typedef {"selected" | "hovered" | "filters" | "search" | "colour" | "size" | "layout" | "marked" | "theme" | "moved"} Change */

export class State {
  /** @param {Model} model */
  constructor(model) {
    this.model = model;
    const { header } = model;
    this.layout = header.layout;
    this.size = header.measures[0]?.key || "";
    this.colour = header.groupings[0]?.key || (model.groupings.has("year") ? "year" : "none");
    /** Groups of the present colouring that are hidden. @type {Set<number>} */
    this.hidden = new Set();
    this.years = model.years.reduce(
      ([low, high], year) => year ? [Math.min(low, year), Math.max(high, year)] : [low, high], [Infinity, -Infinity]);
    /** @type {[number, number]} */
    this.span = [this.years[0], this.years[1]];
    this.least = 0;
    this.citedOnly = true;
    /** @type {"auto" | "light" | "dark"} */
    this.theme = "auto";
    this.selected = -1;
    this.hovered = -1;
    this.query = "";
    /** Positions that the search found, in the order of the list. @type {number[] | null} */
    this.hits = null;
    /** Positions that the reader has put on the list for export. @type {Set<number>} */
    this.marked = new Set();
    this.visible = new Uint8Array(model.count).fill(1);
    this.visibleCount = model.count;
    /** @type {Map<Change, (() => void)[]>} */
    this.listeners = new Map();
  }

  /** @param {Change[]} changes @param {() => void} listener */
  on(changes, listener) {
    for (const change of changes) {
      const listeners = this.listeners.get(change) || [];
      listeners.push(listener);
      this.listeners.set(change, listeners);
    }
  }

  /** @param {Change} change */
  tell(change) {
    for (const listener of this.listeners.get(change) || []) listener();
  }

  get grouping() {
    return this.model.groupings.get(this.colour) || null;
  }

  /** The clusters in use for names on the map, whatever the colours. */
  get clusters() {
    const grouping = this.grouping;
    return grouping && !grouping.ordered ? grouping : this.lanes;
  }

  /** The clusters that have lanes on the timeline. */
  get lanes() {
    const first = this.model.header.groupings[0];
    return first ? this.model.groupings.get(first.key) || null : null;
  }

  /** Which nodes pass the filters. */
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

  /** Show everything again. */
  reset() {
    this.hidden.clear();
    this.years = [...this.span];
    this.least = 0;
    this.citedOnly = true;
    this.filter();
  }

  /** @param {number} i */
  select(i) {
    if (i === this.selected) return;
    this.selected = i;
    this.tell("selected");
  }

  /** @param {number} i */
  hover(i) {
    if (i === this.hovered) return;
    this.hovered = i;
    this.tell("hovered");
  }

  /** @param {string} key */
  setColour(key) {
    if (key === this.colour || !(key === "none" || this.model.groupings.has(key))) return;
    this.colour = key;
    const hid = this.hidden.size > 0;
    this.hidden.clear();
    this.tell("colour");
    if (hid) this.filter();
  }

  /** @param {string} key */
  setSize(key) {
    if (key === this.size || !this.model.measures.has(key)) return;
    this.size = key;
    this.model.radius = this.model.radiiBy(key);
    this.tell("size");
  }

  /** @param {string} name */
  setLayout(name) {
    if (name === this.layout || !this.model.layouts[name]) return false;
    this.layout = name;
    Object.assign(this.model, this.model.layouts[name]);
    this.tell("layout");
    return true;
  }

  /** @param {number} i @param {boolean} [on] */
  mark(i, on = !this.marked.has(i)) {
    if (on) this.marked.add(i);
    else this.marked.delete(i);
    this.tell("marked");
  }

  /** Positions that hold every word of a text: exact ids first, then those that begin with it. @param {string} text */
  search(text) {
    const words = folded(text).split(/\s+/).filter((word) => word);
    this.query = text;
    if (!words.length) this.hits = null;
    else {
      const haystack = this.model.searchable();
      const exact = this.model.positionOf.get(text.trim());
      const beginning = words.join(" ");
      /** @type {number[][]} */
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
