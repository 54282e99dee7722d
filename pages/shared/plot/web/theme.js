// @ts-check
// Streamlit's theme as Plotly takes it.

/** @import { Layout } from "./messages.d.ts" */

/**
 * A template that fills in what a figure leaves open, and the background: Plotly takes a transparent one for white when
 * it looks for contrast.
 * @param {Element} element Any within the page.
 * @returns {{ template: { layout: Layout }, background: Layout }}
 */
export function themeOf(element) {
  const style = getComputedStyle(element);
  const of = (/** @type {string} */ name) => style.getPropertyValue(`--st-${name}`).trim();
  const names = ["text-color", "background-color", "secondary-background-color", "border-color"];
  const [text, background, soft, line] = names.map(of);
  const font = { color: text, family: of("font"), size: 12 };
  const spike = { spikecolor: text, spikethickness: 1, spikedash: "solid" };
  const axis = { gridcolor: line, linecolor: line, zerolinecolor: text, zerolinewidth: 1, tickcolor: line, ...spike };
  const grid = { gridcolor: background, zerolinecolor: background, linecolor: text };
  const wall = { ...spike, ...grid, backgroundcolor: soft, showbackground: true };
  const modebar = { color: of("gray-text-color") || text, activecolor: of("primary-color") };
  const layout = {
    font,
    xaxis: axis,
    yaxis: axis,
    scene: { xaxis: wall, yaxis: wall, zaxis: wall },
    hoverlabel: { bgcolor: soft, bordercolor: line, font },
    modebar: { bgcolor: "rgba(0,0,0,0)", ...modebar },
    shapedefaults: { line: { color: text } },
    annotationdefaults: { font, bgcolor: background },
  };
  return { template: { layout }, background: { paper_bgcolor: background, plot_bgcolor: background } };
}
