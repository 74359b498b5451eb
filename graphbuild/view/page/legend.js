// Colours and what they stand for, filters, and how the map is shown.

import { element, make, sign } from "./dom.js";
import { number, short } from "./model.js";

const GROUPS_LISTED = 24;

export class Legend {
  /** @param {import("./state.js").State} state @param {import("./theme.js").Theme} theme @param {import("./scene.js").Scene} scene */
  constructor(state, theme, scene) {
    this.state = state;
    this.theme = theme;
    this.scene = scene;
    this.all = false;
    this.choices();
    this.years();
    this.least();
    const citedOnly = /** @type {HTMLInputElement} */ (element("cited-only"));
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
    /** @param {string} id @param {[string, string][]} options @param {(key: string) => void} choose */
    const fill = (id, options, choose) => {
      /** @type {HTMLSelectElement} */
      const select = element(id);
      select.replaceChildren(...options.map(([value, text]) => {
        const option = make("option", "", text);
        option.value = value;
        return option;
      }));
      element(`${id}-row`).hidden = options.length < 2;
      select.addEventListener("change", () => choose(select.value));
    };
    /** @type {[string, string][]} */
    const colours = [...model.groupings.values()].map((one) => [one.key, one.label]);
    fill("colour", [...colours, ["none", "One colour"]], (key) => state.setColour(key));
    fill("size", model.header.measures.slice(0, model.header.sizedBy).map((one) => [one.key, one.label]), (key) => state.setSize(key));
    fill("layout", Object.keys(model.layouts).map((name) => [name, name === "map" ? "Map" : "Timeline"]), (name) => state.setLayout(name));
    /** @type {HTMLSelectElement} */
    const theme = element("theme");
    theme.addEventListener("change", () => {
      state.theme = /** @type {"auto" | "light" | "dark"} */ (theme.value);
      this.theme.read();
    });
  }

  /** Groups of the present colouring, largest first. */
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

  /** @param {number} group @param {string} name @param {number} size */
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

  /** Hide or show a group; `only` hides all others. @param {number} group @param {boolean} only */
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
      const made = /** @type {HTMLElement} */ (item.firstElementChild);
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
    for (const [id, side] of /** @type {[string, 0 | 1][]} */ ([["year-from", 0], ["year-to", 1]])) {
      /** @type {HTMLInputElement} */
      const input = element(id);
      input.min = String(span[0]);
      input.max = String(span[1]);
      input.addEventListener("input", () => {
        state.years[side] = Number(input.value);
        // The ends push each other along.
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
    for (const [id, side] of /** @type {[string, 0 | 1][]} */ ([["year-from", 0], ["year-to", 1]])) {
      /** @type {HTMLInputElement} */ (element(id)).value = String(years[side]);
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
    // Steps that grow: 0, 1, 2, 3, 4, 5, 6, 8, 10, 12, 15, 20, …
    const steps = [0];
    for (let value = 1; value <= most; value = Math.max(value + 1, nice(value * 1.25))) steps.push(value);
    this.steps = steps;
    /** @type {HTMLInputElement} */
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
    /** @type {HTMLInputElement} */
    const input = element("least");
    const at = (this.steps || [0]).findIndex((step) => step >= least);
    input.value = String(at < 0 ? (this.steps || [0]).length - 1 : at);
    input.setAttribute("aria-valuetext", `at least ${least}`);
  }

  /** Controls show what the state is, however it came to be. */
  update() {
    const { state } = this;
    this.press();
    this.tellYears();
    this.tellLeast();
    /** @type {HTMLInputElement} */ (element("cited-only")).checked = state.citedOnly;
    for (const [id, value] of [["colour", state.colour], ["size", state.size], ["layout", state.layout], ["theme", state.theme]]) {
      /** @type {HTMLSelectElement} */ (element(id)).value = value;
    }
    const told = element("visible");
    const filtered = state.filtered;
    told.textContent = filtered ? this.scene.told().text : "";
    element("filtered").hidden = !filtered;
  }
}

let asked = 0;
/** Once a frame, however often a slider moves. @param {() => void} act */
function later(act) {
  cancelAnimationFrame(asked);
  asked = requestAnimationFrame(act);
}

/** @param {number} value */
function nice(value) {
  const digit = Math.pow(10, Math.max(0, Math.floor(Math.log10(value)) - 1));
  return Math.round(value / digit) * digit;
}
