// Mouse, fingers and keys on the map.

import { element, make } from "./dom.js";

export class Hands {
  /** @param {import("./state.js").State} state @param {import("./scene.js").Scene} scene @param {import("./search.js").Search} search @param {import("./table.js").Table} table */
  constructor(state, scene, search, table) {
    this.state = state;
    this.scene = scene;
    this.search = search;
    this.table = table;
    this.frame = element("map");
    this.tooltip = element("tooltip");
    /** Pointers that are down, and where. @type {Map<number, [number, number]>} */
    this.down = new Map();
    this.travelled = 0;
    /** @type {[number, number] | null} */
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
      /** @type {HTMLDialogElement} */
      const dialog = element(id);
      dialog.addEventListener("click", (event) => {
        if (event.target === dialog) dialog.close();
      });
    }
    element("open-help").addEventListener("click", () => /** @type {HTMLDialogElement} */ (element("help")).showModal());
    element("close-help").addEventListener("click", () => /** @type {HTMLDialogElement} */ (element("help")).close());
    state.on(["hovered"], () => {
      if (state.hovered < 0) this.hideTooltip();
    });
  }

  /** @param {MouseEvent} event @returns {[number, number]} */
  point(event) {
    const { left, top } = this.frame.getBoundingClientRect();
    return [event.clientX - left, event.clientY - top];
  }

  /** @param {PointerEvent} event */
  press(event) {
    if (event.button !== 0) return;
    const point = this.point(event);
    this.frame.setPointerCapture(event.pointerId);
    this.down.set(event.pointerId, point);
    this.travelled = this.down.size > 1 ? Infinity : 0;
    if (event.shiftKey) this.boxFrom = point;
    this.leave();
  }

  /** @param {PointerEvent} event */
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

  /** @param {PointerEvent} event */
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

  /** @param {number} x @param {number} y */
  drawBox(x, y) {
    if (!this.boxFrom) return;
    const box = element("box");
    box.hidden = false;
    box.style.left = `${Math.min(x, this.boxFrom[0])}px`;
    box.style.top = `${Math.min(y, this.boxFrom[1])}px`;
    box.style.width = `${Math.abs(x - this.boxFrom[0])}px`;
    box.style.height = `${Math.abs(y - this.boxFrom[1])}px`;
  }

  /** Put everything in the box on the list. @param {number} x @param {number} y */
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

  // -- pointing ----------------------------------------------------------------------------------

  /** @param {number} x @param {number} y */
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

  // -- keys --------------------------------------------------------------------------------------

  /** On the map. @param {KeyboardEvent} event */
  key(event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const { scene, scene: { camera }, state } = this;
    const step = event.shiftKey ? 240 : 80;
    /** @type {Record<string, [number, number]>} */
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

  /** The next most important node that is visible (and found, after a search). @param {number} step */
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

  /** Anywhere on the page. @param {KeyboardEvent} event */
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
    } else if (event.key === "?") /** @type {HTMLDialogElement} */ (element("help")).showModal();
    else return;
    event.preventDefault();
  }

  /** @param {boolean} typing */
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
