// @ts-check
// The columns that a table of a chart has: the coordinates, named as the axes, and what else the hover tells.

import { plainText } from "./plain_text.js";

/** @import { Layout, Trace } from "./messages.d.ts" */

/** @typedef {number[]} Place Of a value in its array: one number, or a row and a column. */
/** @typedef {{ name: string, at: (place: Place) => unknown }} Column */

export const LABEL = "label"; // what has no name of its own: whose the row is
export const ABOUT = "about"; // and what follows that
const PLACEHOLDER = /(%\{[^}]*\})/;
const FIELD = /^%\{(customdata|hovertext|text|marker\.color)\b(?:\[(\d+)\])?/; // the coordinates have columns anyway
const PAUSE = /<br>|, |; /;

/** @param {unknown} value */
export function isMissing(value) {
  return value === null || value === undefined || (typeof value === "number" && !Number.isFinite(value));
}

/**
 * The places where a trace has something: not the gaps between its lines.
 * @param {Trace} trace
 * @returns {Place[]}
 */
export function placesOf(trace) {
  if (trace.type === "heatmap") return [...(trace.z ?? [])].flatMap((row, i) => Array.from(row, (_, j) => [i, j]));
  const length = Math.max(trace.x?.length ?? 0, trace.y?.length ?? 0);
  const places = Array.from({ length }, (_, i) => [i]);
  return places.filter((place) => !["x", "y"].every((letter) => isMissing(coordinate(trace, letter, place))));
}

/**
 * A chart says in the trace's `meta` which coordinates are but places that it had to find.
 * @param {Trace} trace
 * @param {Layout} layout
 * @param {Place[]} places
 * @returns {Column[]}
 */
export function coordinates(trace, layout, places) {
  const scene = layout[trace.scene];
  const columns = (scene ? ["x", "y", "z"] : ["x", "y"]).flatMap((letter) => {
    if (trace.meta?.not_in_table?.includes(letter)) return [];
    const id = scene ? letter : (trace[`${letter}axis`] ?? letter);
    const axis = (scene ?? layout)[id.replace(letter, `${letter}axis`)];
    const at = namesOf(trace, axis, (place) => coordinate(trace, letter, place), places);
    const isName = isBar(trace) && places.every((place) => typeof at(place) === "string");
    const name = titleOf(axis) || hoverName(trace, letter) || (isName ? LABEL : letter);
    return [{ name, at }, ...whiskers(name, trace[`error_${letter}`])];
  });
  // Colours that the chart has no name for do no more than set off what is written in the cells.
  const value = trace.type === "heatmap" && (titleOf(trace.colorbar) || hoverName(trace, "z"));
  return value ? [...columns, { name: value, at: (place) => valueAt(trace.z, place) }] : columns;
}

/**
 * How far the error bars of a coordinate reach.
 * @param {string} name
 * @param {any} bars
 * @returns {Column[]}
 */
function whiskers(name, bars) {
  if (!bars?.visible || !bars.array) return [];
  const up = (/** @type {Place} */ place) => valueAt(bars.array, place);
  const down = (/** @type {Place} */ place) => valueAt(bars.arrayminus, place);
  if (bars.symmetric) return [{ name: `${name}, ±`, at: up }];
  return [{ name: `${name}, bar upward`, at: up }, { name: `${name}, bar downward`, at: down }];
}

/** @param {{ title?: { text?: string } } | undefined} part */
export function titleOf(part) {
  return plainText(part?.title?.text ?? "");
}

/**
 * Coordinates without values of their own are evenly spaced.
 * @param {Trace} trace
 * @param {string} letter
 * @param {Place} place
 */
function coordinate(trace, letter, place) {
  const at = trace.type === "heatmap" && letter === "x" ? place[1] : place[0];
  return trace[letter] ? valueAt(trace[letter], [at]) : (trace[`${letter}0`] ?? 0) + at * (trace[`d${letter}`] ?? 1);
}

/**
 * The coordinates; where the ticks have a name for what is but the number of a bar, a cell or a group, that name.
 * Without a title, an axis may have names for places that only some of the points have.
 * @param {Trace} trace
 * @param {{ type?: string, title?: { text?: string }, tickvals?: number[], ticktext?: string[] } | undefined} axis
 * @param {Column["at"]} at
 * @param {Place[]} places
 * @returns {Column["at"]}
 */
function namesOf(trace, axis, at, places) {
  const { tickvals = [], ticktext = [], type } = axis ?? {};
  const names = new Map(tickvals.map((value, i) => [/** @type {unknown} */ (value), ticktext[i]]));
  const isCounted = (isBar(trace) || trace.type === "heatmap") && tickvals.every(Number.isInteger);
  if (isCounted && places.every((place) => names.has(at(place)))) return (place) => names.get(at(place));
  if (type === "log" || !titleOf(axis)) return at;
  return (place) => [names.get(at(place))].find((name) => name && Number.isNaN(Number(name))) ?? at(place);
}

/** @param {Trace} trace */
function isBar({ type }) {
  return type === "bar" || type === "waterfall";
}

/**
 * The values that the hover tells besides the coordinates.
 * @param {Trace} trace
 * @returns {Column[]}
 */
export function hoverFields(trace) {
  const parts = hoverParts(trace);
  /** @type {Column[]} */
  const columns = parts.flatMap((part, i) => {
    const [, path, index] = FIELD.exec(part) ?? [];
    if (!path || (path === "hovertext" && trace.type === "heatmap")) return []; // the value once more, in words
    const values = path.split(".").reduce((value, key) => value?.[key], trace);
    const inner = index ? [Number(index)] : [];
    const at = (/** @type {Place} */ place) => valueAt(values, [...place, ...inner]);
    return [{ name: fieldName(parts, i), at: path === "text" ? (place) => withoutCommas(at(place)) : at }];
  });
  if (columns.length || (!trace.hovertext && !trace.mode?.includes("text"))) return columns;
  return [{ name: LABEL, at: (place) => valueAt(trace.hovertext || trace.text, place) }];
}

/**
 * A number that is written with thousands set off, as a number.
 * @param {unknown} text
 */
function withoutCommas(text) {
  return typeof text === "string" && /^\d{1,3}(,\d{3})+$/.test(text) ? text.replaceAll(",", "") : text;
}

/**
 * What the hover calls a coordinate.
 * @param {Trace} trace
 * @param {string} letter
 */
function hoverName(trace, letter) {
  const parts = hoverParts(trace);
  const i = parts.findIndex((part) => part === `%{${letter}}` || part.startsWith(`%{${letter}:`));
  const name = i < 0 ? LABEL : fieldName(parts, i);
  return name === LABEL ? "" : name;
}

/**
 * Words and placeholders by turns.
 * @param {Trace} trace
 * @returns {string[]}
 */
function hoverParts({ hovertemplate }) {
  return (hovertemplate || "").replace(/<extra>.*$/s, "").split(PLACEHOLDER);
}

/**
 * The name of a value is the words around it: "mean … stars". Words that lead on to the next value are that one's.
 * @param {string[]} parts Words and placeholders by turns.
 * @param {number} i
 */
function fieldName(parts, i) {
  const before = parts[i - 1].split(PAUSE).at(-1) ?? "";
  const [after, ...rest] = parts[i + 1].split(PAUSE);
  return columnName(before, rest.length || i + 2 >= parts.length ? after : "");
}

/**
 * @param {string} before
 * @param {string} after
 */
export function columnName(before, after) {
  const words = [before, after].map((text) => plainText(text).replace(/[():=]/g, "").trim());
  return words.filter(Boolean).join(" … ") || LABEL;
}

/**
 * @param {any} values One for all, or an array of them, or of arrays.
 * @param {Place} place
 */
export function valueAt(values, place) {
  return place.reduce((value, i) => (typeof value === "object" && value !== null ? value[i] : value), values);
}
