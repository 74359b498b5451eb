// What people take along: pictures (PNG, SVG) and lists (BibTeX, CSV).

import { element } from "./dom.js";
import { number } from "./model.js";
import { AT_REST, onScreen } from "./raster.js";

const LINES_IN_SVG = 40000;

export class Exports {
  /** @param {import("./state.js").State} state @param {import("./scene.js").Scene} scene @param {import("./theme.js").Theme} theme */
  constructor(state, scene, theme) {
    this.state = state;
    this.scene = scene;
    this.theme = theme;
    element("export-png").addEventListener("click", async () => this.save("png", await this.png()));
    element("export-svg").addEventListener("click", () => this.save("svg", new Blob([this.svg()], { type: "image/svg+xml" })));
    element("export-bibtex").addEventListener("click", () => this.save("bib", new Blob([this.bibtex()], { type: "application/x-bibtex" })));
    element("export-csv").addEventListener("click", () => this.save("csv", new Blob([this.csv()], { type: "text/csv" })));
    element("clear-marked").addEventListener("click", () => {
      state.marked.clear();
      state.tell("marked");
    });
    element("export-bibtex").hidden = state.model.header.of === "coauthors";
    state.on(["marked", "filters", "search", "selected"], () => this.tell());
    this.tell();
  }

  /** What a list holds: what the reader has put on it, else what is selected, found, or visible. */
  chosen() {
    const { marked, selected, hits, visible, model } = this.state;
    if (marked.size) return [...marked].sort((a, b) => a - b);
    if (selected >= 0) return [selected];
    const all = hits || Array.from({ length: model.count }, (_, i) => i);
    return all.filter((i) => visible[i]);
  }

  tell() {
    const { marked, selected, hits, visibleCount, model } = this.state;
    const [one, many] = model.header.words[0];
    /** @param {number} count */
    const nodes = (count) => `${number(count)} ${count === 1 ? one : many}`;
    element("export-what").textContent = marked.size ? `Lists hold the ${nodes(marked.size)} that you put on the list.`
      : selected >= 0 ? `Lists hold the selected ${one}.`
        : hits ? `Lists hold the ${nodes(hits.filter((i) => this.state.visible[i]).length)} found.` : `Lists hold all ${nodes(visibleCount)} that are visible.`;
    element("clear-marked").hidden = marked.size === 0;
  }

  /** @param {string} suffix @param {Blob} content */
  save(suffix, content) {
    const link = document.createElement("a");
    link.href = URL.createObjectURL(content);
    link.download = `${this.state.model.header.of === "papers" ? "citation-map" : this.state.model.header.of}.${suffix}`;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 10000);
  }

  /** The map as it is on the screen, twice as fine. @returns {Promise<Blob>} */
  png() {
    const { scene, scene: { camera } } = this;
    const ratio = 2;
    const work = scene.paint(camera.width, camera.height, ratio, AT_REST);
    let step = work.next();
    while (!step.done) step = work.next();
    const { canvas } = step.value;
    const ctx = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
    if (this.state.selected >= 0) {
      ctx.setTransform(1, 0, 0, 1, 0, 0);
      ctx.globalAlpha = 0.75;
      ctx.fillStyle = this.theme.inks.page;
      ctx.fillRect(0, 0, canvas.width, canvas.height);
      ctx.globalAlpha = 1;
    }
    scene.drawAbove(ctx, ratio, this.state.selected);
    return new Promise((resolve, reject) => canvas.toBlob((blob) => blob ? resolve(blob) : reject(new Error("no picture")), "image/png"));
  }

  /** The map as it is on the screen, as shapes. */
  svg() {
    const { scene, scene: { camera }, theme, state, state: { model, visible } } = this;
    const { width, height } = camera;
    const { inks } = theme;
    const grouping = state.grouping;
    /** @param {number} value */
    const px = (value) => String(Math.round(value * 10) / 10);
    const title = xml(document.title);
    const out = [`<?xml version="1.0" encoding="UTF-8"?>\n<svg xmlns="http://www.w3.org/2000/svg" width="${px(width)}" height="${px(height)}" viewBox="0 0 ${px(width)} ${px(height)}" role="img"><title>${title}</title>`];
    out.push(`<rect width="100%" height="100%" fill="${inks.page}"/>`);
    /** @type {Map<string, string[]>} */
    const paths = new Map();
    let count = 0;
    const step = Math.max(1, Math.ceil(model.edges / LINES_IN_SVG));
    for (let e = 0; e < model.edges; e += step) {
      const [a, b] = [model.from[e], model.to[e]];
      if (!visible[a] || !visible[b]) continue;
      const [x0, y0] = camera.toScreen(model.x[a], model.y[a]);
      const [x1, y1] = camera.toScreen(model.x[b], model.y[b]);
      if (Math.max(x0, x1) < 0 || Math.max(y0, y1) < 0 || Math.min(x0, x1) > width || Math.min(y0, y1) > height) continue;
      const same = grouping && grouping.of[a] === grouping.of[b];
      const colour = same ? theme.colour(grouping.of[a]) : theme.palette.others;
      const path = paths.get(colour) || [];
      path.push(`M${px(x0)} ${px(y0)}L${px(x1)} ${px(y1)}`);
      paths.set(colour, path);
      count++;
    }
    const opacity = Math.min(0.4, Math.max(0.04, 9 / Math.sqrt(count + 1))).toFixed(3);
    for (const [colour, path] of paths) {
      for (let k = 0; k < path.length; k += 40) out.push(`<path d="${path.slice(k, k + 40).join("")}" fill="none" stroke="${colour}" stroke-opacity="${opacity}" stroke-width="0.8"/>`);
    }
    for (let i = model.count - 1; i >= 0; i--) {
      if (!visible[i]) continue;
      const [x, y] = camera.toScreen(model.x[i], model.y[i]);
      const size = Math.min(46, onScreen(model.radius[i], camera.scale));
      if (x < -size || y < -size || x > width + size || y > height + size) continue;
      const { colour, shape, hollow, page } = scene.look(i, 1);
      const paint = hollow ? `fill="${page}" stroke="${colour}" stroke-width="${px(Math.min(2, size / 2))}"`
        : `fill="${colour}"${shape === 1 ? ` stroke="${inks.ink}"` : ""}`;
      const drawn = shape === 2 ? `<rect x="${px(x - size / 1.13)}" y="${px(y - size / 1.13)}" width="${px(size * 1.77)}" height="${px(size * 1.77)}" ${paint}>`
        : shape === 3 ? `<path d="M${px(x)} ${px(y - size / 0.8)}l${px(size / 0.8)} ${px(size / 0.8)}l${px(-size / 0.8)} ${px(size / 0.8)}l${px(-size / 0.8)} ${px(-size / 0.8)}z" ${paint}>`
          : `<circle cx="${px(x)}" cy="${px(y)}" r="${px(size)}" ${paint}>`;
      out.push(`${drawn}<title>${xml(model.name(i))}</title></${shape === 2 ? "rect" : shape === 3 ? "path" : "circle"}>`);
    }
    for (const label of [...scene.labels, ...scene.names]) {
      const [x, y] = label.fixed ? [0, camera.toScreen(0, label.y)[1]] : camera.toScreen(label.x, label.y);
      const bold = label.font.startsWith("700");
      out.push(`<text x="${px(x + label.dx)}" y="${px(y + label.dy)}" font-family="system-ui, sans-serif" font-size="${label.size}"${bold ? ' font-weight="700"' : ""} fill="${label.colour}" stroke="${inks.page}" stroke-width="${label.halo}" stroke-linejoin="round" paint-order="stroke">${xml(label.text)}</text>`);
    }
    out.push("</svg>\n");
    return out.join("\n");
  }

  bibtex() {
    const { model } = this.state;
    /** @type {Map<string, number>} */
    const used = new Map();
    const entries = this.chosen().map((i) => {
      const authors = model.authors(i);
      const family = (authors[0] || "").trim().split(/\s+/).pop() || "anonymous";
      const word = model.name(i).split(/[^\p{L}\p{N}]+/u).find((one) => one.length > 3) || "";
      const base = `${ascii(family) || "anonymous"}${model.years[i] || ""}${ascii(word)}`;
      const before = used.get(base) || 0;
      used.set(base, before + 1);
      const key = before ? `${base}-${before + 1}` : base;
      /** @type {[string, string][]} */
      const fields = [];
      if (model.titles[i]) fields.push(["title", `{${tex(model.titles[i])}}`]);
      if (authors.length) fields.push(["author", authors.map((name) => / and /i.test(name) ? `{${tex(name)}}` : tex(name)).join(" and ")]);
      if (model.years[i]) fields.push(["year", String(model.years[i])]);
      const venue = model.venue(i);
      if (venue) fields.push(["journal", tex(venue)]);
      for (const [name, address] of model.links(i)) {
        if (name === "DOI") fields.push(["doi", tex(address.slice(model.header.links.DOI.length))]);
        if (name === "arXiv") fields.push(["eprint", tex(address.slice(model.header.links.arXiv.length))], ["archiveprefix", "arXiv"]);
        if (name === "Source") fields.push(["url", tex(address)]);
      }
      fields.push(["note", tex(model.ids[i])]);
      return `@${venue ? "article" : "misc"}{${key},\n${fields.map(([name, value]) => `  ${name} = {${value}},\n`).join("")}}\n`;
    });
    return entries.join("\n");
  }

  csv() {
    const { model, clusters } = this.state;
    const people = model.header.of === "coauthors";
    const head = people ? ["id", "name", "latest_paper", "cluster"] : ["id", "title", "authors", "year", "venue", "categories", "cluster", "in_corpus", "url"];
    const rows = this.chosen().map((i) => {
      const cluster = clusters && clusters.of[i] ? clusters.names[clusters.of[i] - 1] : "";
      const year = model.years[i] || "";
      const told = people ? [model.ids[i], model.titles[i], year, cluster] : [
        model.ids[i], model.titles[i], model.authors(i).join("; "), year, model.venue(i), model.categories(i).join("; "), cluster,
        model.inCorpus[i] ? "true" : "false", model.links(i)[0]?.[1] || "",
      ];
      return [...told, ...model.header.measures.map(({ key }) => model.measures.get(key)?.[i] ?? "")];
    });
    const all = [[...head, ...model.header.measures.map((one) => one.label.toLowerCase().replace(/\W/g, "_"))], ...rows];
    return all.map((row) => `${row.map(field).join(",")}\r\n`).join("");
  }
}

/** A field of a CSV file; what a spreadsheet would compute is marked as text. @param {string | number} value */
function field(value) {
  let text = String(value);
  if (typeof value === "string" && /^[=+\-@\t\r]/.test(text)) text = `'${text}`;
  return /[",\r\n]/.test(text) ? `"${text.replace(/"/g, '""')}"` : text;
}

/** @param {string} text */
const ascii = (text) => text.normalize("NFKD").replace(/[^A-Za-z0-9]/g, "");

/** Text in TeX: what is special there is escaped, and braces stay balanced. @param {string} text */
function tex(text) {
  /** @type {Record<string, string>} */
  const signs = { "\\": "\\textbackslash ", "{": "\\{", "}": "\\}", "~": "\\textasciitilde ", "^": "\\textasciicircum " };
  return text.replace(/\s+/g, " ").replace(/[\\{}~^]/g, (sign) => signs[sign]).replace(/[&%$#_]/g, "\\$&");
}

/** Text in XML, without what XML cannot hold. @param {string} text */
function xml(text) {
  return text
    // eslint-disable-next-line no-control-regex
    .replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g, "\ufffd")
    .replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/>/g, "&gt;").replace(/"/g, "&quot;");
}
