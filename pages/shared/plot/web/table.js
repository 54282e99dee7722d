// @ts-check
// The data behind a chart as CSV: a row for each point, bar or cell that is shown, the columns named as in the chart.

import { plainText } from "./plain_text.js";
import { shownTraces } from "./plotly_internals.js";

/** @import { Layout, Trace } from "./messages.d.ts" */
/** @import { PlotNode } from "./plotly.d.ts" */

/** @typedef {Map<string, unknown>} Row Values by the name of their column. */
/** @typedef {number[]} Place Of a value in its array: one number, or a row and a column. */
/** @typedef {{ name: string, at: (place: Place) => unknown }} Column */

const SERIES = "series";
const LABEL = "label"; // what has no name of its own: whose the row is
const ABOUT = "about"; // and what follows that
const PLACEHOLDER = /(%\{[^}]*\})/;
const FIELD = /^%\{(customdata|hovertext|text|marker\.color)\b(?:\[(\d+)\])?/; // the coordinates have columns anyway
const PAUSE = /<br>|, |; /;
const FORMULA = /^[=+\-@\t\r']/; // as in cf_core/spreadsheet.py, which says why
const BYTE_ORDER_MARK = "\ufeff"; // tells a spreadsheet that this is UTF-8

/**
 * The table of a plot. What the mouse passes over is there to guide the eye, and left out.
 * @param {PlotNode} node
 * @returns {string}
 */
export function csvOf(node) {
  const traces = shownTraces(node).filter(({ hoverinfo }) => hoverinfo !== "skip");
  const { data = [], layout = {} } = node;
  // What Plotly has completed has no bar of colours where none is shown.
  const named = traces.map((trace) => ({ ...trace, colorbar: data[trace.index].colorbar }));
  return csv([...layerRows(node), ...named.flatMap((trace) => traceRows(trace, layout))]);
}

/**
 * The rows under a header; the series have a column only where there are several.
 * @param {Row[]} rows
 * @returns {string}
 */
function csv(rows) {
  const names = new Set(rows.flatMap((row) => [...row.keys()]));
  if (new Set(rows.map((row) => row.get(SERIES))).size < 2) names.delete(SERIES);
  const lines = [[...names], ...rows.map((row) => [...names].map((name) => row.get(name)))];
  return BYTE_ORDER_MARK + lines.map((line) => `${line.map(cell).join(",")}\n`).join("");
}

/**
 * @param {unknown} value
 * @returns {string}
 */
function cell(value) {
  if (isMissing(value)) return "";
  const text = String(typeof value === "number" ? rounded(value) : value);
  const safe = FORMULA.test(text) && !isNumber(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

/**
 * A number that was calculated in 32 bits has seven digits; those that follow are noise.
 * @param {number} value
 */
function rounded(value) {
  return Math.fround(value) === value && !Number.isInteger(value) ? Number(value.toPrecision(7)) : value;
}

/** @param {unknown} value */
function isMissing(value) {
  return value === null || value === undefined || (typeof value === "number" && !Number.isFinite(value));
}

/** @param {string} text */
function isNumber(text) {
  return text.trim() === text && Number.isFinite(Number(text));
}

/**
 * The points of a layer that the legend shows.
 * @param {PlotNode} node
 * @returns {Row[]}
 */
function layerRows({ points, data = [], layout }) {
  const { layer } = points ?? {};
  if (!points || !layer) return [];
  const { x, y, style, details, fields } = points.data;
  const shown = points.shownStyles(layer);
  const rows = layer.titles.map((_, i) => i).filter((i) => shown[style[i]]);
  /** @type {Column[]} */
  const columns = [
    { name: LABEL, at: ([i]) => layer.titles[i] },
    { name: titleOf(layout?.xaxis) || "x", at: (place) => valueAt(x, place) },
    { name: titleOf(layout?.yaxis) || "y", at: (place) => valueAt(y, place) },
    { name: ABOUT, at: ([i]) => layer.details.texts[details[i]] },
    ...fields.map(({ field, values }) => ({
      name: columnName(field.before, field.after),
      at: (/** @type {Place} */ place) => valueAt(values, place),
    })),
  ];
  return rows.map((i) => rowOf(data[layer.styles[style[i]].trace].name, columns, [i]));
}

/**
 * @param {Trace} trace
 * @param {Layout} layout
 * @returns {Row[]}
 */
function traceRows(trace, layout) {
  const places = placesOf(trace);
  const said = hoverFields(trace);
  // A bar's short name is not needed beside its whole one.
  const isRepeated = ({ name = "" }) => name === LABEL && said.some((field) => field.name === LABEL);
  const columns = [...coordinates(trace, layout, places).filter((column) => !isRepeated(column)), ...said];
  const readables = columns.map(({ name, at }) => ({ name, at: (/** @type {Place} */ place) => readable(at(place)) }));
  return places.map((place) => rowOf(trace.name, readables, place));
}

/**
 * @param {string} series
 * @param {Column[]} columns
 * @param {Place} place
 */
function rowOf(series, columns, place) {
  /** @type {Row} */
  const row = new Map([[SERIES, readable(series)]]);
  for (const { name, at } of columns) row.set(freeName(row, name), at(place));
  return row;
}

/**
 * The places where a trace has something: not the gaps between its lines.
 * @param {Trace} trace
 * @returns {Place[]}
 */
function placesOf(trace) {
  if (trace.type === "heatmap") return [...trace.z].flatMap((row, i) => Array.from(row, (_, j) => [i, j]));
  const length = Math.max(trace.x?.length ?? 0, trace.y?.length ?? 0);
  const places = Array.from({ length }, (_, i) => [i]);
  return places.filter((place) => !["x", "y"].every((letter) => isMissing(coordinate(trace, letter, place))));
}

/**
 * @param {Trace} trace
 * @param {Layout} layout
 * @param {Place[]} places
 * @returns {Column[]}
 */
function coordinates(trace, layout, places) {
  const scene = layout[trace.scene];
  const columns = (scene ? ["x", "y", "z"] : ["x", "y"]).map((letter) => {
    const id = scene ? letter : (trace[`${letter}axis`] ?? letter);
    const axis = (scene ?? layout)[id.replace(letter, `${letter}axis`)];
    const at = namesOf(trace, axis, (place) => coordinate(trace, letter, place), places);
    const isName = isBar(trace) && places.every((place) => typeof at(place) === "string");
    return { name: titleOf(axis) || hoverName(trace, letter) || (isName ? LABEL : letter), at };
  });
  // Colours that the chart has no name for do no more than set off what is written in the cells.
  const value = trace.type === "heatmap" && (titleOf(trace.colorbar) || hoverName(trace, "z"));
  return value ? [...columns, { name: value, at: (place) => valueAt(trace.z, place) }] : columns;
}

/** @param {{ title?: { text?: string } } | undefined} part */
function titleOf(part) {
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
 * The names of the coordinates where these are but the numbers of bars or cells, which the axis has names for.
 * @param {Trace} trace
 * @param {{ tickvals?: number[], ticktext?: string[] } | undefined} axis
 * @param {Column["at"]} at
 * @param {Place[]} places
 * @returns {Column["at"]}
 */
function namesOf(trace, axis, at, places) {
  const { tickvals = [], ticktext = [] } = axis ?? {};
  const names = new Map(tickvals.map((value, i) => [/** @type {unknown} */ (value), ticktext[i]]));
  const areNumbers = isBar(trace) || trace.type === "heatmap";
  const known = areNumbers && tickvals.every(Number.isInteger) && places.every((place) => names.has(at(place)));
  return known ? (place) => names.get(at(place)) : at;
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
function hoverFields(trace) {
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
function valueAt(values, place) {
  return place.reduce((value, i) => (typeof value === "object" && value !== null ? value[i] : value), values);
}

/**
 * @param {Row} row
 * @param {string} name
 */
function freeName(row, name) {
  let free = name === LABEL && row.has(LABEL) ? ABOUT : name;
  for (let i = 2; row.has(free); i++) free = `${name} ${i}`;
  return free;
}

/** @param {unknown} value */
function readable(value) {
  return typeof value === "string" ? plainText(value) : value;
}
