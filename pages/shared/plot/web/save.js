// @ts-check
// The button of a plot that offers its picture and its data as files.

import { pngOf, svgOf } from "./picture.js";
import { slug } from "./plain_text.js";
import { csvOf } from "./table.js";

/** @import { Plotly, PlotNode } from "./plotly.d.ts" */

/**
 * @typedef {object} Kind
 * @property {string} name
 * @property {string} type
 * @property {string} ending
 * @property {(node: PlotNode) => BlobPart | Promise<BlobPart>} contents
 */

const ROOM = 140; // pixels that a menu takes up
const KEPT_MS = 60_000; // a browser may ask where to save a file before it reads it

/** @type {Kind[]} */
const KINDS = [
  { name: "Picture (SVG)", type: "image/svg+xml", ending: "svg", contents: svgOf },
  { name: "Picture (PNG)", type: "image/png", ending: "png", contents: async (node) => pngOf(await svgOf(node)) },
  { name: "Data (CSV)", type: "text/csv", ending: "csv", contents: csvOf },
];

/** @type {WeakMap<PlotNode, SaveMenu>} */
const menus = new WeakMap();

/**
 * The button as Plotly takes it.
 * @param {Plotly} Plotly
 */
export function saveButton({ Icons }) {
  return { name: "save", title: "Save", icon: Icons.disk, click: onClick };
}

/**
 * The same function for all plots and every time: another one would be a change, for which Plotly begins anew.
 * @param {PlotNode} node
 * @param {MouseEvent} event
 */
function onClick(node, { currentTarget }) {
  const menu = menus.get(node) ?? new SaveMenu(node);
  menus.set(node, menu);
  menu.follow(/** @type {HTMLButtonElement} */ (currentTarget));
}

class SaveMenu {
  /** @param {PlotNode} node */
  constructor(node) {
    this.node = node;
    this.failure = document.createElement("p");
    this.failure.setAttribute("role", "alert");
    this.element = document.createElement("div");
    this.element.className = "cf-save";
    this.element.popover = "auto";
    this.element.setAttribute("role", "group");
    this.element.setAttribute("aria-label", "Save this chart");
    this.element.append(...KINDS.map((kind) => this.choice(kind)), this.failure);
    this.element.firstElementChild?.toggleAttribute("autofocus", true);
  }

  /** @param {Kind} kind */
  choice(kind) {
    const button = Object.assign(document.createElement("button"), { type: "button", textContent: kind.name });
    button.addEventListener("click", () => this.save(kind));
    return button;
  }

  /**
   * Open or close below the button, or above it where there is no room; the browser does that once the click is over.
   * @param {HTMLButtonElement} button
   */
  follow(button) {
    const { top, bottom, right } = button.getBoundingClientRect();
    const below = bottom + ROOM < innerHeight;
    const place = below ? { top: `${bottom}px`, bottom: "auto" } : { top: "auto", bottom: `${innerHeight - top}px` };
    Object.assign(this.element.style, { right: `${document.documentElement.clientWidth - right}px`, ...place });
    this.failure.textContent = "";
    if (!this.element.isConnected) this.node.append(this.element); // Plotly clears its node now and then
    button.popoverTargetElement = this.element;
    addEventListener("scroll", () => this.close(), { capture: true, once: true });
  }

  close() {
    if (this.element.matches(":popover-open")) this.element.hidePopover();
  }

  /** @param {Kind} kind */
  async save(kind) {
    if (this.element.ariaBusy) return;
    this.element.ariaBusy = "true";
    try {
      const name = slug(this.node.layout?.title?.text || document.title);
      download(await kind.contents(this.node), kind.type, `${name}.${kind.ending}`);
      this.close();
    } catch (error) {
      this.fail(error);
    } finally {
      this.element.ariaBusy = null;
    }
  }

  /** @param {unknown} error */
  fail(error) {
    if (this.node.isConnected && !this.element.matches(":popover-open")) this.element.showPopover();
    this.failure.textContent = `This chart could not be saved: ${error instanceof Error ? error.message : error}`;
  }
}

/**
 * @param {BlobPart} contents
 * @param {string} type
 * @param {string} name
 */
function download(contents, type, name) {
  const href = URL.createObjectURL(new Blob([contents], { type }));
  Object.assign(document.createElement("a"), { href, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(href), KEPT_MS);
}
