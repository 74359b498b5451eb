// Search by title, author or id: `/`, words, arrows, Enter.

import { element, make } from "./dom.js";
import { number } from "./model.js";
import { reveal } from "./panel.js";

const HITS_LISTED = 8;

export class Search {
  /** @param {import("./state.js").State} state @param {import("./scene.js").Scene} scene */
  constructor(state, scene) {
    this.state = state;
    this.scene = scene;
    /** @type {HTMLInputElement} */
    this.input = element("search");
    this.found = element("found");
    this.active = -1;
    this.timer = 0;
    this.input.addEventListener("input", () => {
      clearTimeout(this.timer);
      // Of a large graph, letters that follow each other fast are one question.
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

  /** Search as if typed. @param {string} text */
  run(text) {
    this.input.value = text;
    const hits = this.state.search(text);
    this.list();
    return hits;
  }

  clear() {
    this.run("");
  }

  /** @param {boolean} on */
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

  /** @param {KeyboardEvent} event */
  key(event) {
    if (event.key === "Enter") this.ask();
    const { hits } = this.state;
    if (event.key === "Enter" && hits && hits.length) this.choose(hits[Math.max(this.active, 0)]);
    else if (event.key === "ArrowDown") this.step(1);
    else if (event.key === "ArrowUp") this.step(-1);
    else return;
    event.preventDefault();
  }

  /** @param {number} step */
  step(step) {
    const items = /** @type {HTMLElement[]} */ ([...element("hits").children]);
    if (!items.length) return;
    this.open(true);
    this.active = this.active < 0 && step < 0 ? items.length - 1 : (this.active + step + items.length) % items.length;
    items.forEach((item, k) => item.setAttribute("aria-selected", String(k === this.active)));
    this.input.setAttribute("aria-activedescendant", items[this.active].id);
  }

  /** @param {number} i */
  choose(i) {
    this.open(false);
    reveal(this.state, i);
    this.scene.flyTo(i, true);
  }
}
