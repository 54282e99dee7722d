// The part of Plotly's documented interface that the plot component uses; the rest is in plotly_internals.js.

import type { Layout, Trace } from "./messages.d.ts";
import type { Points } from "./points.js";

export interface Plotly {
  version: string;
  Icons: Record<string, object>;
  Plots: { resize(node: PlotNode): Promise<unknown> };
  react(node: PlotNode, data: Trace[], layout: Layout, config: object): Promise<unknown>;
  relayout(node: PlotNode, update: object): Promise<unknown>;
  toImage(node: PlotNode, options: object): Promise<string>;
  purge(node: PlotNode): void;
}

/** The element that holds a plot. */
export interface PlotNode extends HTMLDivElement {
  on(event: string, handler: (event: any) => void): void;
  data?: Trace[];
  layout?: Layout;
  /** For tests. */
  points?: Points;
}

declare global {
  interface Window {
    Plotly: Plotly;
  }
}
