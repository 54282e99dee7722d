// @ts-check
// Everything that the plot component reads from inside Plotly, which keeps none of it stable: undocumented properties,
// and class names of the elements that it draws. Each getter throws where this Plotly does not have what it reads.

/** @import { Trace } from "./messages.d.ts" */
/** @import { PlotNode } from "./plotly.d.ts" */

/**
 * @typedef {object} Axis One axis as it is drawn.
 * @property {[number, number]} range
 * @property {string} title
 * @property {number} length In pixels.
 * @property {number} offset Pixels from the left or upper edge of the plot.
 */

/**
 * Both axes of a flat plot.
 * @param {PlotNode} node
 * @returns {{ x: Axis, y: Axis }}
 */
export function axes(node) {
  const layout = internal(node, "_fullLayout");
  return { x: axis(layout, "xaxis"), y: axis(layout, "yaxis") };
}

/**
 * @param {any} layout
 * @param {string} name
 * @returns {Axis}
 */
function axis(layout, name) {
  const { range, title, _length, _offset } = required(layout[name], `_fullLayout.${name}`);
  return {
    range: required(range, `_fullLayout.${name}.range`),
    title: required(title, `_fullLayout.${name}.title`).text ?? "",
    length: required(_length, `_fullLayout.${name}._length`),
    offset: required(_offset, `_fullLayout.${name}._offset`),
  };
}

/**
 * Whether the user drags something in the plot. Plotly sets this only once a first drag has begun, so that its absence
 * alone says nothing.
 * @param {PlotNode} node
 * @returns {boolean}
 */
export function isDragging(node) {
  const { _dragging } = /** @type {any} */ (node);
  if (_dragging !== undefined && typeof _dragging !== "boolean") missing("_dragging as a boolean");
  return _dragging === true;
}

/**
 * Whether the trace of that number is shown, and not switched off in the legend.
 * @param {PlotNode} node
 * @param {number} number
 * @returns {boolean}
 */
export function isShown(node, number) {
  return required(fullTraces(node)[number], `_fullData[${number}]`).visible === true;
}

/**
 * The traces that are shown, complete and decoded.
 * @param {PlotNode} node
 * @returns {Trace[]}
 */
export function shownTraces(node) {
  return fullTraces(node).filter(({ visible }) => visible === true);
}

/**
 * The number of points, bars and cells in all traces that are shown.
 * @param {PlotNode} node
 * @returns {number}
 */
export function countPoints(node) {
  return shownTraces(node).reduce((sum, trace) => sum + countInTrace(trace), 0);
}

/**
 * @param {Trace} trace
 * @returns {number}
 */
function countInTrace(trace) {
  if (trace.type !== "heatmap") return required(trace._length, "_fullData[]._length");
  /** @type {unknown[][]} */
  const rows = trace.z;
  return rows.reduce((sum, row) => sum + row.filter(Number.isFinite).length, 0);
}

/**
 * The texts that a trace writes beside its points.
 * @param {PlotNode} node
 * @returns {SVGTextElement[]}
 */
export function pointTexts(node) {
  /** @type {NodeListOf<SVGTextElement>} */
  const texts = node.querySelectorAll(".textpoint text");
  if (!texts.length && fullTraces(node).some(writesText)) missing(".textpoint text");
  return [...texts];
}

/**
 * @param {Trace} trace
 * @returns {boolean}
 */
function writesText(trace) {
  const { type, visible, mode, x, y } = trace;
  if (type !== "scatter" || visible !== true || !mode.includes("text")) return false;
  return Array.from(x ?? []).some((value, i) => Number.isFinite(value) && Number.isFinite(y?.[i]));
}

/**
 * The area between the axes of a flat plot, which takes drags and clicks.
 * @param {PlotNode} node
 * @returns {Element}
 */
export function dragArea(node) {
  return element(node, ".nsewdrag");
}

/**
 * Whether an event is on the area between the axes, and not on the legend or a button.
 * @param {PlotNode} node
 * @param {Event} event
 * @returns {boolean}
 */
export function isOnPlot(node, event) {
  const layer = element(node, ".draglayer");
  return event.target instanceof Element && layer.contains(event.target);
}

/**
 * What Plotly draws with WebGL, above its grid and below its titles.
 * @param {PlotNode} node
 * @returns {Element}
 */
export function glContainer(node) {
  return element(node, ".gl-container");
}

/**
 * The parent of all that Plotly draws.
 * @param {PlotNode} node
 * @returns {Element}
 */
export function svgContainer(node) {
  return element(node, ".svg-container");
}

/**
 * Plotly's drawings, the one with the axes first.
 * @param {PlotNode} node
 * @returns {SVGSVGElement[]}
 */
export function drawings(node) {
  element(node, ".main-svg");
  return [.../** @type {NodeListOf<SVGSVGElement>} */ (node.querySelectorAll(".main-svg"))];
}

/**
 * Where a picture that Plotly has made of a plot takes what was drawn with WebGL.
 * @param {Element} picture
 * @returns {Element}
 */
export function imageLayer(picture) {
  return element(picture, ".glimages");
}

/**
 * The texts beside points in such a picture.
 * @param {Element} picture
 * @returns {SVGTextElement[]}
 */
export function textsInPicture(picture) {
  return [.../** @type {NodeListOf<SVGTextElement>} */ (picture.querySelectorAll(".textpoint text"))];
}

/**
 * @param {PlotNode} node
 * @returns {Trace[]}
 */
function fullTraces(node) {
  return internal(node, "_fullData");
}

/**
 * @param {PlotNode} node
 * @param {string} name
 * @returns {any}
 */
function internal(node, name) {
  return required(/** @type {any} */ (node)[name], name);
}

/**
 * @param {Element} parent
 * @param {string} selector
 * @returns {Element}
 */
function element(parent, selector) {
  return required(parent.querySelector(selector), selector);
}

/**
 * @template Value
 * @param {Value | null | undefined} value
 * @param {string} name
 * @returns {Value}
 */
function required(value, name) {
  return value ?? missing(name);
}

/**
 * @param {string} name
 * @returns {never}
 */
function missing(name) {
  throw new Error(`Plotly ${window.Plotly?.version} has no ${name}, which this chart needs.`);
}
