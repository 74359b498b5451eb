// The ranking as a table: all that the map shows, to read and to hear.

import { button, element, make } from "./dom.js";
import { number } from "./model.js";
import { reveal } from "./panel.js";

const ROWS = 100;

export class Table {
  /** @param {import("./state.js").State} state @param {import("./scene.js").Scene} scene */
  constructor(state, scene) {
    this.state = state;
    this.scene = scene;
    /** @type {HTMLDialogElement} */
    this.dialog = element("table");
    this.sorted = "rank";
    this.rows = ROWS;
    /** @type {number[]} */
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
    /** @type {[string, string, (i: number) => string | number, boolean][]} */
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

  /** @param {string} key */
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
      const of = key === "name" ? (/** @type {number} */ i) => model.name(i) : (/** @type {number} */ i) => model.shortAuthors(i);
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
    for (const [key, label, , numeric] of /** @type {[string, string, unknown, boolean][]} */ ([["rank", "Rank", null, true], ...columns])) {
      const cell = make("th", numeric ? "numeric" : "");
      cell.scope = "col";
      cell.append(button("", label, () => {
        this.sort(key);
        /** @type {HTMLElement | null} */ (element("rows").querySelector(`th[data-key="${key}"] button`))?.focus();
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
          /** @type {HTMLTableCellElement} */ (cell).scope = "row";
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
