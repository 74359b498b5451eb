// Elements of the page. Text from a graph enters the document by textContent alone.

/** @template {HTMLElement} [T=HTMLElement] @param {string} id @returns {T} */
export const element = (id) => /** @type {T} */ (document.getElementById(id));

/** A new element with a class and text. @template {keyof HTMLElementTagNameMap} K @param {K} tag @param {string} [className] @param {string | number} [text] @returns {HTMLElementTagNameMap[K]} */
export function make(tag, className = "", text) {
  const made = document.createElement(tag);
  if (className) made.className = className;
  if (text !== undefined) made.textContent = String(text);
  return made;
}

/** A button that does something. @param {string} className @param {string} text @param {() => void} act */
export function button(className, text, act) {
  const made = make("button", className, text);
  made.type = "button";
  made.addEventListener("click", act);
  return made;
}

const SVG = "http://www.w3.org/2000/svg";

/** The sign of a group in a legend: its shape and colour, hollow for what is only cited. @param {string} colour @param {number} shape @param {boolean} [hollow] */
export function sign(colour, shape, hollow = false) {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("class", "sign");
  svg.setAttribute("viewBox", "0 0 12 12");
  svg.setAttribute("aria-hidden", "true");
  const drawn = document.createElementNS(SVG, shape === 2 ? "rect" : shape === 3 ? "path" : "circle");
  const size = hollow || shape === 1 ? 4.2 : 5;
  if (shape === 2) {
    for (const [name, value] of [["x", 1.6], ["y", 1.6], ["width", 8.8], ["height", 8.8]]) drawn.setAttribute(String(name), String(value));
  } else if (shape === 3) drawn.setAttribute("d", "M6 0L12 6L6 12L0 6Z");
  else for (const [name, value] of [["cx", 6], ["cy", 6], ["r", size]]) drawn.setAttribute(String(name), String(value));
  drawn.setAttribute("fill", hollow ? "none" : colour);
  if (hollow || shape === 1) {
    drawn.setAttribute("stroke", hollow ? colour : "currentColor");
    drawn.setAttribute("stroke-width", "1.6");
  }
  svg.append(drawn);
  return svg;
}
