// What the page carries, unpacked: see view/payload.py for the bytes.

/** @typedef {{key: string, label: string, float: boolean, falling: boolean}} MeasureTold */
/**
 * @typedef {object} Header
 * @property {"papers" | "cocitation" | "coauthors"} of
 * @property {[[string, string], [string, string]]} words  what discs and lines are called, one and many
 * @property {number} drawn
 * @property {number} edges
 * @property {[number, number]} inAll
 * @property {boolean} directed
 * @property {MeasureTold[]} measures
 * @property {number} sizedBy
 * @property {{key: string, label: string}[]} groupings
 * @property {Record<string, string>} links
 * @property {Record<string, [number, number, number]>} places
 * @property {[number, number, number]} axis
 * @property {string} layout
 * @property {{light: Palette, dark: Palette}} palettes
 * @property {[string, string, number][]} sections
 * @property {string[]} [bases]
 */
/** @typedef {{clusters: string[], others: string, none: string, years: string[]}} Palette */

/** Sections of a payload by name. */
export class Payload {
  /** @param {Uint8Array} bytes */
  constructor(bytes) {
    const length = new DataView(bytes.buffer, bytes.byteOffset).getUint32(0, true);
    /** @type {Header} */
    this.header = JSON.parse(new TextDecoder().decode(bytes.subarray(4, 4 + length)));
    /** @type {Map<string, Uint8Array>} */
    this.sections = new Map();
    let at = 4 + length;
    for (const [name, , size] of this.header.sections) {
      this.sections.set(name, bytes.subarray(at, at + size));
      at += size;
    }
  }

  /** @param {string} name */
  bytes(name) {
    return this.sections.get(name) || new Uint8Array(0);
  }

  /** @param {string} name @returns {string[]} */
  text(name) {
    const texts = new TextDecoder().decode(this.bytes(name)).split("\0");
    texts.pop();
    return texts;
  }

  /** @param {string} name */
  uint(name) {
    const bytes = this.bytes(name);
    let count = 0;
    for (let i = 0; i < bytes.length; i++) if (bytes[i] < 128) count++;
    const values = new Uint32Array(count);
    for (let i = 0, at = 0; i < count; i++) {
      let value = 0;
      for (let shift = 0; ; shift += 7) {
        const byte = bytes[at++];
        value |= (byte & 127) << shift;
        if (byte < 128) break;
      }
      values[i] = value >>> 0;
    }
    return values;
  }

  /** @param {string} name */
  uint16(name) {
    const bytes = this.bytes(name);
    const values = new Uint16Array(bytes.length / 2);
    for (let i = 0; i < values.length; i++) values[i] = bytes[2 * i] | (bytes[2 * i + 1] << 8);
    return values;
  }

  /** @param {string} name */
  float32(name) {
    return new Float32Array(this.bytes(name).slice().buffer);
  }

  /** Falling numbers from the steps between their bits. @param {string} name */
  falling(name) {
    const bits = this.uint(name);
    for (let i = 1; i < bits.length; i++) bits[i] = bits[i - 1] - bits[i];
    return new Float32Array(bits.buffer);
  }
}

/** @param {string} text @returns {Uint8Array} */
function fromBase64(text) {
  if ("fromBase64" in Uint8Array) {
    return /** @type {{fromBase64(text: string): Uint8Array}} */ (/** @type {unknown} */ (Uint8Array)).fromBase64(text);
  }
  const characters = atob(text);
  const bytes = new Uint8Array(characters.length);
  for (let i = 0; i < bytes.length; i++) bytes[i] = characters.charCodeAt(i);
  return bytes;
}

/** Unpack what an element of the page holds. @param {string} id */
export async function unpack(id) {
  const text = (document.getElementById(id)?.textContent || "").trim();
  const stream = new Blob([/** @type {BlobPart} */ (fromBase64(text))]).stream().pipeThrough(new DecompressionStream("gzip"));
  return new Payload(new Uint8Array(await new Response(stream).arrayBuffer()));
}
