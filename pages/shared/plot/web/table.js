// @ts-check
// The data behind a chart as CSV: a row for each point, bar or cell that is shown, the columns named as in the chart.

import { ABOUT, LABEL, columnName, coordinates, hoverFields } from "./columns.js";
import { isMissing, placesOf, titleOf, valueAt } from "./columns.js";
import { plainText } from "./plain_text.js";
import { shownTraces } from "./plotly_internals.js";

/** @import { Layout, Trace } from "./messages.d.ts" */
/** @import { PlotNode } from "./plotly.d.ts" */

/** @import { Column, Place } from "./columns.js" */

/** @typedef {Map<string, unknown>} Row Values by the name of their column. */

const SERIES = "series";
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
