// @ts-check
// Many small shapes on a canvas, pixel by pixel: without a graphics card a browser takes seconds per frame to draw
// ninety thousand shapes, and this some 20 ms.

/** @import { Shape } from "./messages.d.ts" */

/**
 * @typedef {object} Mask
 * @property {number} size Width and height in pixels.
 * @property {Uint8Array} cover How much of each pixel the shape covers, 0 to 255, row by row.
 */

/** @type {Record<Shape, (x: number, y: number) => number>} Distance of the border through x, y from the middle. */
const EDGE = {
  circle: Math.hypot,
  square: (x, y) => Math.max(Math.abs(x), Math.abs(y)),
  diamond: (x, y) => (Math.abs(x) + Math.abs(y)) * 0.8,
};
/** @type {Map<string, Mask>} */
const masks = new Map();

/**
 * The mask of a shape of that diameter.
 * @param {Shape} shape
 * @param {number} diameter
 * @returns {Mask}
 */
export function maskOf(shape, diameter) {
  const key = `${shape} ${diameter}`;
  const known = masks.get(key);
  if (known) return known;
  const mask = makeMask(EDGE[shape], diameter / 2);
  masks.set(key, mask);
  return mask;
}

/**
 * @param {(x: number, y: number) => number} edge
 * @param {number} radius
 * @returns {Mask}
 */
function makeMask(edge, radius) {
  const size = 2 * Math.ceil(radius) + 1;
  const middle = (size - 1) / 2;
  const cover = new Uint8Array(size * size);
  for (let i = 0; i < cover.length; i++) {
    const beyond = edge((i % size) - middle, Math.floor(i / size) - middle) - radius;
    cover[i] = 255 * Math.min(Math.max(0.5 - beyond, 0), 1);
  }
  return { size, cover };
}

/**
 * @typedef {object} Picture
 * @property {Uint32Array} pixels One number each, red in the lowest byte.
 * @property {number} width
 * @property {number} height
 */

/**
 * Draw one shape with its middle at x, y over what is there.
 * @param {Picture} picture
 * @param {number} x
 * @param {number} y
 * @param {Mask} mask
 * @param {number[]} color Red, green, blue.
 * @param {number} opacity
 */
export function stamp({ pixels, width, height }, x, y, { size, cover }, [red, green, blue], opacity) {
  const left = Math.round(x - (size - 1) / 2);
  const top = Math.round(y - (size - 1) / 2);
  for (let row = Math.max(0, -top); row < size && top + row < height; row++) {
    for (let column = Math.max(0, -left); column < size && left + column < width; column++) {
      const alpha = cover[row * size + column] * opacity;
      if (alpha < 1) continue;
      const at = (top + row) * width + left + column;
      const under = pixels[at];
      const below = under >>> 24;
      const sum = alpha + below * (1 - alpha / 255);
      const share = alpha / sum;
      const mixedBlue = mix((under >> 16) & 255, blue, share);
      const mixedGreen = mix((under >> 8) & 255, green, share);
      pixels[at] = (sum << 24) | (mixedBlue << 16) | (mixedGreen << 8) | mix(under & 255, red, share);
    }
  }
}

/**
 * @param {number} old
 * @param {number} added
 * @param {number} share Of the added, 0 to 1.
 */
function mix(old, added, share) {
  return old + (added - old) * share;
}

/**
 * @param {string} color #rrggbb
 * @returns {number[]}
 */
export function rgb(color) {
  return [1, 3, 5].map((at) => parseInt(color.slice(at, at + 2), 16));
}
