// The page begins here.

import { unpack } from "./data.js";
import { element } from "./dom.js";
import { Exports } from "./exports.js";
import { Fragment } from "./fragment.js";
import { Hands } from "./hands.js";
import { Legend } from "./legend.js";
import { Model } from "./model.js";
import { Panel, reveal } from "./panel.js";
import { Scene } from "./scene.js";
import { Search } from "./search.js";
import { State } from "./state.js";
import { Table } from "./table.js";
import { Theme } from "./theme.js";

const narrow = matchMedia("(max-width: 700px)");

/** The part of the map that nothing covers. @returns {import("./camera.js").Box} */
function room() {
  const [width, height] = [innerWidth, innerHeight];
  const side = element("side").getBoundingClientRect();
  const panel = element("panel");
  const box = { left: 0, top: 0, right: width, bottom: height };
  if (narrow.matches) {
    // A legend that lies open covers much of a phone; it is closed soon.
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

  const options = /** @type {HTMLDetailsElement} */ (element("options"));
  options.open = !narrow.matches;
  narrow.addEventListener("change", () => {
    options.open = !narrow.matches;
    scene.fit(false);
  });
  /** Lines are a sample where there are too many to draw: say so. */
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
  // The first search is quick because it has been prepared while nothing else was to do.
  // (Safari has no idle callbacks.)
  const whenIdle = window.requestIdleCallback || ((/** @type {() => void} */ act) => setTimeout(act, 30));
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

/** @type {Awaited<typeof begun>} */
let all;
const ready = begun.then((parts) => {
  all = parts;
});

/** @typedef {{years?: [number, number] | null, clusters?: (string | number)[] | null, minCitations?: number | null, citedOnly?: boolean | null}} Filters */

/** For people's scripts and for tests: see docs/view.md. */
const api = {
  /** Kept when the map has been drawn. */
  ready,
  /** How much the graph has, the map draws, and is visible now. */
  counts() {
    const { model, state, scene } = all;
    const { nodes, edges } = scene.told();
    return {
      papers: model.header.inAll[0], citations: model.header.inAll[1],
      drawn: model.count, drawnCitations: model.edges, visible: nodes, visibleCitations: edges,
      found: state.hits ? state.hits.length : null, marked: state.marked.size,
    };
  },
  /** Search as if typed; the ids found. @param {string} text */
  search: (text) => all.search.run(String(text)).map((i) => all.model.ids[i]),
  /** Open a panel and bring it into view; null closes. False for an unknown id. @param {string | null} id */
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
  /** The id of what is selected, or null. */
  selected: () => (all.state.selected < 0 ? null : all.model.ids[all.state.selected]),
  /** Where a node stands now, in CSS pixels of the page; null for an unknown id. @param {string} id */
  position(id) {
    const { model, scene } = all;
    const i = model.positionOf.get(id);
    if (i === undefined) return null;
    const [x, y] = scene.camera.toScreen(model.x[i], model.y[i]);
    const { left, top } = element("map").getBoundingClientRect();
    return { x: x + left + scrollX, y: y + top + scrollY };
  },
  /** Set filters; what is left out stays, null resets it. Gives the counts. @param {Filters} wanted */
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
  /** Show "map" or "timeline"; false where there is no such layout. @param {string} name */
  layout(name) {
    return all.state.layout === name || all.state.setLayout(name);
  },
  /** Colour by "cocitation", "citation", "year", "category" or "none". @param {string} key */
  colour(key) {
    all.state.setColour(key);
    return all.state.colour;
  },
  /** The clusters of the present colours: names and numbers of papers. */
  clusters() {
    const { grouping } = all.state;
    return grouping ? grouping.names.map((name, k) => ({ number: k + 1, name, papers: grouping.sizes[k + 1] })) : [];
  },
  /** Everything that is known of a paper by id, or null. @param {string} id */
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
  /** Ids of all that is drawn, the most important first. */
  ids: () => [...all.model.ids],
  /** The names that stand on the map now: text, left end and baseline in CSS pixels of the page, size. */
  labels() {
    const { scene } = all;
    return scene.written().map(({ text, left, baseline, width, size }) => ({ text, x: left, y: baseline, width, size }));
  },
  /** A promise that the map stands still and sharp. */
  sharp: () => all.scene.sharp(),
  /** A list or picture as its button gives it: "svg", "bibtex" or "csv". @param {"svg" | "bibtex" | "csv"} kind */
  export: (kind) => all.exports[kind](),
};
Object.defineProperty(window, "graphbuild", { value: Object.freeze(api) });
