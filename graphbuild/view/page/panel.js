// The panel of the selected paper or author.

import { unpack } from "./data.js";
import { button, element, make, sign } from "./dom.js";
import { number, short } from "./model.js";

/** @typedef {{evidence: string[], basis: Uint32Array, bases: string[], files: string[], file: Uint32Array, line: Uint32Array}} Evidence */

const AT_ONCE = 100;

export class Panel {
  /** @param {import("./state.js").State} state @param {import("./scene.js").Scene} scene @param {import("./theme.js").Theme} theme @param {import("./exports.js").Exports} exports */
  constructor(state, scene, theme, exports) {
    this.state = state;
    this.scene = scene;
    this.theme = theme;
    this.exports = exports;
    this.panel = element("panel");
    /** What citations were read from: unpacked when it is first shown. @type {Promise<Evidence> | null} */
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

  /** @param {number} i */
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

  /** @param {number} i */
  facts(i) {
    const { model } = this.state;
    const list = make("dl");
    /** @param {string} term @param {string | number} value */
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

  /** @param {number} i */
  lists(i) {
    const { model } = this.state;
    const { cites, citedBy } = model.neighbours(i);
    if (model.directed) {
      /** @param {string} key */
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

  /** @param {number} edge */
  weight(edge) {
    return this.state.model.weights ? this.state.model.weights[edge] : 1;
  }

  /** @param {string} className @param {string} mark @param {string} word @param {number} inAll @param {[number, number][]} list */
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

  /** @param {number} other @param {number} edge */
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

  /** Show what a citation was read from. @param {HTMLElement} item @param {HTMLElement} why @param {number} edge */
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

  /** Select a neighbour and bring it into view. @param {number} i */
  go(i) {
    reveal(this.state, i);
    this.scene.flyTo(i, false);
    element("panel-title").focus({ preventScroll: true });
  }
}

/** Select a node, and show everything if a filter hides it. @param {import("./state.js").State} state @param {number} i */
export function reveal(state, i) {
  if (!state.visible[i]) state.reset();
  state.select(i);
}
