// The messages between the plot component's two halves: Python (pages/shared/plot/__init__.py, figure_diff.py and
// cf_core/charts/map/points.py) writes a Message as JSON; the browser answers with Events.

/** What Python sends with every update: the whole figure, or what has changed in an earlier one. */
export interface Message {
  head: Head;
  /** Names the figure that is sent, or that the change builds on; only for plots that are refreshed. */
  base?: string;
  figure?: Figure;
  change?: Change;
}

export interface Head {
  /** Names this plot among all of the page. */
  key: string;
  /** Text for people who cannot see the plot. */
  alt: string;
  /** Pixels. */
  height: number;
  /** Whether Python listens to `clicked`. */
  clickable: boolean;
  /** Whether Python listens to `selected`. */
  selectable: boolean;
  /** Whether Python listens to `brushed`. */
  brushable: boolean;
}

export interface Figure {
  data: Trace[];
  layout: Layout;
}

/** Attributes as Plotly defines them; in `meta.not_in_table` the coordinates ("x", "y") that are no data. */
export type Trace = Record<string, any>;

/** Attributes as Plotly defines them; a layer of points in `meta`. */
export interface Layout {
  [attribute: string]: any;
  meta?: { points?: PointLayer };
}

export interface Change {
  /** In the order of the figure's traces. */
  traces: TraceChange[];
  /** The attributes that differ. */
  layout: Record<string, unknown>;
}

export interface TraceChange {
  /** New values of attributes. */
  set: Record<string, unknown>;
  /** For lists: the position from which on they differ, and the values from there. */
  extend: Record<string, [from: number, values: unknown[]]>;
}

/** Many points on two axes, the most important first. Arrays are little-endian bytes in base64. */
export interface PointLayer {
  n: number;
  /** float32. */
  x: string;
  /** float32. */
  y: string;
  styles: PointStyle[];
  /** uint8: the number of each point's style. */
  style: string;
  /** uint8: diameters in pixels. */
  size: string;
  opacity: number;
  titles: string[];
  /** A line about each point: its text, by an int32 index into `texts`. */
  details: { texts: string[]; index: string };
  fields: TooltipField[];
  /** int32: for each point the `k` rows that lines lead to. */
  near: { k: number; rows: string } | null;
  /** A bit per point, the lowest of each byte first. */
  selected: string | null;
  pan_to: ViewTarget | null;
}

export type Shape = "circle" | "square" | "diamond";

export interface PointStyle {
  /** #rrggbb */
  color: string;
  shape: Shape;
  /** The number of the trace whose entry in the legend hides and shows the points. */
  trace: number;
}

/** A number in the tooltip of each point. */
export interface TooltipField {
  /** float32; NaN leaves the line out. */
  values: string;
  before: string;
  after: string;
  decimals: number;
  signed: boolean;
}

/** Ranges to move the view to, once for each key. */
export interface ViewTarget {
  key: string;
  x: [number, number];
  y: [number, number];
}

/** What the browser reports to Python. */
export interface Events {
  /** The point, bar or cell that was clicked; of a layer of points, `customdata` is its row. */
  clicked: { x: unknown; y: unknown; customdata: unknown };
  /** The points in a box or lasso, a bit per point as in PointLayer; empty where it was cleared. */
  selected: { bits: string };
  /** For each of the parallel axes the ranges that are brushed; null for an axis that is not. */
  brushed: { ranges: ([number, number][] | null)[] };
  /** A change does not fit the figure that is here; the value only has to be new. */
  out_of_sync: number;
}

/** What Streamlit passes to the component. */
export interface Component {
  parentElement: HTMLElement;
  /** A Message as UTF-8 JSON. */
  data: Uint8Array;
  setTriggerValue<Name extends keyof Events>(name: Name, value: Events[Name]): void;
}
