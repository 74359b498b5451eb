// The map itself: one canvas with everything, drawn from a kept picture while it moves, and one
// above it with names and what is selected.

import { Camera } from "./camera.js";
import { cut, FONT, Sprites, Taken, widthOf } from "./labels.js";
import { number, short } from "./model.js";
import { Picker } from "./pick.js";
import { AT_REST, disc, discs, expose, lines, onScreen, outline, SOON } from "./raster.js";
import { State } from "./state.js";
import { rgb, Theme } from "./theme.js";

/** @typedef {import("./labels.js").Label} Label */
/** @typedef {import("./labels.js").Box} Box */
/** A drawn picture and the camera that it was drawn for. @typedef {{canvas: HTMLCanvasElement, x: number, y: number, scale: number, width: number, height: number}} Picture */

/** Milliseconds of rest after which the map is drawn anew, and that a slice of drawing takes. */
const REST = 90;
/** And after which, where lines are many, all of them are drawn. */
const REST_LONGER = 700;
const SLICE = 9;
/** Pixels of the screen that the largest disc may have. */
const LARGEST_ON_SCREEN = 46;

/** @param {HTMLCanvasElement} canvas */
const context = (canvas) => /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));

export class Scene {
  /** @param {State} state @param {Theme} theme @param {HTMLElement} frame @param {() => Box} room  where nothing floats above the map */
  constructor(state, theme, frame, room) {
    this.state = state;
    this.theme = theme;
    this.frame = frame;
    this.room = room;
    this.base = document.createElement("canvas");
    this.over = document.createElement("canvas");
    this.base.className = "base";
    frame.append(this.base, this.over);
    this.camera = new Camera(() => this.move());
    this.picker = new Picker(state);
    this.sprites = new Sprites();
    /** The sharp picture of what is looked at. @type {Picture | null} */
    this.picture = null;
    /** A picture of everything, shown where the sharp one does not reach. @type {Picture | null} */
    this.whole = null;
    this.drawing = 0;
    this.frameAsked = false;
    this.restTimer = 0;
    /** The part of all lines that the picture holds. */
    this.part = 1;
    /** @type {Label[]} */
    this.labels = [];
    /** @type {Label[]} */
    this.names = [];
    /** @type {(() => void)[]} */
    this.sharpened = [];
    this.ratio = 1;
    /** Whether everything is to be seen, also when the window changes. */
    this.fitting = false;
    this.resize();
    new ResizeObserver(() => this.resize()).observe(frame);
    state.on(["filters", "colour", "size", "theme", "search"], () => this.renew());
    state.on(["layout"], () => {
      this.picker.build();
      this.fit(false);
      this.renew();
    });
    state.on(["selected", "hovered", "marked"], () => this.attend());
  }

  resize() {
    const { width, height } = this.frame.getBoundingClientRect();
    this.ratio = Math.min(2, window.devicePixelRatio || 1);
    for (const canvas of [this.base, this.over]) {
      canvas.width = Math.max(1, Math.round(width * this.ratio));
      canvas.height = Math.max(1, Math.round(height * this.ratio));
    }
    const first = this.camera.width === 1;
    this.camera.width = Math.max(1, width);
    this.camera.height = Math.max(1, height);
    if (first) return;
    if (this.fitting) this.fit(false);
    this.renew();
  }

  // -- moving ------------------------------------------------------------------------------------

  move() {
    this.ask();
    this.drawing++;
    clearTimeout(this.restTimer);
    this.restTimer = window.setTimeout(() => this.sharpen(), REST);
    this.state.tell("moved");
  }

  /** Everything looks different now: draw it, and forget what was kept. */
  renew() {
    this.whole = null;
    this.drawing++;
    clearTimeout(this.restTimer);
    this.restTimer = window.setTimeout(() => this.sharpen(), 0);
  }

  ask() {
    if (this.frameAsked) return;
    this.frameAsked = true;
    requestAnimationFrame(() => {
      this.frameAsked = false;
      this.present();
    });
  }

  /** Show what there is, in one frame. */
  present() {
    const ctx = context(this.base);
    ctx.setTransform(1, 0, 0, 1, 0, 0);
    const pictures = [this.whole, this.picture].filter((one) => one !== null);
    const covered = this.picture && this.covers(this.picture);
    if (!covered) {
      ctx.fillStyle = this.theme.inks.page;
      ctx.fillRect(0, 0, this.base.width, this.base.height);
    }
    for (const picture of covered ? pictures.slice(-1) : pictures) {
      const k = this.camera.scale / picture.scale;
      const [left, top] = this.camera.toScreen(picture.x - picture.width / 2 / picture.scale, picture.y - picture.height / 2 / picture.scale);
      const exact = Math.abs(k - 1) < 1e-9;
      ctx.imageSmoothingEnabled = !exact;
      ctx.imageSmoothingQuality = "low";
      ctx.drawImage(picture.canvas, left * this.ratio, top * this.ratio, picture.width * k * this.ratio, picture.height * k * this.ratio);
    }
    this.drawOver();
  }

  /** @param {Picture} picture */
  covers(picture) {
    const { x, y, scale, width, height } = this.camera;
    const [halfWidth, halfHeight] = [picture.width / 2 / picture.scale, picture.height / 2 / picture.scale];
    return picture.x - halfWidth <= x - width / 2 / scale + 1e-6 && picture.x + halfWidth >= x + width / 2 / scale - 1e-6
      && picture.y - halfHeight <= y - height / 2 / scale + 1e-6 && picture.y + halfHeight >= y + height / 2 / scale - 1e-6;
  }

  // -- the sharp picture -------------------------------------------------------------------------

  /** What the raster needs to know. */
  shown() {
    const { state, theme } = this;
    const grouping = state.grouping;
    const lit = state.hits ? new Uint8Array(state.model.count) : null;
    if (lit) for (const i of state.hits || []) lit[i] = 1;
    return {
      model: state.model, visible: state.visible, group: grouping ? grouping.of : null, table: theme.table(), lit,
      page: rgb(theme.inks.page), ink: rgb(theme.inks.ink),
      neutral: rgb(grouping ? theme.palette.others : theme.colour(0)), dark: theme.isDark,
    };
  }

  /** Draw sharply for the camera as it is, in slices; given up when anything changes. @param {number} [most]  pixels of lines */
  async sharpen(most = SOON) {
    const turn = ++this.drawing;
    const work = this.paint(this.camera.width, this.camera.height, this.ratio, most);
    let step = work.next();
    for (let begin = performance.now(); !step.done; step = work.next()) {
      if (performance.now() - begin < SLICE) continue;
      await rested();
      if (turn !== this.drawing) return;
      begin = performance.now();
    }
    const { canvas, part } = step.value;
    const { x, y, scale, width, height } = this.camera;
    this.picture = { canvas, x, y, scale, width, height };
    this.part = part;
    if (!this.whole || scale <= this.camera.fitted * 1.02) this.whole = this.picture;
    this.place();
    this.present();
    // How often the map has been drawn sharply, for those who wait for it.
    this.over.dataset.sharp = String(Number(this.over.dataset.sharp || 0) + 1);
    this.state.tell("moved");
    const waiting = this.sharpened;
    this.sharpened = [];
    for (const resolve of waiting) resolve();
    if (part < 1 && most < AT_REST) this.restTimer = window.setTimeout(() => this.sharpen(AT_REST), REST_LONGER);
  }

  /** A promise that the map stands sharp. @returns {Promise<void>} */
  sharp() {
    return new Promise((resolve) => {
      this.sharpened.push(resolve);
      clearTimeout(this.restTimer);
      if (!this.camera.flying) this.restTimer = window.setTimeout(() => this.sharpen(), 0);
    });
  }

  /** @param {number} width @param {number} height @param {number} ratio @param {number} most @returns {Generator<void, {canvas: HTMLCanvasElement, part: number}, void>} */
  *paint(width, height, ratio, most) {
    const shown = this.shown();
    const { x, y, scale } = this.camera;
    const [w, h] = [Math.max(1, Math.round(width)), Math.max(1, Math.round(height))];
    const view = { scale, left: width / 2 - x * scale, top: height / 2 - y * scale };
    const drawn = yield* lines(shown, view, w, h, most);
    const canvas = document.createElement("canvas");
    canvas.width = Math.max(1, Math.round(width * ratio));
    canvas.height = Math.max(1, Math.round(height * ratio));
    const ctx = context(canvas);
    let image = ctx.createImageData(w, h);
    yield* expose(drawn.sums, shown, shown.lit ? 0.35 : 1, image.data);
    if (ratio !== 1) {
      const small = document.createElement("canvas");
      small.width = w;
      small.height = h;
      context(small).putImageData(image, 0, 0);
      ctx.drawImage(small, 0, 0, canvas.width, canvas.height);
      image = ctx.getImageData(0, 0, canvas.width, canvas.height);
    }
    const large = yield* discs(
      shown, { scale: scale * ratio, left: view.left * ratio, top: view.top * ratio }, ratio, image.data, canvas.width, canvas.height);
    ctx.putImageData(image, 0, 0);
    for (const i of large) {
      const size = ratio * this.size(i);
      ctx.globalAlpha = shown.lit && !shown.lit[i] ? 0.14 : 1;
      disc(ctx, (this.state.model.x[i] * scale + view.left) * ratio, (this.state.model.y[i] * scale + view.top) * ratio, size, this.look(i, ratio));
    }
    return { canvas, part: drawn.part };
  }

  /** @param {number} i @param {number} ratio */
  look(i, ratio) {
    const group = this.state.grouping?.of[i] || 0;
    return {
      colour: this.theme.colour(group), page: this.theme.inks.page, ink: this.theme.inks.ink,
      shape: this.theme.shape(group), hollow: this.state.model.inCorpus[i] === 0, ratio,
    };
  }

  /** A node's radius on the screen. @param {number} i */
  size(i) {
    return Math.min(LARGEST_ON_SCREEN, onScreen(this.state.model.radius[i], this.camera.scale));
  }

  // -- names -------------------------------------------------------------------------------------

  /** Give names their places for the camera as it is. */
  place() {
    const { state, camera } = this;
    const { model, visible } = state;
    const { width, height } = camera;
    const taken = new Taken(width, height);
    for (const id of ["side", "panel", "zoom"]) {
      const element = document.getElementById(id);
      if (element && !element.hidden) taken.add(element.getBoundingClientRect());
    }
    // What stands out now is drawn in drawOver, which also names it.
    const set = state.hits ? new Set(state.hits) : null;
    /** @type {number[]} */
    const candidates = [];
    const most = 4000;
    for (let i = 0, seen = 0; i < model.count && seen < most; i++) {
      if (!visible[i] || (set && !set.has(i))) continue;
      const [x, y] = camera.toScreen(model.x[i], model.y[i]);
      const size = this.size(i);
      if (x < -size || y < -size || x > width + size || y > height + size) continue;
      seen++;
      candidates.push(i);
      // Names may cover small discs, but none of those that are seen first.
      if (size > 7 || (size > 4 && candidates.length <= 12)) taken.add({ left: x - size * 0.7, top: y - size * 0.7, right: x + size * 0.7, bottom: y + size * 0.7 });
    }
    this.names = this.placeNames(taken);
    const zoomed = Math.max(1, camera.scale / camera.fitted);
    const room = Math.round(Math.min(90, ((width * height) / 42000) * Math.pow(zoomed, 0.8) * (model.count < 60 ? 2 : 1)));
    /** @type {Label[]} */
    this.labels = [];
    for (const i of candidates) {
      if (this.labels.length >= room) break;
      const label = this.placeLabel(i, taken, 34, false);
      if (label) this.labels.push(label);
    }
  }

  /**
   * Find a free place beside a node.
   *
   * @param {number} i @param {Taken} taken @param {number} length @param {boolean} must @returns {Label | null}
   */
  placeLabel(i, taken, length, must) {
    const { camera, state: { model } } = this;
    const [x, y] = camera.toScreen(model.x[i], model.y[i]);
    const text = cut(model.name(i), length);
    const font = `${must ? 600 : 400} 12px ${FONT}`;
    const wide = widthOf(text, font);
    const reach = this.size(i) + 5;
    const spots = [[reach, 4], [-reach - wide, 4], [-wide / 2, reach + 10], [-wide / 2, -reach]];
    /** @param {number} dx @param {number} dy @returns {Label} */
    const label = (dx, dy) => ({
      text, x: model.x[i], y: model.y[i], dx, dy, font, size: 12, halo: 3.5, colour: this.theme.inks.ink, alpha: must ? 1 : 0.92, fixed: false,
    });
    for (const [dx, dy] of spots) {
      const box = { left: x + dx - 3, top: y + dy - 12, right: x + dx + wide + 3, bottom: y + dy + 5 };
      const inside = box.left > 2 && box.right < camera.width - 2 && box.top > 2 && box.bottom < camera.height - 2;
      if (!inside || !taken.isFree(box)) continue;
      taken.add(box);
      return label(dx, dy);
    }
    if (!must) return null;
    // Above it, as far to the side as keeps all of the text on the screen.
    const left = Math.min(Math.max(x - wide / 2, 6), Math.max(6, camera.width - wide - 6));
    return label(left - x, -reach);
  }

  /** Names of clusters, in the middle of what is visible of each. @param {Taken} taken */
  placeNames(taken) {
    const { state, camera } = this;
    const timeline = state.layout === "timeline";
    // Lanes are the clusters of the first grouping, whatever the colours.
    const clusters = timeline ? state.lanes : state.clusters;
    /** @type {Label[]} */
    const names = [];
    if (!clusters || state.hits) return names;
    const { model, visible } = state;
    const groups = Math.min(clusters.names.length, 60);
    /** @type {number[][]} */
    const members = Array.from({ length: groups + 1 }, () => []);
    const step = Math.max(1, Math.floor(model.count / 60000));
    for (let i = 0; i < model.count; i += step) {
      if (visible[i] && clusters.of[i] && clusters.of[i] <= groups) members[clusters.of[i]].push(i);
    }
    const { width } = camera;
    const few = width < 700;
    const room = this.room();
    const least = Math.max(3, model.count * 0.004);
    for (let group = 1; group <= groups; group++) {
      const list = members[group];
      if (list.length * step < least && !(groups <= 12 && list.length > 2)) continue;
      const [x, y] = timeline ? [0, middle(list, model.y)] : [middle(list, model.x), middle(list, model.y)];
      const spread = middle(list.map((_, k) => k), Float32Array.from(list, (i) => Math.hypot(model.x[i] - (timeline ? model.x[i] : x), model.y[i] - y)));
      const size = few ? 12 : list.length * step > model.count * 0.02 ? 15 : 13;
      const font = `700 ${size}px ${FONT}`;
      const text = cut(title(clusters.names[group - 1]), few ? 24 : 34);
      const wide = widthOf(text, font);
      const [screenX, screenY] = camera.toScreen(x, y);
      // On a timeline names stand at the left end of their lanes.
      const left = timeline ? Math.min(Math.max(camera.toScreen(Math.min(...sample(list, model.x)), 0)[0] + 2, room.left + 6), room.right - wide) : screenX - wide / 2;
      const reach = timeline ? 10 : spread * camera.scale + 30;
      for (let shift = 0; shift <= reach; shift = shift > 0 ? -shift : -shift + 9) {
        const box = { left: left - 5, top: screenY + shift - size, right: left + wide + 5, bottom: screenY + shift + size * 0.5 };
        const inside = box.left > 2 && box.right < width - 2 && box.top > 2 && box.bottom < camera.height - 2;
        if (!inside || !taken.isFree(box)) {
          if (-shift > reach) break;
          continue;
        }
        taken.add(box);
        names.push({ text, x: timeline ? 0 : x, y, dx: timeline ? left : left - screenX, dy: shift + size * 0.35, font, size, halo: 4.5, colour: this.theme.inks.ink, alpha: 1, fixed: timeline });
        break;
      }
    }
    return names;
  }

  /** The names that are written, where they stand on the screen. */
  written() {
    return [...this.names, ...this.labels].map((label) => {
      const [x, y] = label.fixed ? [0, this.camera.toScreen(0, label.y)[1]] : this.camera.toScreen(label.x, label.y);
      return { text: label.text, left: x + label.dx, baseline: y + label.dy, width: widthOf(label.text, label.font), size: label.size };
    });
  }

  // -- above -------------------------------------------------------------------------------------

  /** What is selected or pointed at has changed. */
  attend() {
    this.ask();
  }

  /** Years across a timeline. @param {CanvasRenderingContext2D} ctx */
  drawAxis(ctx) {
    const { camera, state: { model }, theme: { inks } } = this;
    const [first, last, perYear] = model.header.axis;
    const wide = perYear * camera.scale;
    const step = [1, 2, 5, 10, 20, 25, 50, 100].find((years) => years * wide > 52) || 200;
    const font = `500 12px ${FONT}`;
    /** @param {string} text @param {number} x */
    const tell = (text, x) => this.sprites.draw(
      ctx, { text, x: 0, y: 0, dx: 0, dy: 0, font, size: 12, halo: 4, colour: inks.soft, alpha: 1, fixed: true },
      x - widthOf(text, font) / 2, camera.height - 10, inks.page, this.ratio);
    for (let year = Math.ceil(first / step) * step; year <= last; year += step) {
      const [x] = camera.toScreen((year - (first + last) / 2) * perYear, 0);
      if (x < -40 || x > camera.width + 40) continue;
      ctx.strokeStyle = inks.line;
      ctx.globalAlpha = 0.55;
      ctx.lineWidth = 1;
      ctx.beginPath();
      ctx.moveTo(Math.round(x) + 0.5, 0);
      ctx.lineTo(Math.round(x) + 0.5, camera.height - 26);
      ctx.stroke();
      ctx.globalAlpha = 1;
      const text = String(year);
      tell(text, x + (step === 1 ? wide / 2 : 0));
    }
    // Papers of unknown year have a column of their own, a sixth of the width to the left.
    if (this.state.span[0] > this.state.span[1] || model.years.includes(0)) {
      const x = camera.toScreen((-0.65 * (last - first)) * perYear, 0)[0];
      if (x > -40) tell("year unknown", Math.max(x, this.room().left + 46));
    }
  }

  drawOver() {
    const { over, state } = this;
    const ctx = context(over);
    ctx.setTransform(1, 0, 0, 1, 0, 0);
    ctx.clearRect(0, 0, over.width, over.height);
    const focus = state.hovered >= 0 ? state.hovered : state.selected;
    this.base.classList.toggle("faint", focus >= 0);
    this.drawAbove(ctx, this.ratio, focus);
  }

  /** @param {CanvasRenderingContext2D} ctx @param {number} ratio @param {number} focus */
  drawAbove(ctx, ratio, focus) {
    const { camera, state, theme: { inks } } = this;
    ctx.setTransform(ratio, 0, 0, ratio, 0, 0);
    ctx.lineJoin = "round";
    if (state.layout === "timeline") this.drawAxis(ctx);
    /** @param {Label} label @param {number} alpha */
    const write = (label, alpha) => {
      const [x, y] = label.fixed ? [label.dx, camera.toScreen(0, label.y)[1]] : camera.toScreen(label.x, label.y);
      const left = label.fixed ? x : x + label.dx;
      if (left > camera.width || y < -30 || y > camera.height + 30) return;
      this.sprites.draw(ctx, { ...label, alpha: label.alpha * alpha }, left, y + label.dy, inks.page, ratio);
    };
    const alpha = focus >= 0 ? 0.22 : 1;
    for (const label of this.labels) write(label, alpha);
    for (const label of this.names) write(label, focus >= 0 ? 0.35 : 1);
    for (const i of state.marked) if (state.visible[i]) this.ring(ctx, i, inks.cites, 2);
    if (focus >= 0) this.drawFocus(ctx, focus, ratio);
    else if (state.hits && state.hits.length <= 400) {
      for (const i of state.hits) if (state.visible[i]) this.ring(ctx, i, inks.ink, 1);
    }
  }

  /** @param {CanvasRenderingContext2D} ctx @param {number} i @param {string} colour @param {number} width */
  ring(ctx, i, colour, width) {
    const [x, y] = this.camera.toScreen(this.state.model.x[i], this.state.model.y[i]);
    outline(ctx, x, y, this.size(i) + 2.5, this.look(i, 1).shape);
    ctx.lineWidth = width;
    ctx.strokeStyle = colour;
    ctx.stroke();
  }

  /** A node, its edges with their direction, and its neighbours by name. @param {CanvasRenderingContext2D} ctx @param {number} focus @param {number} ratio */
  drawFocus(ctx, focus, ratio) {
    const { camera, state, state: { model, visible }, theme: { inks } } = this;
    const { cites, citedBy } = model.neighbours(focus);
    const [x, y] = camera.toScreen(model.x[focus], model.y[focus]);
    const selected = focus === state.selected;
    /** @type {[[number, number][], string, boolean][]} */
    const kinds = model.directed
      ? [[citedBy, inks.citedBy, true], [cites, inks.cites, false]] : [[[...cites, ...citedBy], inks.citedBy, false]];
    for (const [list, colour, inwards] of kinds) {
      ctx.strokeStyle = ctx.fillStyle = colour;
      ctx.lineWidth = list.length > 200 ? 0.7 : 1.2;
      ctx.globalAlpha = list.length > 60 ? Math.max(0.3, 0.75 - list.length / 1500) : 0.85;
      for (let k = 0; k < list.length; k += 64) {
        ctx.beginPath();
        for (const [other] of list.slice(k, k + 64)) {
          if (!visible[other]) continue;
          ctx.moveTo(x, y);
          ctx.lineTo(...camera.toScreen(model.x[other], model.y[other]));
        }
        ctx.stroke();
      }
      if (!model.directed || list.length > 1500) continue;
      // Arrows point to the cited paper. Those of many citing papers would cover it: there they
      // stand in the middle of the lines.
      ctx.globalAlpha = 0.95;
      ctx.beginPath();
      for (const [other] of list) {
        if (!visible[other]) continue;
        const [a, b] = camera.toScreen(model.x[other], model.y[other]);
        const tip = inwards ? [x, y] : [a, b];
        const angle = inwards ? Math.atan2(y - b, x - a) : Math.atan2(b - y, a - x);
        const length = Math.hypot(a - x, b - y);
        const back = inwards && list.length > 12 ? length / 2 : this.size(inwards ? focus : other) + 1;
        if (length < back + 4) continue;
        head(ctx, tip[0] - Math.cos(angle) * back, tip[1] - Math.sin(angle) * back, angle, selected ? 7 : 5);
      }
      ctx.fill();
    }
    ctx.globalAlpha = 1;
    const around = [...new Set([...cites, ...citedBy].map(([other]) => other))].filter((other) => visible[other]).sort((a, b) => b - a);
    for (const i of around) this.drawNode(ctx, i);
    this.drawNode(ctx, focus);
    this.ring(ctx, focus, inks.ink, 2.2);
    // Names of the most important neighbours.
    const taken = new Taken(camera.width, camera.height);
    for (const id of ["side", "panel", "zoom"]) {
      const element = document.getElementById(id);
      if (element && !element.hidden) taken.add(element.getBoundingClientRect());
    }
    const first = this.placeLabel(focus, taken, 60, true);
    const named = [];
    for (const i of around.reverse()) {
      if (named.length >= 16) break;
      const [a, b] = camera.toScreen(model.x[i], model.y[i]);
      if (a < 0 || b < 0 || a > camera.width || b > camera.height) continue;
      const label = this.placeLabel(i, taken, 34, false);
      if (label) named.push(label);
    }
    for (const label of first ? [...named, first] : named) {
      const [a, b] = camera.toScreen(label.x, label.y);
      this.sprites.draw(ctx, { ...label, alpha: 1 }, a + label.dx, b + label.dy, inks.page, ratio);
    }
  }

  /** @param {CanvasRenderingContext2D} ctx @param {number} i */
  drawNode(ctx, i) {
    const [x, y] = this.camera.toScreen(this.state.model.x[i], this.state.model.y[i]);
    if (x < -50 || y < -50 || x > this.camera.width + 50 || y > this.camera.height + 50) return;
    const size = this.size(i);
    if (size < 2.2) {
      ctx.fillStyle = this.theme.colour(this.state.grouping?.of[i] || 0);
      ctx.fillRect(x - 1.6, y - 1.6, 3.2, 3.2);
    } else disc(ctx, x, y, size, this.look(i, 1));
  }

  // -- looking -----------------------------------------------------------------------------------

  /** The node at a point of the frame, or -1. @param {number} x @param {number} y */
  at(x, y) {
    const [mapX, mapY] = this.camera.toMap(x, y);
    const { scale } = this.camera;
    return this.picker.at(mapX, mapY, 7 / scale, (i) => this.size(i) / scale);
  }

  /** Show everything that is visible. @param {boolean} animated */
  fit(animated) {
    this.fitting = true;
    const { model, visible } = this.state;
    const room = this.room();
    const box = { left: Infinity, top: Infinity, right: -Infinity, bottom: -Infinity };
    for (let i = 0; i < model.count; i++) {
      if (!visible[i]) continue;
      const r = model.radius[i];
      box.left = Math.min(box.left, model.x[i] - r);
      box.right = Math.max(box.right, model.x[i] + r);
      box.top = Math.min(box.top, model.y[i] - r);
      box.bottom = Math.max(box.bottom, model.y[i] + r);
    }
    if (box.left > box.right) Object.assign(box, { left: -1, top: -1, right: 1, bottom: 1 });
    const narrow = this.camera.width < 700;
    const pad = narrow ? 12 : 28;
    const below = this.state.layout === "timeline" ? 34 : 0;
    this.camera.fit(box, { left: room.left + pad, top: room.top + pad, right: room.right - pad, bottom: room.bottom - pad - below }, animated);
  }

  /** Bring a node into view. @param {number} i @param {boolean} closer */
  flyTo(i, closer) {
    const { camera, state: { model } } = this;
    const [x, y] = [model.x[i], model.y[i]];
    const room = this.room();
    const [left, top] = camera.toScreen(x, y);
    const inside = left > room.left + 10 && left < room.right - 10 && top > room.top + 10 && top < room.bottom - 10;
    if (inside && !closer) return;
    this.fitting = false;
    const scale = closer ? Math.max(camera.scale, Math.min(1.1, camera.fitted * 5), camera.fitted) : camera.scale;
    camera.fly(x - ((room.left + room.right) / 2 - camera.width / 2) / scale, y - ((room.top + room.bottom) / 2 - camera.height / 2) / scale, scale);
  }

  /** What is visible, in words. */
  told() {
    const { model, visible, visibleCount } = this.state;
    let among = 0;
    for (let e = 0; e < model.edges; e++) among += visible[model.from[e]] & visible[model.to[e]];
    const [, edges] = model.header.words;
    return { nodes: visibleCount, edges: among, text: `${number(visibleCount)} of ${number(model.count)} · ${number(among)} ${edges[1]}` };
  }
}

/** @param {number[]} list @param {Float32Array} values */
function middle(list, values) {
  const sorted = Float32Array.from(list, (i) => values[i]).sort();
  return sorted[sorted.length >> 1];
}

/** Some of the values, for an extreme that need not be exact. @param {number[]} list @param {Float32Array} values */
function sample(list, values) {
  const step = Math.max(1, Math.floor(list.length / 2000));
  const some = [];
  for (let k = 0; k < list.length; k += step) some.push(values[list[k]]);
  return some;
}

/** A cluster's name as the map shows it: its first two terms. @param {string} name */
const title = (name) => short(name).split(", ").slice(0, 2).join(" · ");

/** The head of an arrow. @param {CanvasRenderingContext2D} ctx @param {number} x @param {number} y @param {number} angle @param {number} length */
function head(ctx, x, y, angle, length) {
  const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
  ctx.moveTo(x, y);
  ctx.lineTo(x - cos * length - sin * length * 0.42, y - sin * length + cos * length * 0.42);
  ctx.lineTo(x - cos * length + sin * length * 0.42, y - sin * length - cos * length * 0.42);
  ctx.closePath();
}

/** Let the browser do what else there is to do. @returns {Promise<void>} */
function rested() {
  return new Promise((resolve) => {
    const channel = new MessageChannel();
    channel.port1.onmessage = () => resolve();
    channel.port2.postMessage(null);
  });
}
