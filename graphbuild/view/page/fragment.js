// The address's fragment: what is selected and filtered, so that a view can be bookmarked.

import { reveal } from "./panel.js";

export class Fragment {
  /** @param {import("./state.js").State} state @param {import("./scene.js").Scene} scene @param {import("./search.js").Search} search */
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
      // A frame in a notebook has no address to change.
      history.replaceState(null, "", hash || location.href.split("#")[0]);
      this.written = location.hash;
    } catch {
      this.written = hash;
    }
  }

  /** Show what the address says; what it doesn't say is as at first. @returns {boolean} whether it says anything */
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
    /** @param {string} text */
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
