// One Plotly plot per mounted component, kept and updated in place.
// Tests read the plot from its node: data-state, data-n (points drawn), data-error, and Plotly's own el.data, el.layout.

const plots = new WeakMap(); // the component's element -> its plot
const adrift = new Map(); // key -> its plot, taken out of the page a moment ago
const ADRIFT_MS = 3000; // when a server is busy, Streamlit may take a component out and put it back at once
const NARROW = 500; // pixels; below, a box with all curves' values would cover the curves

// The component calls this on mounting, with every message, and when the theme changes.
export function show({ parentElement, data, setTriggerValue }, plotlyUrl) {
  const message = JSON.parse(new TextDecoder().decode(data));
  const { key } = message.head;
  if (!plots.has(parentElement)) plots.set(parentElement, adrift.get(key) ?? new Plot());
  const plot = plots.get(parentElement);
  adrift.delete(key);
  plot.settle(parentElement);
  plot.report = (point) => setTriggerValue("clicked", point);
  plot.reportChosen = (bits) => setTriggerValue("chosen", { bits });
  plot.lost = () => setTriggerValue("lost", Date.now());
  plot.update(message, plotlyUrl);
  return () => {
    plots.delete(parentElement);
    plot.drift(key);
  };
}

class Plot {
  constructor() {
    this.node = Object.assign(document.createElement("div"), { className: "cf-plot" });
    this.node.dataset.state = "loading";
    this.observer = new ResizeObserver(() => this.resize());
    this.observer.observe(this.node);
    this.turn = Promise.resolve();
  }

  settle(parent) {
    if (this.parent !== parent) parent.append(this.node);
    this.parent = parent;
  }

  drift(key) {
    this.node.remove();
    this.parent = undefined;
    adrift.set(key, this);
    setTimeout(() => this.parent || this.remove(key), ADRIFT_MS);
  }

  // A message brings the whole figure, or what has changed in the one that is here.
  update({ head, base, figure, change }, plotlyUrl) {
    const next = figure ?? (base === this.base && changed(this.figure, change));
    if (!next) return this.lost();
    Object.assign(this, { head, base, figure: next });
    this.turn = this.turn.then(() => this.draw(head, next, plotlyUrl)).catch((error) => this.fail(error));
  }

  async draw(head, figure, plotlyUrl) {
    if (!this.node.dataset.n) describe(this.node, head.alt);
    this.node.style.height = `${head.height}px`;
    this.Plotly = await loadPlotly(plotlyUrl);
    // Plotly refuses to redraw under a drag, and a newer figure may have come meanwhile.
    while (this.node._dragging) await new Promise((resume) => setTimeout(resume, 50));
    if (!this.parent || this.figure !== figure) return;
    const { template, ground } = theme(this.parent);
    const size = { height: head.height, autosize: true };
    // Copies: Plotly writes into what it is given, and the next change is to the figure as it came.
    const traces = figure.data.map((trace) => ({ ...trace }));
    const { meta, width, ...own } = figure.layout;
    const layout = { ...structuredClone(own), ...ground, ...dragging(), ...size, template };
    if (meta?.points) this.stay(layout);
    else this.points?.rest();
    this.width = this.node.clientWidth;
    if (this.width < NARROW && layout.hovermode === "x unified") layout.hovermode = "closest";
    await this.Plotly.react(this.node, traces, layout, config(traces, meta?.points && (() => this.points.home())));
    this.describe(head.alt);
    this.clickable = head.clickable;
    this.node.classList.toggle("cf-clickable", head.clickable);
    this.listen();
    await this.show(meta?.points);
    this.node.dataset.n = meta?.points?.n ?? this.node._fullData.reduce((sum, trace) => sum + count(trace), 0);
    this.node.dataset.state = "drawn";
    delete this.node.dataset.error;
  }

  // Where a flight has led does not count as the user's own zoom with Plotly, but it is to be kept all the same.
  stay(layout) {
    const now = this.node._fullLayout;
    if (!this.points?.layer || now?.uirevision !== layout.uirevision) return;
    for (const axis of ["xaxis", "yaxis"]) layout[axis].range = [...now[axis].range];
  }

  listen() {
    declutter(this.node);
    if (this.node.listens) return;
    this.node.on("plotly_afterplot", () => {
      declutter(this.node);
      if (this.points?.layer) this.points.draw();
    });
    this.node.on("plotly_click", ({ points: [point] }) => this.clickable && this.click(point));
    this.node.listens = true;
  }

  // The layer of points that the figure has in `layout.meta`, for those that are too many for Plotly.
  async show(layer) {
    if (!layer) return;
    const code = new URL(`points.js${new URL(import.meta.url).search}`, import.meta.url);
    const { Points } = await import(code);
    this.points ??= new Points(this.node, this.Plotly);
    const click = (row) => this.clickable && this.report({ x: null, y: null, customdata: row });
    const home = ["xaxis", "yaxis"].map((axis) => this.figure.layout[axis].range);
    this.points.update(layer, home, (bits) => this.head.choosable && this.reportChosen(bits), click);
  }

  click({ x, y, customdata = null }) {
    this.report({ x, y, customdata });
  }

  // The image is Plotly's drawing, not the node around it: its buttons have to stay within reach of the keyboard.
  describe(alt) {
    describe(this.node, "");
    this.node.querySelectorAll(".main-svg").forEach((svg, i) => describe(svg, i ? "" : alt));
  }

  fail(error) {
    if (!this.parent) return;
    this.Plotly?.purge(this.node);
    this.points?.rest();
    this.points = undefined;
    this.node.listens = false;
    this.node.dataset.state = "failed";
    this.node.dataset.error = error?.message || String(error);
    describe(this.node, `This chart could not be drawn: ${this.node.dataset.error}`);
    delete this.node.dataset.n;
  }

  resize() {
    const width = this.node.clientWidth;
    if (this.node.dataset.state !== "drawn" || !width || width === this.width) return;
    this.width = width;
    requestAnimationFrame(() => this.parent && this.Plotly.Plots.resize(this.node));
  }

  remove(key) {
    if (adrift.get(key) === this) adrift.delete(key);
    this.observer.disconnect();
    this.Plotly?.purge(this.node);
  }
}

// The figure with the change, or nothing where it does not have what the change builds on.
function changed(figure, { traces, layout }) {
  const data = figure.data.map((trace, i) => grown(trace, traces[i]));
  return data.every(Boolean) && { ...figure, data, layout: { ...figure.layout, ...layout } };
}

function grown(trace, { set, grow }) {
  const next = { ...trace, ...set };
  for (const [name, [from, values]] of Object.entries(grow)) {
    if (trace[name].length < from) return;
    next[name] = trace[name].slice(0, from).concat(values);
  }
  return next;
}

// `element` is an image with this text, or, without one, nothing that a screen reader should stop at.
function describe(element, alt) {
  if (element.matches("svg")) element.setAttribute("aria-hidden", String(!alt));
  if (!alt) return ["role", "aria-label"].forEach((name) => element.removeAttribute(name));
  element.setAttribute("role", "img");
  element.setAttribute("aria-label", alt);
}

let plotly; // a promise of the library, shared by all plots of the page

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

// A finger that scrolls the page must not draw a zoom box.
function dragging() {
  return matchMedia("(pointer: coarse)").matches ? { dragmode: false } : {};
}

function config(traces, goHome) {
  const space = traces.some((trace) => /3d$|^surface$|^mesh3d$/.test(trace.type ?? ""));
  const flatButtons = ["zoom2d", "pan2d", "resetScale2d", "toImage"];
  if (goHome) {
    // The download would lack the points, and Plotly's own way back would lead to the first axes that were shown.
    const all = { name: "all", title: "Show all", icon: window.Plotly.Icons.home, click: goHome };
    flatButtons.splice(2, 2, "select2d", "lasso2d", all);
  }
  const spaceButtons = ["orbitRotation", "pan3d", "resetCameraDefault3d", "toImage"];
  const own = goHome ? { scrollZoom: true, doubleClick: false } : {};
  return { displaylogo: false, ...own, modeBarButtons: [space ? spaceButtons : flatButtons] };
}

// Titles that would lie upon others, or on a narrow plot be cut off, wait until the user has zoomed in.
function declutter(node) {
  const kept = [];
  const frame = node.querySelector(".nsewdrag")?.getBoundingClientRect();
  for (const text of node.querySelectorAll(".textpoint text")) {
    const box = text.getBoundingClientRect();
    const cut = box.left < frame.left || box.right > frame.right;
    const hidden = (cut && node.clientWidth < 600) || kept.some((other) => overlap(box, other));
    text.style.visibility = hidden ? "hidden" : "";
    if (!hidden) kept.push(box);
  }
}

function overlap(a, b) {
  return a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;
}

function count(trace) {
  if (trace.visible !== true) return 0;
  if (trace.type === "heatmap") return trace.z.reduce((sum, row) => sum + row.filter(Number.isFinite).length, 0);
  return trace._length ?? 0;
}

// Streamlit's theme as a Plotly template, which fills in what the figure leaves open, and the ground to draw on:
// Plotly takes a transparent one for white when it looks for contrast.
function theme(element) {
  const style = getComputedStyle(element);
  const of = (name) => style.getPropertyValue(`--st-${name}`).trim();
  const [text, ground, soft, line] = ["text-color", "background-color", "secondary-background-color", "border-color"].map(of);
  const font = { color: text, family: of("font"), size: 12 };
  const spike = { spikecolor: text, spikethickness: 1, spikedash: "solid" };
  const axis = { gridcolor: line, linecolor: line, zerolinecolor: text, zerolinewidth: 1, tickcolor: line, ...spike };
  const wall = { ...spike, gridcolor: ground, zerolinecolor: ground, linecolor: text, backgroundcolor: soft, showbackground: true };
  const layout = {
    font,
    xaxis: axis,
    yaxis: axis,
    scene: { xaxis: wall, yaxis: wall, zaxis: wall },
    hoverlabel: { bgcolor: soft, bordercolor: line, font },
    modebar: { bgcolor: "rgba(0,0,0,0)", color: of("gray-text-color") || text, activecolor: of("primary-color") },
    shapedefaults: { line: { color: text } },
    annotationdefaults: { font, bgcolor: ground },
  };
  return { template: { layout }, ground: { paper_bgcolor: ground, plot_bgcolor: ground } };
}
