// @ts-check
// One Plotly plot per mounted component, kept and updated in place.
// Tests read the plot from its node: data-state, data-n (points drawn), data-error, and Plotly's own node.data and
// node.layout.

import { canvasOf, contextOf } from "./canvas.js";
import { applyChange } from "./figure_change.js";
import { plainText } from "./plain_text.js";
import { axes, countPoints, dragArea, drawings, isDragging, pointTexts } from "./plotly_internals.js";
import { overlap } from "./regions.js";
import { saveButton } from "./save.js";
import { themeOf } from "./theme.js";

/** @import { Component, Events, Figure, Head, Layout, Message, PointLayer, Trace } from "./messages.d.ts" */
/** @import { Plotly, PlotNode } from "./plotly.d.ts" */
/** @import { Points } from "./points.js" */

const DETACHED_MS = 3000; // when a server is busy, Streamlit may take a component out and put it back at once
const LEAST_WIDTH = 40; // pixels; below, a plot waits until it has more
const NARROW = 500; // pixels; below, a box with all curves' values would cover the curves
const LEAST_FOR_BAR = 340; // pixels; below, buttons for what a drag does as well would only be in the way
const SMALLEST_TITLE = 12; // pixels
const BESIDE_TITLE = 48; // pixels that margins and the button for saving take up

/** @type {WeakMap<HTMLElement, Plot>} By the component's element. */
const plots = new WeakMap();
/** @type {Map<string, Plot>} By key: those on the page, and those taken out of it a moment ago. */
const byKey = new Map();

/**
 * Streamlit calls this on mounting, with every message, and when the theme changes.
 * @param {Component} component
 * @param {string} plotlyUrl
 */
export function show({ parentElement, data, setTriggerValue }, plotlyUrl) {
  /** @type {Message} */
  const message = JSON.parse(new TextDecoder().decode(data));
  const { key } = message.head;
  // Where Streamlit puts a component in another place, the new one may come before the old one goes: the plot moves on.
  const plot = plots.get(parentElement) ?? byKey.get(key) ?? new Plot();
  plots.set(parentElement, plot);
  plot.enter(key);
  plot.attach(parentElement);
  plot.report = setTriggerValue;
  plot.update(message, plotlyUrl);
  return () => {
    plots.delete(parentElement);
    if (plot.parent === parentElement) plot.detach();
  };
}

class Plot {
  constructor() {
    this.node = /** @type {PlotNode} */ (document.createElement("div"));
    this.node.className = "cf-plot";
    this.node.dataset.state = "loading";
    this.observer = new ResizeObserver(() => this.resize());
    this.observer.observe(this.node);
    /** @type {Promise<void>} Ends with the last drawing that was begun. */
    this.turn = Promise.resolve();
    this.key = "";
    /** @type {HTMLElement | undefined} Undefined while the plot is out of the page. */
    this.parent = undefined;
    /** @type {Component["setTriggerValue"]} */
    this.report = () => {};
    /** @type {Head | undefined} */
    this.head = undefined;
    /** @type {Figure | undefined} */
    this.figure = undefined;
    /** @type {string | undefined} */
    this.base = undefined;
    /** @type {Plotly | undefined} */
    this.Plotly = undefined;
    /** @type {Points | undefined} */
    this.points = undefined;
    this.width = 0;
    this.drawn = ""; // all that the last drawing was made from
    /** @type {(() => Promise<void>) | undefined} The drawing that waits until the plot is wide enough. */
    this.later = undefined;
    this.listens = false;
  }

  /** @param {string} key */
  enter(key) {
    if (key !== this.key) this.leave();
    this.key = key;
    byKey.set(key, this);
  }

  leave() {
    if (byKey.get(this.key) === this) byKey.delete(this.key);
  }

  /** @param {HTMLElement} parent */
  attach(parent) {
    if (this.parent !== parent) parent.append(this.node);
    this.parent = parent;
  }

  detach() {
    this.node.remove();
    this.parent = undefined;
    setTimeout(() => this.parent || this.remove(), DETACHED_MS);
  }

  /**
   * A message brings the whole figure, or what has changed in the one that is here.
   * @param {Message} message
   * @param {string} plotlyUrl
   */
  update({ head, base, figure, change }, plotlyUrl) {
    const next = figure ?? (this.figure && change && base === this.base && applyChange(this.figure, change));
    if (!next) {
      this.report("out_of_sync", Date.now());
      return;
    }
    this.head = head;
    this.base = base;
    this.figure = next;
    if (change && this.node.dataset.state === "drawn" && this.drawn === this.sources(head, next)) return;
    this.turn = this.turn.then(() => this.draw(head, next, plotlyUrl)).catch((error) => this.fail(error));
  }

  /**
   * All that a drawing is made from, to tell whether another would look the same.
   * @param {Head} head
   * @param {Figure} figure
   */
  sources(head, figure) {
    return JSON.stringify([head, figure, themeOf(this.node)]);
  }

  /**
   * @param {Head} head
   * @param {Figure} figure
   * @param {string} plotlyUrl
   */
  async draw(head, figure, plotlyUrl) {
    if (!this.node.dataset.n) describe(this.node, head.alt);
    this.node.style.height = `${head.height}px`;
    this.Plotly = await loadPlotly(plotlyUrl);
    // Plotly refuses to redraw under a drag, and a newer figure may have come meanwhile.
    while (isDragging(this.node)) await new Promise((resume) => setTimeout(resume, 50));
    if (!this.parent || this.figure !== figure) return;
    this.later = this.node.clientWidth >= LEAST_WIDTH ? undefined : () => this.draw(head, figure, plotlyUrl);
    if (this.later) return; // in a folded sidebar, where Plotly has no room to write in
    this.drawn = this.sources(head, figure);
    const points = figure.layout.meta?.points;
    if (points) this.points?.hold();
    else this.points?.clear();
    // Copies: Plotly writes into what it is given, and the next change is to the figure as it came.
    const traces = figure.data.map((trace) => ({ ...trace }));
    const layout = this.layoutFor(head, figure.layout);
    const resetView = points && (() => this.points?.resetView());
    await this.Plotly.react(this.node, traces, layout, config(traces, this.node.clientWidth, resetView));
    this.describe(head.alt);
    this.node.classList.toggle("cf-clickable", head.clickable);
    this.listen();
    if (points) await this.showPoints(this.Plotly, points, figure.layout);
    this.node.dataset.n = String(points?.n ?? countPoints(this.node));
    this.node.dataset.state = "drawn";
    delete this.node.dataset.error;
  }

  /**
   * The figure's layout with the theme, for the size that the plot has.
   * @param {Head} head
   * @param {Layout} layout
   * @returns {Layout}
   */
  layoutFor(head, { meta, width: _, ...layout }) {
    const { template, background } = themeOf(this.node);
    const size = { height: head.height, autosize: true };
    /** @type {Layout} */
    const complete = { ...structuredClone(layout), ...background, ...dragmode(), ...size, template };
    if (meta?.points) this.keepRanges(complete);
    this.width = this.node.clientWidth;
    if (isBarShort(this.width)) fitTitle(complete, this.width, template.layout.font);
    if (this.width < NARROW && layout.hovermode === "x unified") complete.hovermode = "closest";
    return complete;
  }

  /**
   * Where the view has panned to is not a zoom of the user's own to Plotly, but it has to be kept all the same.
   * @param {Layout} layout
   */
  keepRanges(layout) {
    if (!this.points?.layer || this.node.layout?.uirevision !== layout.uirevision) return;
    const { x, y } = axes(this.node);
    layout.xaxis.range = [...x.range];
    layout.yaxis.range = [...y.range];
  }

  listen() {
    declutter(this.node);
    if (this.listens) return;
    const onAfterPlot = () => {
      declutter(this.node);
      this.points?.draw();
    };
    this.node.on("plotly_afterplot", this.guarded(onAfterPlot));
    this.node.on("plotly_click", ({ points: [{ x, y, customdata = null }] }) => this.click({ x, y, customdata }));
    this.node.on("plotly_restyle", () => this.brush());
    this.listens = true;
  }

  /**
   * The layer of points that a figure has for those that are too many for Plotly.
   * @param {Plotly} Plotly
   * @param {PointLayer} layer
   * @param {Layout} layout
   */
  async showPoints(Plotly, layer, { xaxis, yaxis }) {
    const { Points } = await import("./points.js");
    this.points ??= new Points(this.node, Plotly, {
      guarded: (handler) => this.guarded(handler),
      onClick: (row) => this.click({ x: null, y: null, customdata: row }),
      onSelect: (bits) => this.head?.selectable && this.report("selected", { bits }),
    });
    this.points.update(layer, { x: xaxis.range, y: yaxis.range });
  }

  /** @param {Events["clicked"]} point */
  click(point) {
    if (this.head?.clickable) this.report("clicked", point);
  }

  /** Tells which ranges of parallel axes are brushed, after a drag along one of them. */
  brush() {
    const dimensions = this.node.data?.[0]?.dimensions;
    if (!this.head?.brushable || !dimensions) return;
    const ranges = dimensions.map((/** @type {{ constraintrange?: any }} */ { constraintrange: range }) => {
      if (!range) return null;
      return Array.isArray(range[0]) ? range : [range];
    });
    this.report("brushed", { ranges });
  }

  /**
   * The image is Plotly's drawing, not the node around it: its buttons have to stay within reach of the keyboard.
   * @param {string} alt
   */
  describe(alt) {
    describe(this.node, "");
    drawings(this.node).forEach((svg, i) => describe(svg, i ? "" : alt));
  }

  /**
   * The handler; an error of it, or of the promise that it returns, is shown in place of the plot. That is left to the
   * next turn: Plotly has to be done with the event first.
   * @template {unknown[]} Args
   * @param {(...args: Args) => unknown} handler
   * @returns {(...args: Args) => void}
   */
  guarded(handler) {
    const onError = (/** @type {unknown} */ error) => {
      this.turn = this.turn.then(() => this.fail(error));
    };
    return (...args) => {
      new Promise((resolve) => resolve(handler(...args))).catch(onError);
    };
  }

  /** @param {unknown} error */
  fail(error) {
    if (!this.parent) return;
    this.Plotly?.purge(this.node);
    this.points?.clear();
    this.points = undefined;
    this.listens = false;
    const text = error instanceof Error ? error.message : String(error);
    this.node.dataset.state = "failed";
    this.node.dataset.error = text;
    describe(this.node, `This chart could not be drawn: ${text}`);
    delete this.node.dataset.n;
  }

  resize() {
    const width = this.node.clientWidth;
    if (this.later && width >= LEAST_WIDTH) this.turn = this.turn.then(this.later).catch((error) => this.fail(error));
    if (this.node.dataset.state !== "drawn" || !width || width === this.width) return;
    this.width = width;
    // By then it may be out of sight, where Plotly refuses to.
    requestAnimationFrame(() => this.parent && this.node.clientWidth && this.Plotly?.Plots.resize(this.node));
  }

  remove() {
    this.leave();
    this.observer.disconnect();
    this.Plotly?.purge(this.node);
  }
}

/**
 * Make `element` an image with this text, or, without one, nothing that a screen reader should stop at.
 * @param {Element} element
 * @param {string} alt
 */
function describe(element, alt) {
  if (element.matches("svg")) element.setAttribute("aria-hidden", String(!alt));
  if (alt) {
    element.setAttribute("role", "img");
    element.setAttribute("aria-label", alt);
  } else {
    element.removeAttribute("role");
    element.removeAttribute("aria-label");
  }
}

/** @type {Promise<Plotly> | undefined} The library, shared by all plots of the page. */
let plotly;

/**
 * @param {string} url
 * @returns {Promise<Plotly>}
 */
function loadPlotly(url) {
  plotly ??= new Promise((resolve, reject) => {
    const script = Object.assign(document.createElement("script"), { src: url });
    script.onload = () => resolve(window.Plotly);
    script.onerror = () => {
      plotly = undefined;
      script.remove();
      reject(new Error("the plotting library did not load. Reload the page."));
    };
    document.head.append(script);
  });
  return plotly;
}

/** Whether fingers are what points. */
function isTouched() {
  return matchMedia("(pointer: coarse)").matches;
}

/**
 * Whether a flat plot has the one button for saving: fingers do not zoom there, and more would cover a narrow title.
 * @param {number} width
 */
function isBarShort(width) {
  return isTouched() || width < LEAST_FOR_BAR;
}

/** A finger that scrolls the page must not draw a zoom box. */
function dragmode() {
  return isTouched() ? { dragmode: false } : {};
}

/**
 * Write a long title smaller, so that it ends before that button.
 * @param {Layout} layout
 * @param {number} width
 * @param {{ family: string }} font
 */
function fitTitle({ title }, width, { family }) {
  if (!title?.text || !title.font?.size) return;
  const context = contextOf(canvasOf(1, 1));
  context.font = `${title.font.size}px ${family}`;
  const room = (width - BESIDE_TITLE) / context.measureText(plainText(title.text)).width;
  title.font.size = Math.min(title.font.size, Math.max(Math.floor(title.font.size * room), SMALLEST_TITLE));
}

/**
 * Buttons and gestures.
 * @param {Trace[]} traces
 * @param {number} width
 * @param {(() => void) | undefined} resetView For a layer of points.
 */
function config(traces, width, resetView) {
  const space = traces.some((trace) => /3d$|^surface$|^mesh3d$/.test(trace.type ?? ""));
  const save = saveButton(window.Plotly);
  const spaceButtons = ["orbitRotation", "pan3d", "resetCameraDefault3d"];
  /** @type {(string | object)[]} */
  let flatButtons = ["zoom2d", "pan2d", "resetScale2d"];
  if (resetView) {
    // Plotly's own reset would lead to the first axes that were shown.
    const all = { name: "all", title: "Show all", icon: window.Plotly.Icons.home, click: resetView };
    flatButtons = ["zoom2d", "pan2d", "select2d", "lasso2d", all];
  } else if (isBarShort(width)) {
    flatButtons = [];
  }
  const gestures = resetView ? { scrollZoom: true, doubleClick: false } : {};
  return { displaylogo: false, ...gestures, modeBarButtons: [[...(space ? spaceButtons : flatButtons), save]] };
}

/**
 * Hide titles that would overlap others, or on a narrow plot be cut off, until the user has zoomed in.
 * @param {PlotNode} node
 */
function declutter(node) {
  const texts = pointTexts(node);
  if (!texts.length) return;
  const area = dragArea(node).getBoundingClientRect();
  /** @type {DOMRect[]} */
  const kept = [];
  for (const text of texts) {
    const box = text.getBoundingClientRect();
    const cut = box.left < area.left || box.right > area.right;
    const hidden = (cut && node.clientWidth < 600) || kept.some((other) => overlap(box, other));
    text.style.visibility = hidden ? "hidden" : "";
    if (!hidden) kept.push(box);
  }
}
