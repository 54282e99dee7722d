// @ts-check
// A plot as a picture of its own, as SVG and as PNG: what is in view, in the colours and the font of the page.

import { canvasOf, contextOf, pngFrom } from "./canvas.js";
import { imageLayer, pointTexts, textsInPicture } from "./plotly_internals.js";

/** @import { PlotNode } from "./plotly.d.ts" */
/** @import { Points } from "./points.js" */

const SCALE = 2; // pixels of the PNG for one of the page's
const XLINK = "http://www.w3.org/1999/xlink"; // outside browsers, many programs know no other way to an image
const SVG = "http://www.w3.org/2000/svg";
const NAME_STYLE = ["font", "fill", "paint-order", "stroke", "stroke-width", "stroke-opacity"];

/**
 * @param {PlotNode} node
 * @returns {Promise<string>}
 */
export async function svgOf(node) {
  const size = { width: node.clientWidth, height: node.clientHeight };
  const hidden = new Set(pointTexts(node).filter(isHidden).map(identity));
  const drawn = await window.Plotly.toImage(node, { format: "svg", imageDataOnly: true, ...size });
  const svg = new DOMParser().parseFromString(drawn, "image/svg+xml").documentElement;
  for (const text of textsInPicture(svg)) if (hidden.has(identity(text))) text.remove();
  if (node.points?.layer) addPoints(svg, node.points);
  svg.prepend(make("style", {}, await fontOf(node)));
  return new XMLSerializer().serializeToString(svg);
}

/**
 * @param {string} svg
 * @returns {Promise<Blob>}
 */
export async function pngOf(svg) {
  const image = new Image();
  const url = URL.createObjectURL(new Blob([svg], { type: "image/svg+xml" }));
  try {
    image.src = url;
    await image.decode();
    const canvas = canvasOf(SCALE * image.naturalWidth, SCALE * image.naturalHeight);
    contextOf(canvas).drawImage(image, 0, 0, canvas.width, canvas.height);
    return await pngFrom(canvas);
  } finally {
    URL.revokeObjectURL(url);
  }
}

/** @param {SVGElement} text */
function isHidden(text) {
  return getComputedStyle(text).visibility === "hidden";
}

/**
 * What tells a text beside a point from all others, here and in the picture.
 * @param {Element} text
 */
function identity(text) {
  return [text.textContent, text.getAttribute("x"), text.getAttribute("y")].join("|");
}

/**
 * The layer of points below Plotly's legend and title, and the names above all.
 * @param {Element} svg
 * @param {Points} points
 */
function addPoints(svg, points) {
  const { left: x, top: y, width, height } = points.frame();
  const place = { x, y, width, height };
  imageLayer(svg).append(make("image", { "xlink:href": pointsAsUrl(points), ...place }));
  const names = make("svg", place);
  for (const mark of points.overlay.children) names.append(styled(mark));
  svg.append(names);
}

/**
 * The points as a PNG.
 * @param {Points} points
 */
function pointsAsUrl(points) {
  const frame = points.frame();
  const canvas = canvasOf(SCALE * frame.width, SCALE * frame.height);
  if (points.layer) points.paintOn(contextOf(canvas), points.layer, frame, SCALE);
  return canvas.toDataURL();
}

/**
 * A copy that looks the same without the page's style sheets.
 * @param {Element} mark
 */
function styled(mark) {
  const copy = /** @type {SVGElement} */ (mark.cloneNode(true));
  const style = getComputedStyle(mark);
  for (const name of NAME_STYLE) copy.style.setProperty(name, style.getPropertyValue(name));
  return copy;
}

/**
 * The rule for the plot's font with the font in it: a picture cannot load anything. Empty for a font of the system.
 * @param {PlotNode} node
 * @returns {Promise<string>}
 */
async function fontOf(node) {
  const family = firstFamily(getComputedStyle(node).getPropertyValue("--st-font"));
  const rules = [...document.styleSheets].flatMap((sheet) => [...sheet.cssRules]);
  const rule = rules.filter((one) => one instanceof CSSFontFaceRule).find((one) => {
    const [name, slant, file] = ["font-family", "font-style", "src"].map((each) => one.style.getPropertyValue(each));
    return firstFamily(name) === family && slant !== "italic" && file.includes("url(");
  });
  const [, url] = /url\("?([^")]+)"?\)/.exec(rule?.style.getPropertyValue("src") ?? "") ?? [];
  if (!rule || !url) return "";
  const response = await fetch(new URL(url, rule.parentStyleSheet?.href ?? document.baseURI), { cache: "force-cache" });
  return rule.cssText.replace(url, await dataUrl(await response.blob()));
}

/**
 * The first of a list of fonts, without quotes.
 * @param {string} families
 */
function firstFamily(families) {
  return families.split(",")[0].replace(/["']/g, "").trim();
}

/**
 * @param {Blob} blob
 * @returns {Promise<string>}
 */
function dataUrl(blob) {
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => resolve(String(reader.result));
    reader.onerror = () => reject(reader.error);
    reader.readAsDataURL(blob);
  });
}

/**
 * @param {string} name
 * @param {Record<string, string | number>} attributes
 * @param {string} [text]
 * @returns {Element}
 */
function make(name, attributes, text = "") {
  const made = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) {
    made.setAttributeNS(key.startsWith("xlink:") ? XLINK : null, key, String(value));
  }
  made.textContent = text;
  return made;
}
