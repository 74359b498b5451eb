// Colours, and the signs that tell apart groups whose colours repeat.

import { State } from "./state.js";

/** @typedef {[number, number, number]} Rgb */
/** @typedef {{page: string, ink: string, soft: string, line: string, cites: string, citedBy: string}} Inks */

/** How groups 1-12, 13-24, 25-36 and 37-48 are drawn: a disc, one with a ring, a square, a diamond. */
export const SHAPES = 4;
const dark = matchMedia("(prefers-color-scheme: dark)");

/** @param {string} hex @returns {Rgb} */
export function rgb(hex) {
  const value = parseInt(hex.slice(1), 16);
  return [value >> 16, (value >> 8) & 255, value & 255];
}

export class Theme {
  /** @param {State} state */
  constructor(state) {
    this.state = state;
    /** @type {Inks} */
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
    /** @param {string} name */
    const of = (name) => style.getPropertyValue(`--${name}`).trim();
    this.inks = {
      page: of("page"), ink: of("ink"), soft: of("soft"), line: of("line"), cites: of("cites"), citedBy: of("cited-by"),
    };
    const palettes = this.state.model.header.palettes;
    this.palette = this.isDark ? palettes.dark : palettes.light;
    this.state.tell("theme");
  }

  /** The colour of a group of the present colouring. @param {number} group @returns {string} */
  colour(group) {
    const grouping = this.state.grouping;
    if (!grouping) return this.palette.clusters[0];
    return this.colourIn(group, grouping);
  }

  /** @param {number} group @param {import("./model.js").Grouping} grouping */
  colourIn(group, grouping) {
    if (group === 0) return this.palette.none;
    if (!grouping.ordered) return this.palette.clusters[(group - 1) % this.palette.clusters.length];
    return this.ramp(grouping.names.length > 1 ? (group - 1) / (grouping.names.length - 1) : 1);
  }

  /** A colour between those of the first and the last year. @param {number} part */
  ramp(part) {
    const stops = this.palette.years;
    const at = part * (stops.length - 1);
    const first = Math.min(Math.floor(at), stops.length - 2);
    const [a, b] = [rgb(stops[first]), rgb(stops[first + 1])];
    const mixed = a.map((value, i) => Math.round(value + (b[i] - value) * (at - first)));
    return `#${mixed.map((value) => value.toString(16).padStart(2, "0")).join("")}`;
  }

  /** @param {number} group */
  shape(group) {
    const grouping = this.state.grouping;
    if (!grouping || grouping.ordered || group === 0) return 0;
    return Math.floor((group - 1) / this.palette.clusters.length) % SHAPES;
  }

  /** Colours of all groups as numbers, and their shapes. */
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
