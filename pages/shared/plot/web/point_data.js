// @ts-check
// A layer of points decoded from its message, and what the tooltip and the names say of a point.

import { decodeBytes, decodeFloats, decodeIntegers } from "./binary.js";
import { rgb } from "./stamps.js";

/** @import { PointLayer, TooltipField } from "./messages.d.ts" */

const NAME_LENGTH = 26; // characters

/**
 * @typedef {object} Data The arrays of a layer, decoded.
 * @property {Float32Array} x
 * @property {Float32Array} y
 * @property {Uint8Array} style
 * @property {Uint8Array} size
 * @property {Int32Array} details
 * @property {{ field: TooltipField, values: Float32Array }[]} fields
 * @property {Int32Array | undefined} near
 * @property {number[][]} colors By style: red, green, blue.
 */

/**
 * @param {PointLayer} layer
 * @returns {Data}
 */
export function decode(layer) {
  return {
    x: decodeFloats(layer.x),
    y: decodeFloats(layer.y),
    style: decodeBytes(layer.style),
    size: decodeBytes(layer.size),
    details: decodeIntegers(layer.details.index),
    fields: layer.fields.map((field) => ({ field, values: decodeFloats(field.values) })),
    near: layer.near ? decodeIntegers(layer.near.rows) : undefined,
    colors: layer.styles.map(({ color }) => rgb(color)),
  };
}

/** @returns {Data} */
export function emptyData() {
  const floats = new Float32Array();
  const bytes = new Uint8Array();
  const none = { details: new Int32Array(), fields: [], near: undefined, colors: [] };
  return { x: floats, y: floats, style: bytes, size: bytes, ...none };
}

/**
 * Lines about a point besides its title.
 * @param {PointLayer} layer
 * @param {Data} data
 * @param {number} i
 * @returns {string[]}
 */
export function describeRow(layer, { details, fields }, i) {
  const known = fields.filter(({ values }) => Number.isFinite(values[i]));
  return [layer.details.texts[details[i]], ...known.map(({ field, values }) => format(field, values[i]))];
}

/**
 * @param {TooltipField} field
 * @param {number} value
 * @returns {string}
 */
function format({ before, after, decimals, signed }, value) {
  const number = value.toLocaleString("en", { minimumFractionDigits: decimals, maximumFractionDigits: decimals });
  return `${before}${signed && value >= 0 ? "+" : ""}${number}${after}`;
}

/**
 * Without the year and an inverted article, as `short_title` in cf_core/charts/style.py has it.
 * @param {string} title
 * @returns {string}
 */
export function shortTitle(title) {
  const name = title.replace(/ \(\d{4}\)\s*$/, "").replace(/, (The|A|An)$/, "");
  return name.length > NAME_LENGTH ? `${name.slice(0, NAME_LENGTH - 1).trimEnd()}…` : name;
}
