"use strict";
/* The map: vis-network moves and zooms it; papers, citations and labels are drawn here. Text from papers enters the document by textContent alone. */
(() => {
const data = JSON.parse(document.getElementById("data").textContent);
const { papers, nodes } = data;
const clusters = data.clusters.map(({ name, papers: inside }) =>
  ({ name: name.replace(/^arxiv:/, ""), papers: inside }));
const count = nodes.length;
const element = (id) => document.getElementById(id);
const number = (value) => value.toLocaleString("en");

/** A new element with a class and text. */
function make(tag, className, text) {
  const made = document.createElement(tag);
  if (className) made.className = className;
  if (text !== undefined) made.textContent = text;
  return made;
}

// -- papers ------------------------------------------------------------------------------------

const positionOf = new Map(papers.id.map((id, position) => [id, position]));
const cites = nodes.map(() => []);
const citedBy = nodes.map(() => []);
for (let i = 0; i < data.citations.length; i += 2) {
  cites[data.citations[i]].push(data.citations[i + 1]);
  citedBy[data.citations[i + 1]].push(data.citations[i]);
}
for (const list of [...cites, ...citedBy]) list.sort((a, b) => a - b);

const nameOf = (p) => papers.title[p] || papers.id[p].replace(/^arxiv:/, "");
const shown = (p) => citedOnly || papers.inCorpus[p] === 1;

function shortAuthors(p) {
  const names = papers.authors[p];
  return names.length > 3 ? `${names.slice(0, 3).join(", ")} et al.` : names.join(", ");
}

function facts(p) {
  const cited = papers.citedBy[p];
  return [shortAuthors(p), papers.year[p], cited ? `cited by ${number(cited)}` : ""]
    .filter((fact) => fact).join(" · ");
}

const folded = (text) => text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
const haystack = papers.id.map((id, p) =>
  folded([papers.title[p] || "", ...papers.authors[p], id].join("\n")));

// -- state -------------------------------------------------------------------------------------

let citedOnly = true;
let selected = -1;
let hovered = -1;
let cluster = -1; // the legend's choice: a cluster's number, OTHERS, 0 for none
let hits = null; // positions that the search found, or null
let emphasis = null; // Set of positions that stand out, or null
const OTHERS = Infinity;
const calm = matchMedia("(prefers-reduced-motion: reduce)");
const dark = matchMedia("(prefers-color-scheme: dark)");
const narrow = matchMedia("(max-width: 700px)");

// -- colours -----------------------------------------------------------------------------------

const theme = {};
function readTheme() {
  const style = getComputedStyle(document.documentElement);
  for (const name of ["page", "ink", "soft", "cites", "cited-by"]) {
    theme[name] = style.getPropertyValue(`--${name}`).trim();
  }
  theme.palette = dark.matches ? data.palettes.dark : data.palettes.light;
}
const COLOURS = data.palettes.light.clusters.length;
function colourOf(number) {
  if (number === 0) return theme.palette.none;
  return number <= COLOURS ? theme.palette.clusters[number - 1] : theme.palette.others;
}
readTheme();

// -- the network -------------------------------------------------------------------------------

const visNodes = new vis.DataSet(nodes.map(([x, y], id) => ({ id, x, y })));
const network = new vis.Network(element("map"), { nodes: visNodes, edges: [] }, {
  autoResize: true,
  physics: false,
  layout: { improvedLayout: false },
  nodes: { shape: "custom", ctxRenderer: drawPaper },
  interaction: { hover: false, dragNodes: false, selectable: false, zoomSpeed: 0.7 },
});
const frame = element("map").firstElementChild;
frame.setAttribute("role", "application");
frame.setAttribute("aria-label", element("map").getAttribute("aria-label"));
element("map").removeAttribute("aria-label");

function drawPaper({ ctx, id: p, x, y }) {
  const scale = network.getScale();
  const radius = Math.max(nodes[p][2], 2 / scale);
  return {
    nodeDimensions: { width: 2 * radius, height: 2 * radius },
    drawNode() {
      const faint = emphasis !== null && !emphasis.has(p);
      ctx.globalAlpha = faint ? 0.13 : 1;
      ctx.beginPath();
      ctx.arc(x, y, radius, 0, 2 * Math.PI);
      if (papers.inCorpus[p]) {
        ctx.fillStyle = colourOf(papers.cluster[p]);
        ctx.fill();
      } else {
        const width = Math.min(Math.max(1.6, 1.1 / scale), radius * 0.8);
        ctx.fillStyle = theme.page;
        ctx.fill();
        ctx.beginPath();
        ctx.arc(x, y, radius - width / 2, 0, 2 * Math.PI);
        ctx.strokeStyle = colourOf(papers.cluster[p]);
        ctx.lineWidth = width;
        ctx.stroke();
      }
      if (p === selected || p === hovered) {
        ctx.globalAlpha = 1;
        ctx.beginPath();
        ctx.arc(x, y, radius + 3 / scale, 0, 2 * Math.PI);
        ctx.strokeStyle = theme.ink;
        ctx.lineWidth = (p === selected ? 2.2 : 1.4) / scale;
        ctx.stroke();
      }
    },
  };
}

// -- citations ---------------------------------------------------------------------------------
// All of them are one picture, drawn anew when the map has come to rest; while it moves, the
// picture moves with it. Few enough are drawn in every frame.

const DRAWN_ALWAYS = 800;
const picture = document.createElement("canvas");
let pictured = null; // the transform under which the picture was drawn
let resting = 0;

function drawCitations(ctx, scale) {
  const byColour = new Map();
  for (let i = 0; i < data.citations.length; i += 2) {
    const a = data.citations[i];
    const b = data.citations[i + 1];
    if (!shown(a) || !shown(b)) continue;
    const same = papers.cluster[a] === papers.cluster[b] && papers.cluster[a] > 0;
    const colour = same ? colourOf(papers.cluster[a]) : theme.palette.others;
    if (!byColour.has(colour)) byColour.set(colour, []);
    byColour.get(colour).push(a, b);
  }
  const many = data.citations.length / 2;
  ctx.lineWidth = Math.min(1.1, 0.75 + 0.25 * scale) / scale;
  ctx.globalAlpha = Math.min(0.42, Math.max(0.05, 9 / Math.sqrt(many + 1)));
  for (const [colour, ends] of byColour) {
    ctx.strokeStyle = colour;
    // Lines of one path do not darken each other, and long paths are slow: a few at a time.
    for (let from = 0; from < ends.length; from += 48) {
      ctx.beginPath();
      for (let i = from; i < Math.min(from + 48, ends.length); i += 2) {
        ctx.moveTo(nodes[ends[i]][0], nodes[ends[i]][1]);
        ctx.lineTo(nodes[ends[i + 1]][0], nodes[ends[i + 1]][1]);
      }
      ctx.stroke();
    }
  }
  ctx.globalAlpha = 1;
}

function renew() {
  pictured = null;
  network.redraw();
}

const equal = (s, t) => s.a === t.a && s.e === t.e && s.f === t.f;

network.on("beforeDrawing", (ctx) => {
  const transform = ctx.getTransform();
  const scale = network.getScale();
  ctx.save();
  const faint = emphasis === null ? 1 : 0.22;
  if (data.citations.length / 2 <= DRAWN_ALWAYS && faint === 1) {
    drawCitations(ctx, scale);
  } else {
    const { width, height } = ctx.canvas;
    if (pictured === null || picture.width !== width || picture.height !== height) {
      picture.width = width;
      picture.height = height;
      pictured = transform;
      const into = picture.getContext("2d");
      into.setTransform(transform);
      drawCitations(into, scale);
    } else if (!equal(pictured, transform)) {
      clearTimeout(resting);
      resting = setTimeout(renew, 110);
    }
    ctx.setTransform(transform.multiply(pictured.inverse()));
    ctx.globalAlpha = faint;
    ctx.drawImage(picture, 0, 0);
    ctx.setTransform(transform);
    ctx.globalAlpha = 1;
  }
  const focus = hovered >= 0 ? hovered : selected;
  if (focus >= 0 && shown(focus)) drawOwnCitations(ctx, focus, scale);
  ctx.restore();
});

function drawOwnCitations(ctx, focus, scale) {
  const arrows = focus === selected;
  for (const [others, colour] of [[cites[focus], theme.cites], [citedBy[focus], theme["cited-by"]]]) {
    ctx.strokeStyle = ctx.fillStyle = colour;
    ctx.lineWidth = 1.2 / scale;
    ctx.globalAlpha = others.length > 60 ? 0.45 : 0.8;
    for (const other of others) {
      if (!shown(other)) continue;
      ctx.beginPath();
      ctx.moveTo(nodes[focus][0], nodes[focus][1]);
      ctx.lineTo(nodes[other][0], nodes[other][1]);
      ctx.stroke();
      if (!arrows) continue;
      if (others === cites[focus]) arrow(ctx, focus, other, scale);
      else arrow(ctx, other, focus, scale);
    }
  }
  ctx.globalAlpha = 1;
}

/** The head of an arrow at the cited paper's edge. */
function arrow(ctx, citing, cited, scale) {
  const [x, y, radius] = nodes[cited];
  const angle = Math.atan2(y - nodes[citing][1], x - nodes[citing][0]);
  const length = 7 / scale;
  ctx.save();
  ctx.translate(x, y);
  ctx.rotate(angle);
  ctx.translate(-Math.max(radius, 2 / scale) - 1 / scale, 0);
  ctx.beginPath();
  ctx.moveTo(0, 0);
  ctx.lineTo(-length, length * 0.42);
  ctx.lineTo(-length, -length * 0.42);
  ctx.fill();
  ctx.restore();
}

// -- labels ------------------------------------------------------------------------------------

const FONT = getComputedStyle(document.body).fontFamily;
const middles = clusters.slice(0, COLOURS).map((_, i) => {
  const members = nodes.filter((_, p) => papers.cluster[p] === i + 1);
  const middle = (axis) => members.map((n) => n[axis]).sort((a, b) => a - b)[members.length >> 1];
  const down = middle(1);
  return [middle(0), down, Math.max(...members.map((n) => Math.abs(n[1] - down)))];
});
const cut = (text, length) => text.length > length ? `${text.slice(0, length - 1).trimEnd()}…` : text;

network.on("afterDrawing", (ctx) => {
  const ratio = ctx.canvas.width / ctx.canvas.clientWidth || 1;
  const matrix = ctx.getTransform();
  const onScreen = ([x, y]) => [(matrix.a * x + matrix.e) / ratio, (matrix.d * y + matrix.f) / ratio];
  const scale = network.getScale();
  const width = ctx.canvas.clientWidth;
  const height = ctx.canvas.clientHeight;
  // Where no text may stand: what floats above the map, and the discs that are large now.
  const taken = ["side", "panel", "zoom"].map((id) => element(id).getBoundingClientRect())
    .map(({ left, top, right, bottom }) => [left, top, right, bottom]);
  const discs = [];
  for (let p = 0; p < count && discs.length < 300; p++) {
    const radius = nodes[p][2] * scale;
    if (radius < 4) break;
    const [x, y] = onScreen(nodes[p]);
    if (!shown(p) || emphasis !== null && !emphasis.has(p)) continue;
    if (x > -radius && x < width + radius && y > -radius && y < height + radius) {
      discs.push([x - radius, y - radius, x + radius, y + radius]);
    }
  }
  taken.push(...discs);
  const free = (box) => taken.every((other) =>
    box[0] > other[2] || box[2] < other[0] || box[1] > other[3] || box[3] < other[1]);

  /** Write text at the first of the spots (left ends of baselines) that is free. */
  function write(text, spots, size, must) {
    const wide = ctx.measureText(text).width;
    const boxes = spots.map((spot) => spot(wide))
      .map(([x, y]) => [x - 2, y - size, x + wide + 2, y + size * 0.3])
      .filter((box) => box[0] > 2 && box[2] < width - 2 && box[1] > 2 && box[3] < height - 2);
    const box = boxes.find(free) || (must ? boxes[0] : undefined);
    if (!box) return false;
    taken.push(box);
    ctx.strokeText(text, box[0] + 2, box[1] + size);
    ctx.fillText(text, box[0] + 2, box[1] + size);
    return true;
  }

  ctx.save();
  ctx.setTransform(ratio, 0, 0, ratio, 0, 0);
  ctx.lineJoin = "round";
  ctx.textAlign = "left";
  ctx.strokeStyle = theme.page;

  function paper(p, strong) {
    const [x, y] = onScreen(nodes[p]);
    if (x < 0 || y < 0 || x > width || y > height) return false;
    const reach = Math.max(nodes[p][2] * scale, 2) + 5;
    ctx.font = `${strong ? 600 : 400} 12px ${FONT}`;
    ctx.lineWidth = 3.5;
    ctx.fillStyle = theme.ink;
    return write(cut(nameOf(p), strong ? 60 : 34), [
      () => [x + reach, y + 4], (wide) => [x - reach - wide, y + 4],
      (wide) => [x - wide / 2, y + reach + 9], (wide) => [x - wide / 2, y - reach],
    ], 12, strong);
  }

  const focus = hovered >= 0 ? hovered : selected;
  if (focus >= 0 && shown(focus)) paper(focus, true);
  if (emphasis === null || emphasis.size > 0 && cluster >= 0 && focus < 0 && hits === null) {
    middles.forEach((middle, i) => {
      const small = clusters[i].papers < Math.max(3, count * 0.012);
      if (small || cluster >= 0 && cluster !== i + 1) return;
      const [x, y] = onScreen(middle);
      ctx.font = `700 ${narrow.matches ? 12 : 14}px ${FONT}`;
      ctx.lineWidth = 5;
      ctx.fillStyle = theme.soft;
      // In the middle, else above or below it, at most just outside of the cluster.
      const shifts = [0];
      for (let shift = 16; shift < middle[2] * scale + 40; shift += 12) shifts.push(-shift, shift);
      const inside = (wide) => Math.min(Math.max(x - wide / 2, 6), width - wide - 6);
      write(cut(clusters[i].name, 40), shifts.map((shift) => (wide) => [inside(wide), y + 5 + shift]),
        14, count > 40);
    });
  }
  // The largest papers carry their titles; zooming in makes room for more.
  const room = emphasis === null
    ? Math.round(Math.min(70, (width * height) / 62000 * Math.max(1, (scale / fitted) ** 1.3)))
    : 16;
  let written = 0;
  for (let p = 0; p < count && written < room; p++) {
    if (p !== focus && shown(p) && (emphasis === null || emphasis.has(p)) && paper(p, false)) written++;
  }
  ctx.restore();
});

// -- what stands out ---------------------------------------------------------------------------

function emphasise() {
  const focus = hovered >= 0 ? hovered : selected;
  if (focus >= 0) emphasis = new Set([focus, ...cites[focus], ...citedBy[focus]]);
  else if (hits !== null) emphasis = new Set(hits);
  else if (cluster >= 0) emphasis = new Set([...nodes.keys()].filter((p) => inCluster(p, cluster)));
  else emphasis = null;
  network.redraw();
}
const inCluster = (p, which) =>
  which === OTHERS ? papers.cluster[p] > COLOURS : papers.cluster[p] === which;

// -- moving ------------------------------------------------------------------------------------

let fitted = 1;

/** What side and panel leave free, in pixels from the window's edges. */
function free() {
  const gap = 24;
  if (narrow.matches) {
    const top = element("side").getBoundingClientRect().bottom;
    const bottom = element("panel").hidden ? innerHeight : element("panel").getBoundingClientRect().top;
    return { left: 12, right: innerWidth - 12, top: Math.min(top, innerHeight / 2) + 12, bottom: bottom - 12 };
  }
  const side = element("side").getBoundingClientRect();
  const right = element("panel").hidden ? innerWidth : element("panel").getBoundingClientRect().left;
  return { left: side.right + gap, right: right - gap, top: gap, bottom: innerHeight - gap };
}

/** Bring a point of the map to the middle of the free part. */
function moveTo(x, y, scale, animated) {
  const { left, right, top, bottom } = free();
  network.moveTo({
    position: { x, y },
    scale,
    offset: { x: (left + right - innerWidth) / 2, y: (top + bottom - innerHeight) / 2 },
    animation: animated && !calm.matches ? { duration: 450, easingFunction: "easeInOutQuad" } : false,
  });
}

function fit(animated) {
  const inside = nodes.filter((_, p) => shown(p));
  if (!inside.length) return;
  const bound = (axis, sign) =>
    inside.reduce((most, n) => Math.max(most, sign * n[axis] + n[2]), -Infinity);
  const [right, left, below, above] = [bound(0, 1), -bound(0, -1), bound(1, 1), -bound(1, -1)];
  const room = free();
  fitted = Math.min(4, Math.max(0.02,
    Math.min((room.right - room.left) / (right - left), (room.bottom - room.top) / (below - above))));
  moveTo((left + right) / 2, (above + below) / 2, fitted, animated);
}

function flyTo(p, closer) {
  const scale = network.getScale();
  moveTo(nodes[p][0], nodes[p][1], closer ? Math.max(scale, 1.1, fitted) : scale, true);
}

function inView(p) {
  const at = network.canvasToDOM({ x: nodes[p][0], y: nodes[p][1] });
  const { left, right, top, bottom } = free();
  return at.x > left && at.x < right && at.y > top && at.y < bottom;
}

function zoom(factor) {
  const { x, y } = network.getViewPosition();
  network.moveTo({
    position: { x, y },
    scale: network.getScale() * factor,
    animation: calm.matches ? false : { duration: 150, easingFunction: "easeOutQuad" },
  });
}

element("zoom-in").addEventListener("click", () => zoom(1.4));
element("zoom-out").addEventListener("click", () => zoom(1 / 1.4));
element("fit").addEventListener("click", () => fit(true));
frame.addEventListener("keydown", (event) => {
  const { x, y } = network.getViewPosition();
  const step = 80 / network.getScale();
  const moves = { ArrowLeft: [-step, 0], ArrowRight: [step, 0], ArrowUp: [0, -step], ArrowDown: [0, step] };
  if (event.key in moves) {
    network.moveTo({ position: { x: x + moves[event.key][0], y: y + moves[event.key][1] } });
  } else if (event.key === "+" || event.key === "=") zoom(1.4);
  else if (event.key === "-") zoom(1 / 1.4);
  else if (event.key === "0") fit(true);
  else return;
  event.preventDefault();
});

// -- hover -------------------------------------------------------------------------------------

const tooltip = element("tooltip");
let pointer = [0, 0];

/** The paper under a point of the window, or -1. Small ones are easier to hit than to see. */
function paperAt(clientX, clientY) {
  const { left, top } = frame.getBoundingClientRect();
  const { x, y } = network.DOMtoCanvas({ x: clientX - left, y: clientY - top });
  const least = 6 / network.getScale();
  let [nearest, best] = [-1, 0];
  for (let p = 0; p < count; p++) {
    const gap = Math.hypot(nodes[p][0] - x, nodes[p][1] - y) - Math.max(nodes[p][2], least);
    if (gap < best && shown(p)) [nearest, best] = [p, gap];
  }
  return nearest;
}

function placeTooltip() {
  const { width, height } = tooltip.getBoundingClientRect();
  const [x, y] = pointer;
  tooltip.style.left = `${x + 16 + width < innerWidth ? x + 16 : Math.max(8, x - 16 - width)}px`;
  tooltip.style.top = `${Math.max(8, y + 16 + height < innerHeight ? y + 16 : y - 12 - height)}px`;
}

frame.addEventListener("pointermove", (event) => {
  pointer = [event.clientX, event.clientY];
  // A finger has no hover, and a pressed button is a drag.
  if (event.pointerType === "touch" || event.buttons) return;
  const under = paperAt(...pointer);
  if (under < 0) unhover();
  else if (under !== hovered) hover(under);
  else placeTooltip();
});

function hover(p) {
  hovered = p;
  tooltip.replaceChildren(
    make("strong", "", nameOf(p)),
    make("span", "soft", facts(p)),
    make("br"),
    make("span", "soft", papers.id[p]),
  );
  tooltip.hidden = false;
  placeTooltip();
  frame.style.cursor = "pointer";
  emphasise();
}
function unhover() {
  if (hovered < 0) return;
  hovered = -1;
  tooltip.hidden = true;
  frame.style.cursor = "";
  emphasise();
}
network.on("dragStart", unhover);
network.on("zoom", unhover);
frame.addEventListener("pointerleave", unhover);

// -- the panel ---------------------------------------------------------------------------------

const panel = element("panel");

function select(p) {
  selected = p;
  if (p >= 0) fillPanel(p);
  panel.hidden = p < 0;
  emphasise();
}

network.on("click", ({ pointer: { DOM } }) => {
  const { left, top } = frame.getBoundingClientRect();
  tooltip.hidden = true;
  hovered = -1;
  select(paperAt(DOM.x + left, DOM.y + top));
});

function fillPanel(p) {
  const close = make("button", "close", "×");
  close.type = "button";
  close.setAttribute("aria-label", "Close");
  close.addEventListener("click", () => { select(-1); frame.focus(); });
  const title = make("h2", "", nameOf(p));
  title.id = "panel-title";
  title.tabIndex = -1;
  panel.replaceChildren(close, title);

  const names = papers.authors[p];
  if (names.length) {
    const more = names.length > 40 ? ` and ${number(names.length - 40)} more` : "";
    panel.append(make("p", "authors soft", names.slice(0, 40).join(", ") + more));
  }
  if (papers.links[p].length) {
    const row = make("p", "links");
    for (const [word, address] of papers.links[p]) {
      const link = make("a", "", word);
      link.href = address;
      link.target = "_blank";
      link.rel = "noopener noreferrer";
      row.append(link);
    }
    panel.append(row);
  }

  const list = make("dl");
  const row = (term, value) => {
    if (value === null || value === "") return null;
    const description = make("dd", "", value);
    list.append(make("dt", "", term), description);
    return description;
  };
  row("Year", papers.year[p]);
  row("Venue", papers.venue[p]);
  row("Categories", papers.categories[p].join(", "));
  if (papers.cluster[p]) {
    const dot = make("span", "dot");
    dot.style.background = colourOf(papers.cluster[p]);
    row("Cluster", clusters[papers.cluster[p] - 1].name).prepend(dot);
  }
  row("PageRank", `${papers.pagerank[p].toPrecision(3)} (rank ${number(p + 1)})`);
  row("Id", papers.id[p]);
  if (!papers.inCorpus[p]) row("Status", "cited only: no record of its own in this graph");
  panel.append(list);
  panel.append(
    neighbours("cites", "→", "Cites", papers.cites[p], cites[p]),
    neighbours("cited-by", "←", "Cited by", papers.citedBy[p], citedBy[p]),
  );
  panel.scrollTop = 0;
}

function neighbours(className, sign, word, inAll, list) {
  const section = make("details", className);
  section.open = list.length > 0;
  const summary = make("summary");
  const head = make("h3");
  const arrowSign = make("span", "arrow", sign);
  arrowSign.setAttribute("aria-hidden", "true");
  head.append(arrowSign, ` ${word} ${number(inAll)}`);
  summary.append(head);
  section.append(summary);
  if (list.length < inAll) {
    section.append(make("p", "soft", `${number(list.length)} of them on this map`));
  }
  const items = make("ul");
  for (const other of list) {
    const button = make("button", "", nameOf(other));
    button.type = "button";
    if (papers.year[other]) button.append(make("span", "soft", ` ${papers.year[other]}`));
    button.addEventListener("click", () => go(other, false));
    const item = make("li");
    item.append(button);
    items.append(item);
  }
  section.append(items);
  return section;
}

/** Select a paper and bring it into view. */
function go(p, closer) {
  if (!shown(p)) setCitedOnly(true);
  select(p);
  if (closer || !inView(p)) flyTo(p, closer);
  if (!closer) element("panel-title").focus({ preventScroll: true });
}

// -- search ------------------------------------------------------------------------------------

const search = element("search");
const found = element("found");
const LISTED = 8;
let active = -1;

/** Papers that hold every word of the text: those that begin with it, then by PageRank. */
function find(text) {
  const words = folded(text).split(/\s+/).filter((word) => word);
  if (!words.length) return null;
  const all = [];
  for (let p = 0; p < count; p++) {
    if (words.every((word) => haystack[p].includes(word))) all.push(p);
  }
  const exact = positionOf.get(text.trim());
  const beginning = words.join(" ");
  const place = (p) => (p === exact ? 0 : haystack[p].startsWith(beginning) ? 1 : 2);
  return all.sort((one, other) => place(one) - place(other)); // the sort is stable
}

function showHits() {
  hits = find(search.value);
  active = -1;
  search.setAttribute("aria-expanded", String(hits !== null));
  search.removeAttribute("aria-activedescendant");
  found.hidden = hits === null;
  if (hits !== null) {
    element("hits").replaceChildren(...hits.slice(0, LISTED).map((p, i) => {
      const item = make("li");
      item.id = `hit-${i}`;
      item.setAttribute("role", "option");
      item.setAttribute("aria-selected", "false");
      item.append(make("span", "name", nameOf(p)), make("span", "soft", facts(p) || papers.id[p]));
      item.addEventListener("mousedown", (event) => event.preventDefault());
      item.addEventListener("click", () => choose(p));
      return item;
    }));
    element("hit-count").textContent = hits.length === 0 ? "Nothing found"
      : hits.length === 1 ? "1 paper" : `${number(hits.length)} papers`;
  }
  emphasise();
}

function activate(step) {
  const items = [...element("hits").children];
  if (!items.length) return;
  active = (active + step + items.length + (active < 0 && step < 0 ? 1 : 0)) % items.length;
  items.forEach((item, i) => item.setAttribute("aria-selected", String(i === active)));
  search.setAttribute("aria-activedescendant", items[active].id);
}

function choose(p) {
  found.hidden = true;
  search.setAttribute("aria-expanded", "false");
  go(p, true);
}

function clearSearch() {
  search.value = "";
  showHits();
}

search.addEventListener("input", () => { if (selected >= 0) select(-1); showHits(); });
search.addEventListener("focus", () => { if (hits !== null) found.hidden = false; });
search.addEventListener("blur", () => { found.hidden = true; });
search.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && hits !== null && hits.length) choose(hits[Math.max(active, 0)]);
  else if (event.key === "ArrowDown") activate(1);
  else if (event.key === "ArrowUp") activate(-1);
  else return;
  event.preventDefault();
});
document.addEventListener("keydown", (event) => {
  const typing = event.target instanceof HTMLInputElement && event.target.type === "search";
  if (event.key === "/" && !typing && !event.ctrlKey && !event.metaKey && !event.altKey) {
    event.preventDefault();
    search.focus();
    search.select();
  } else if (event.key === "Escape") {
    event.preventDefault();
    if (selected >= 0) select(-1);
    if (hits !== null) clearSearch();
    else if (typing) search.blur();
    if (cluster >= 0) setCluster(-1);
  }
});

// -- legend ------------------------------------------------------------------------------------

function legend() {
  const rows = clusters.slice(0, COLOURS).map((one, i) => [i + 1, one.name, one.papers]);
  const rest = clusters.slice(COLOURS);
  if (rest.length) {
    const inside = rest.reduce((sum, one) => sum + one.papers, 0);
    rows.push([OTHERS, `${number(rest.length)} other cluster${rest.length > 1 ? "s" : ""}`, inside]);
  }
  const none = papers.cluster.filter((one) => one === 0).length;
  if (none) rows.push([0, "in no cluster", none]);
  element("clusters").replaceChildren(...rows.map(([which, name, inside]) => {
    const button = make("button");
    button.type = "button";
    button.title = name;
    button.setAttribute("aria-pressed", String(cluster === which));
    const dot = make("span", "dot");
    dot.style.background = colourOf(which === OTHERS ? COLOURS + 1 : which);
    button.append(dot, make("span", "name", name), make("span", "count", number(inside)));
    button.addEventListener("click", () => setCluster(cluster === which ? -1 : which));
    const item = make("li");
    item.append(button);
    return [which, item];
  }).map(([which, item]) => { item.dataset.cluster = String(which); return item; }));
}

function setCluster(which) {
  cluster = which;
  for (const item of element("clusters").children) {
    item.firstElementChild.setAttribute("aria-pressed", String(item.dataset.cluster === String(which)));
  }
  if (which >= 0 && selected >= 0) select(-1);
  emphasise();
}

function setCitedOnly(on) {
  citedOnly = on;
  element("cited-only").checked = on;
  visNodes.update(nodes.flatMap((_, id) => papers.inCorpus[id] ? [] : [{ id, hidden: !on }]));
  if (selected >= 0 && !shown(selected)) select(-1);
  renew();
}

if (element("cited-only")) {
  element("cited-only").addEventListener("change", (event) => setCitedOnly(event.target.checked));
}

function repaint() {
  readTheme();
  legend();
  if (selected >= 0) fillPanel(selected);
  renew();
}
dark.addEventListener("change", repaint);

// -- opening -----------------------------------------------------------------------------------

legend();
element("legend").open = !narrow.matches;
narrow.addEventListener("change", () => { element("legend").open = !narrow.matches; fit(false); });
fit(false);
const ready = new Promise((resolve) => {
  network.once("afterDrawing", () => requestAnimationFrame(() => resolve()));
});
network.redraw();

// -- for scripts -------------------------------------------------------------------------------

window.graphbuild = {
  ready,
  /** How many papers and citations the graph has, the map draws, and are visible now. */
  counts() {
    const visible = nodes.filter((_, p) => shown(p)).length;
    let visibleCitations = 0;
    for (let i = 0; i < data.citations.length; i += 2) {
      if (shown(data.citations[i]) && shown(data.citations[i + 1])) visibleCitations++;
    }
    return {
      papers: data.total.papers, citations: data.total.citations,
      drawn: count, drawnCitations: data.citations.length / 2,
      visible, visibleCitations,
    };
  },
  /** Search as if typed; the ids found, highest PageRank first. */
  search(text) {
    search.value = text;
    showHits();
    return (hits || []).map((p) => papers.id[p]);
  },
  /** Open a paper's panel and bring it into view; null closes. False for an unknown id. */
  select(id) {
    if (id === null) { select(-1); return true; }
    if (!positionOf.has(id)) return false;
    go(positionOf.get(id), false);
    return true;
  },
  /** The id of the paper whose panel is open, or null. */
  selected: () => (selected < 0 ? null : papers.id[selected]),
  /** Where a paper stands now, in CSS pixels of the page; null for an unknown id. */
  position(id) {
    if (!positionOf.has(id)) return null;
    const [x, y] = nodes[positionOf.get(id)];
    const at = network.canvasToDOM({ x, y });
    const { left, top } = frame.getBoundingClientRect();
    return { x: at.x + left + scrollX, y: at.y + top + scrollY };
  },
};
})();
