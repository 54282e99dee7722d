// @ts-check
// A layer of many points between Plotly's grid and its titles: Plotly keeps axes, legend, zoom and lasso. The points,
// the tooltip with its lines to neighbours, and the names that appear on zooming in are drawn here.
// Tests read it from the plot's node: node.points.

import { decodeBytes, encodeBytes, hasBit } from "./binary.js";
import { contextOf } from "./canvas.js";
import { decode, describeRow, emptyData, shortTitle } from "./point_data.js";
import { axes, drawings, glContainer, isOnPlot, isShown, pointTexts, svgContainer } from "./plotly_internals.js";
import { box, overlap, polygon } from "./regions.js";
import { maskOf, stamp } from "./stamps.js";

/** @import { PointLayer, ViewTarget } from "./messages.d.ts" */
/** @import { Plotly, PlotNode } from "./plotly.d.ts" */
/** @import { Box, Corners } from "./regions.js" */
/** @import { Picture } from "./stamps.js" */

const REACH = 12; // pixels from the mouse within which it is on a point
const FADED = 0.12; // opacity of what is not selected, as a share of the usual
const N_NAMES = 60;
const PAN_MS = 450;
const MOVE_MS = 600;
const SVG = "http://www.w3.org/2000/svg";

/**
 * @typedef {object} Frame The plot's area in pixels of the node, and the way from the data to pixels of the area:
 *     x * ax + bx, y * ay + by.
 * @property {number} left
 * @property {number} top
 * @property {number} width
 * @property {number} height
 * @property {number} ax
 * @property {number} bx
 * @property {number} ay
 * @property {number} by
 */

/**
 * @typedef {object} Places Of points: their titles, and where they are.
 * @property {string[]} titles
 * @property {Float32Array} x
 * @property {Float32Array} y
 */

/**
 * @typedef {object} Way
 * @property {{ x: Float32Array, y: Float32Array }} from
 * @property {{ x: Float32Array, y: Float32Array }} to
 */

/**
 * @typedef {object} Host What the layer needs of the plot around it.
 * @property {<Args extends unknown[]>(handler: (...args: Args) => unknown) => (...args: Args) => void} guarded
 *     Shows what a handler throws in place of the plot.
 * @property {(row: number) => void} onClick
 * @property {(bits: string) => void} onSelect With the selected rows; empty where there are none.
 */

export class Points {
  /**
   * @param {PlotNode} node
   * @param {Plotly} Plotly
   * @param {Host} host
   */
  constructor(node, Plotly, host) {
    this.node = node;
    this.Plotly = Plotly;
    this.host = host;
    this.canvas = document.createElement("canvas");
    this.canvas.className = "cf-points";
    this.overlay = document.createElementNS(SVG, "svg");
    this.overlay.classList.add("cf-overlay");
    this.overlay.setAttribute("aria-hidden", "true");
    this.tooltip = document.createElement("div");
    this.tooltip.className = "cf-tooltip";
    this.tooltip.hidden = true;
    this.context = contextOf(this.canvas);
    this.measure = contextOf(document.createElement("canvas"));
    /** @type {PointLayer | undefined} Undefined while the plot shows a figure without points. */
    this.layer = undefined;
    this.data = emptyData();
    /** @type {Uint8Array | undefined} The selected rows, a bit each; undefined where all are alike. */
    this.selected = undefined;
    this.hovered = -1;
    /** @type {string | undefined} The key of the last target that the view has panned to. */
    this.pannedTo = undefined;
    this.home = { x: [0, 1], y: [0, 1] };
    /** @type {Places | undefined} Where the points were on the screen before the figure that is being drawn. */
    this.held = undefined;
    /** @type {object | undefined} The motion under way. */
    this.motion = undefined;
    this.listen();
    node.points = this;
  }

  listen() {
    const { node } = this;
    const { guarded } = this.host;
    /** @param {{ range?: Corners, lassoPoints?: Corners } | undefined} area */
    const onSelected = (area) => area && this.select(area);
    /** @param {PointerEvent} event */
    const onPointerMove = (event) => this.onPointerMove(event);
    /** @param {PointerEvent} event */
    const onPointerDown = (event) => this.onPointerDown(event);
    node.addEventListener("pointermove", guarded(onPointerMove));
    node.addEventListener("pointerleave", guarded(() => this.hover(-1)));
    node.addEventListener("pointerdown", guarded(onPointerDown), true);
    node.on("plotly_relayouting", guarded(() => this.draw()));
    node.on("plotly_selected", guarded(onSelected));
    node.on("plotly_deselect", guarded(() => this.layer && this.host.onSelect("")));
    node.on("plotly_doubleclick", guarded(() => this.resetView()));
  }

  /**
   * Show this layer.
   * @param {PointLayer} layer
   * @param {{ x: number[], y: number[] }} home The ranges that show all points.
   */
  update(layer, home) {
    const before = this.held;
    this.held = undefined;
    this.motion = undefined;
    this.node.classList.remove("cf-moving");
    this.layer = layer;
    this.data = decode(layer);
    this.selected = layer.selected ? decodeBytes(layer.selected) : undefined;
    this.home = home;
    this.hovered = -1;
    this.tooltip.hidden = true;
    const move = before && isSame(before.titles, layer.titles) ? this.wayFrom(before) : undefined;
    if (move) this.host.guarded(() => this.moveAlong(move))();
    else this.draw();
    this.host.guarded(() => this.panTo(layer.pan_to))();
  }

  /** Keep the picture as it is until `update`: the axes are about to change under it. */
  hold() {
    if (!this.layer || this.held) return;
    const { ax, bx, ay, by } = this.frame();
    const x = this.data.x.map((value) => value * ax + bx);
    this.held = { titles: this.layer.titles, x, y: this.data.y.map((value) => value * ay + by) };
  }

  /**
   * The way of the points from where they were on the screen to where they belong; undefined where they are there, or
   * where nothing is to move.
   * @param {Places} before
   * @returns {Way | undefined}
   */
  wayFrom(before) {
    const { x, y } = this.data;
    const { ax, bx, ay, by } = this.frame();
    const from = { x: before.x.map((px) => (px - bx) / ax), y: before.y.map((py) => (py - by) / ay) };
    const moves = x.some((to, i) => Math.abs(to - from.x[i]) * ax > 1 || Math.abs(y[i] - from.y[i]) * -ay > 1);
    return moves && !matchMedia("(prefers-reduced-motion)").matches ? { from, to: { x, y } } : undefined;
  }

  /**
   * Move the points in smooth steps; their names come when they are there.
   * @param {Way} way
   */
  async moveAlong({ from, to }) {
    const motion = {};
    this.motion = motion;
    this.node.classList.add("cf-moving");
    const start = performance.now();
    for (let done = 0; done < 1; ) {
      done = Math.min((performance.now() - start) / MOVE_MS, 1);
      const share = done < 1 ? done * done * (3 - 2 * done) : 1;
      this.data = { ...this.data, x: between(from.x, to.x, share), y: between(from.y, to.y, share) };
      this.draw();
      await new Promise(requestAnimationFrame);
      if (this.motion !== motion) return;
    }
    this.motion = undefined;
    this.data = { ...this.data, ...to };
    this.node.classList.remove("cf-moving");
    this.draw();
  }

  /** Plotly makes its containers anew now and then. */
  mount() {
    const gl = glContainer(this.node);
    if (this.canvas.previousSibling !== gl) gl.after(this.canvas);
    if (!this.overlay.parentNode?.isConnected) svgContainer(this.node).append(this.overlay);
    if (!this.tooltip.parentNode) this.node.append(this.tooltip);
  }

  /** @returns {Frame} */
  frame() {
    const { x, y } = axes(this.node);
    const [left, right] = x.range;
    const [low, high] = y.range;
    const ax = x.length / (right - left);
    const ay = -y.length / (high - low);
    const area = { left: x.offset, top: y.offset, width: x.length, height: y.length };
    return { ...area, ax, bx: -left * ax, ay, by: y.length - low * ay };
  }

  draw() {
    if (!this.layer || this.held) return;
    this.mount();
    const frame = this.frame();
    const ratio = Math.min(devicePixelRatio || 1, 2);
    const width = Math.round(frame.width * ratio);
    const height = Math.round(frame.height * ratio);
    if (width < 1 || height < 1) return;
    place(this.canvas, frame);
    place(this.overlay, frame);
    if (this.canvas.width !== width || this.canvas.height !== height) Object.assign(this.canvas, { width, height });
    this.paintOn(this.context, this.layer, frame, ratio);
    this.annotate(this.layer, frame);
  }

  /**
   * Paint all points on the whole of a canvas.
   * @param {CanvasRenderingContext2D} context
   * @param {PointLayer} layer
   * @param {Frame} frame
   * @param {number} ratio Of the canvas's pixels to the page's.
   */
  paintOn(context, layer, frame, ratio) {
    const { width, height } = context.canvas;
    const image = context.createImageData(width, height);
    this.paint(layer, { pixels: new Uint32Array(image.data.buffer), width, height }, frame, ratio);
    context.putImageData(image, 0, 0);
  }

  /**
   * The most important points lie on top, the selected ones above the rest.
   * @param {PointLayer} layer
   * @param {Picture} picture
   * @param {Frame} frame
   * @param {number} ratio Of the picture's pixels to the page's.
   */
  paint(layer, picture, frame, ratio) {
    const { x, y, style, size, colors } = this.data;
    const { selected } = this;
    const { width, height } = picture;
    const shown = this.shownStyles(layer);
    const kx = frame.ax * ratio;
    const cx = frame.bx * ratio;
    const ky = frame.ay * ratio;
    const cy = frame.by * ratio;
    for (const upper of selected ? [false, true] : [true]) {
      const opacity = layer.opacity * (upper ? 1 : FADED);
      for (let i = layer.n - 1; i >= 0; i--) {
        if (!shown[style[i]] || (selected && hasBit(selected, i) !== upper)) continue;
        const px = x[i] * kx + cx;
        const py = y[i] * ky + cy;
        if (!(px > -20 && py > -20 && px < width + 20 && py < height + 20)) continue;
        const mask = maskOf(layer.styles[style[i]].shape, size[i] * ratio);
        stamp(picture, px, py, mask, colors[style[i]], opacity);
      }
    }
  }

  /**
   * By style: whether the legend shows it.
   * @param {PointLayer} layer
   * @returns {boolean[]}
   */
  shownStyles(layer) {
    return layer.styles.map(({ trace }) => isShown(this.node, trace));
  }

  /**
   * Names for the most important points in view, the more the further one has zoomed in, over the hover's lines.
   * @param {PointLayer} layer
   * @param {Frame} frame
   */
  annotate(layer, frame) {
    this.overlay.replaceChildren();
    if (this.motion) return;
    if (this.hovered >= 0) this.connect(layer, this.hovered, frame);
    const inView = this.rowsInView(layer, frame);
    const zoom = Math.log2(layer.n / Math.max(inView.length, 1));
    const most = Math.min(N_NAMES, 12 * Math.floor(zoom + 0.01));
    this.measure.font = `12px ${getComputedStyle(drawings(this.node)[0]).fontFamily}`;
    const taken = this.titleBoxes();
    const titled = titledRows(this.node);
    let named = 0;
    for (const i of inView) {
      if (named >= most) break;
      if (!titled.has(i) && this.writeName(i, layer.titles[i], frame, taken)) named++;
    }
  }

  /**
   * Where Plotly has written titles.
   * @returns {Box[]}
   */
  titleBoxes() {
    const area = this.overlay.getBoundingClientRect();
    return pointTexts(this.node)
      .filter((text) => text.style.visibility !== "hidden")
      .map((text) => text.getBoundingClientRect())
      .map(({ left, right, top, bottom }) => ({
        left: left - area.left,
        right: right - area.left,
        top: top - area.top,
        bottom: bottom - area.top,
      }));
  }

  /**
   * Write the name right of its point, unless something is in the way.
   * @param {number} i
   * @param {string} title
   * @param {Frame} frame
   * @param {Box[]} taken Gets the name's box.
   * @returns {boolean} Whether it is written.
   */
  writeName(i, title, frame, taken) {
    const { x, y, size } = this.data;
    const text = shortTitle(title);
    const left = x[i] * frame.ax + frame.bx + size[i] / 2 + 3;
    const middle = y[i] * frame.ay + frame.by;
    const right = left + this.measure.measureText(text).width;
    const own = { left, right, top: middle - 8, bottom: middle + 8 };
    if (right > frame.width || own.top < 0 || own.bottom > frame.height) return false;
    if (taken.some((other) => overlap(own, other))) return false;
    taken.push(own);
    add(this.overlay, "text", { x: left, y: middle + 4, class: "cf-name" }).textContent = text;
    return true;
  }

  /**
   * @param {PointLayer} layer
   * @param {Frame} frame
   * @returns {number[]}
   */
  rowsInView(layer, { width, height, ax, bx, ay, by }) {
    const { x, y, style } = this.data;
    const shown = this.shownStyles(layer);
    const rows = [];
    for (let i = 0; i < layer.n; i++) {
      const px = x[i] * ax + bx;
      const py = y[i] * ay + by;
      if (px >= 0 && py >= 0 && px <= width && py <= height && shown[style[i]]) rows.push(i);
    }
    return rows;
  }

  /**
   * The row of the point under the pointer, -1 where there is none.
   * @param {PointLayer} layer
   * @param {PointerEvent} event
   * @returns {number}
   */
  rowAt(layer, { clientX, clientY }) {
    const { left, top, width, height, ax, bx, ay, by } = this.frame();
    const area = this.node.getBoundingClientRect();
    const px = clientX - area.left - left;
    const py = clientY - area.top - top;
    if (px < 0 || py < 0 || px > width || py > height) return -1;
    const { x, y, style } = this.data;
    const shown = this.shownStyles(layer);
    let nearest = -1;
    let least = REACH * REACH;
    for (let i = 0; i < layer.n; i++) {
      const dx = x[i] * ax + bx - px;
      const dy = y[i] * ay + by - py;
      const distance = dx * dx + dy * dy;
      if (distance < least && shown[style[i]]) [nearest, least] = [i, distance];
    }
    return nearest;
  }

  /** @param {PointerEvent} event */
  onPointerMove(event) {
    if (this.layer) this.hover(event.buttons || !isOnPlot(this.node, event) ? -1 : this.rowAt(this.layer, event));
  }

  /**
   * A press that does not move is a click; Plotly covers the page while a button is down, so that no click event
   * arrives.
   * @param {PointerEvent} down
   */
  onPointerDown(down) {
    const row = this.layer && isOnPlot(this.node, down) ? this.rowAt(this.layer, down) : -1;
    if (row < 0) return;
    let moved = false; // a lasso may end where it began
    const onPointerMove = (/** @type {PointerEvent} */ { clientX, clientY }) => {
      moved ||= Math.hypot(clientX - down.clientX, clientY - down.clientY) >= 4;
    };
    const onPointerUp = () => {
      window.removeEventListener("pointermove", onPointerMove, { capture: true });
      if (!moved) this.host.onClick(row);
    };
    window.addEventListener("pointermove", onPointerMove, { capture: true });
    window.addEventListener("pointerup", onPointerUp, { once: true, capture: true });
  }

  /** @param {number} i Row of the point under the mouse, or -1. */
  hover(i) {
    if (!this.layer || i === this.hovered) return;
    this.hovered = i;
    this.tooltip.hidden = i < 0;
    this.overlay.querySelectorAll(".cf-line, .cf-ring").forEach((mark) => mark.remove());
    if (i < 0) return;
    const frame = this.frame();
    this.connect(this.layer, i, frame);
    this.showTooltip(this.layer, i, frame);
  }

  /**
   * Ring the point and its neighbours, and draw lines to them.
   * @param {PointLayer} layer
   * @param {number} i
   * @param {Frame} frame
   */
  connect(layer, i, frame) {
    const [x1, y1] = this.pixels(i, frame);
    const k = layer.near?.k ?? 0;
    for (const j of this.data.near?.subarray(i * k, (i + 1) * k) ?? []) {
      const [x2, y2] = this.pixels(j, frame);
      add(this.overlay, "line", { x1, y1, x2, y2, class: "cf-line" });
      add(this.overlay, "circle", { cx: x2, cy: y2, r: 4, class: "cf-ring" });
    }
    add(this.overlay, "circle", { cx: x1, cy: y1, r: 7, class: "cf-ring" });
  }

  /**
   * @param {PointLayer} layer
   * @param {number} i
   * @param {Frame} frame
   */
  showTooltip(layer, i, frame) {
    const { x, y } = axes(this.node);
    const places = [`${x.title}: ${this.data.x[i].toFixed(3)}`, `${y.title}: ${this.data.y[i].toFixed(3)}`];
    const lines = [...describeRow(layer, this.data, i), ...places].map((text) => element("div", text));
    this.tooltip.replaceChildren(element("b", layer.titles[i]), ...lines);
    const [px, py] = this.pixels(i, frame);
    const left = Math.min(frame.left + px + 14, this.node.clientWidth - this.tooltip.offsetWidth - 4);
    const above = frame.top + py - this.tooltip.offsetHeight - 12;
    const top = above > 0 ? above : frame.top + py + 14;
    Object.assign(this.tooltip.style, { left: `${Math.max(left, 4)}px`, top: `${top}px` });
  }

  /**
   * @param {number} i
   * @param {Frame} frame
   * @returns {[number, number]}
   */
  pixels(i, { ax, bx, ay, by }) {
    return [this.data.x[i] * ax + bx, this.data.y[i] * ay + by];
  }

  /**
   * Select the points in the box or lasso.
   * @param {{ range?: Corners, lassoPoints?: Corners }} area
   */
  select({ range, lassoPoints }) {
    const region = lassoPoints ? polygon(lassoPoints) : range && box(range);
    if (!this.layer || !region) return;
    const { x, y, style } = this.data;
    const shown = this.shownStyles(this.layer);
    const bits = new Uint8Array(Math.ceil(this.layer.n / 8));
    for (let i = 0; i < this.layer.n; i++) {
      if (shown[style[i]] && region(x[i], y[i])) bits[i >> 3] |= 1 << (i & 7);
    }
    this.selected = bits.some(Boolean) ? bits : undefined;
    this.draw();
    this.host.onSelect(this.selected ? encodeBytes(bits) : "");
  }

  /**
   * Move the view to a target that is new, in smooth steps.
   * @param {ViewTarget | null} target
   */
  async panTo(target) {
    if (!target || target.key === this.pannedTo) return;
    const atOnce = this.pannedTo === undefined || matchMedia("(prefers-reduced-motion)").matches;
    this.pannedTo = target.key;
    const { x, y } = axes(this.node);
    const from = [...x.range, ...y.range];
    const to = [...target.x, ...target.y];
    const start = performance.now();
    for (let done = 0; done < 1 && this.pannedTo === target.key; ) {
      done = atOnce ? 1 : Math.min((performance.now() - start) / PAN_MS, 1);
      const eased = done * done * (3 - 2 * done);
      const now = from.map((value, i) => value + (to[i] - value) * eased);
      await this.setRanges({ x: now.slice(0, 2), y: now.slice(2) });
      await new Promise(requestAnimationFrame);
    }
  }

  /** Show all points. */
  resetView() {
    if (this.layer) this.setRanges(this.home);
  }

  /** @param {{ x: number[], y: number[] }} ranges */
  setRanges({ x, y }) {
    return this.Plotly.relayout(this.node, { "xaxis.range": [...x], "yaxis.range": [...y] });
  }

  /** The plot shows a figure without such a layer, or none. */
  clear() {
    this.layer = undefined;
    this.held = undefined;
    this.motion = undefined;
    this.node.classList.remove("cf-moving");
    this.pannedTo = undefined;
    for (const part of [this.canvas, this.overlay, this.tooltip]) part.remove();
  }
}

/**
 * The rows whose titles Plotly writes.
 * @param {PlotNode} node
 * @returns {Set<number>}
 */
function titledRows(node) {
  return new Set((node.data ?? []).flatMap((trace) => trace.ids ?? []).map(Number));
}

/**
 * @param {string[]} some
 * @param {string[]} others
 */
function isSame(some, others) {
  return some.length === others.length && some.every((title, i) => title === others[i]);
}

/**
 * @param {Float32Array} from
 * @param {Float32Array} to
 * @param {number} share Of the way, 0 to 1.
 */
function between(from, to, share) {
  return from.map((value, i) => value + (to[i] - value) * share);
}

/**
 * @param {HTMLElement | SVGElement} layer
 * @param {Frame} frame
 */
function place(layer, { left, top, width, height }) {
  const style = { left: `${left}px`, top: `${top}px`, width: `${width}px`, height: `${height}px` };
  Object.assign(layer.style, style);
}

/**
 * @param {SVGElement} parent
 * @param {string} name
 * @param {Record<string, string | number>} attributes
 * @returns {SVGElement}
 */
function add(parent, name, attributes) {
  const child = /** @type {SVGElement} */ (document.createElementNS(SVG, name));
  for (const [key, value] of Object.entries(attributes)) child.setAttribute(key, String(value));
  return parent.appendChild(child);
}

/**
 * @param {string} name
 * @param {string} text
 */
function element(name, text) {
  return Object.assign(document.createElement(name), { textContent: text });
}
