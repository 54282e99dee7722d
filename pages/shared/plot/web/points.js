// A layer of many points between Plotly's grid and its titles: Plotly keeps axes, legend, zoom and lasso; the points, the
// tip under the mouse with lines to the nearest, and the names that appear as one zooms in are drawn here.
// Tests read it from the plot's node: node.points.

import { mask, rgb, stamp } from "./stamps.js";

const REACH = 12; // pixels from the mouse to a point that it means
const FADED = 0.12; // opacity of what is not chosen, as a share of the usual
const N_NAMES = 60;
const FLIGHT_MS = 450;
const SVG = "http://www.w3.org/2000/svg";

export class Points {
  constructor(node, Plotly) {
    Object.assign(this, { node, Plotly, canvas: document.createElement("canvas"), over: document.createElementNS(SVG, "svg") });
    this.tip = Object.assign(document.createElement("div"), { className: "cf-tip", hidden: true });
    this.canvas.className = "cf-points";
    this.over.classList.add("cf-over");
    this.over.setAttribute("aria-hidden", "true");
    this.measure = document.createElement("canvas").getContext("2d");
    this.context = this.canvas.getContext("2d", { willReadFrequently: true });
    node.addEventListener("pointermove", (event) => this.point(event));
    node.addEventListener("pointerleave", () => this.hover(-1));
    node.addEventListener("pointerdown", (event) => this.press(event), true);
    node.on("plotly_relayouting", () => this.layer && this.draw());
    node.on("plotly_selected", (area) => this.layer && area && this.choose(area));
    node.on("plotly_deselect", () => this.layer && this.report(""));
    node.on("plotly_doubleclick", () => this.layer && this.home());
    node.points = this;
  }

  update(layer, home, report, click) {
    Object.assign(this, { layer, ranges: home, report, click, n: layer.n, title: layer.title, at: -1 });
    this.x = floats(layer.x);
    this.y = floats(layer.y);
    this.colour = bytes(layer.colour);
    this.size = bytes(layer.size);
    this.detail = integers(layer.detail.index);
    this.facts = layer.facts.map((fact) => ({ ...fact, values: floats(fact.values) }));
    this.near = layer.near && integers(layer.near.rows);
    this.chosen = layer.chosen ? bytes(layer.chosen) : undefined;
    this.inks = layer.palette.map((ink) => rgb(ink.color));
    this.tip.hidden = true;
    this.mount();
    this.draw();
    this.fly(layer.fly);
  }

  // Plotly makes its containers anew now and then.
  mount() {
    const gl = this.node.querySelector(".gl-container");
    if (this.canvas.previousSibling !== gl) gl.after(this.canvas);
    if (!this.over.parentNode?.isConnected) this.node.querySelector(".svg-container").append(this.over);
    if (!this.tip.parentNode) this.node.append(this.tip);
  }

  // From the data to pixels of the plot's area: x * ax + bx, y * ay + by.
  frame() {
    const { xaxis, yaxis } = this.node._fullLayout;
    const [left, right] = xaxis.range, [low, high] = yaxis.range;
    const width = xaxis._length, height = yaxis._length;
    const ax = width / (right - left), ay = -height / (high - low);
    return { left: xaxis._offset, top: yaxis._offset, width, height, ax, bx: -left * ax, ay, by: height - low * ay };
  }

  draw() {
    this.mount();
    const frame = this.frame();
    const ratio = Math.min(devicePixelRatio || 1, 2);
    const wide = Math.round(frame.width * ratio), high = Math.round(frame.height * ratio);
    if (wide < 1 || high < 1) return;
    for (const element of [this.canvas, this.over]) lay(element, frame);
    if (this.canvas.width !== wide || this.canvas.height !== high) Object.assign(this.canvas, { width: wide, height: high });
    const image = this.context.createImageData(wide, high);
    this.paint(new Uint32Array(image.data.buffer), wide, high, frame, ratio);
    this.context.putImageData(image, 0, 0);
    this.annotate(frame);
  }

  // The most rated lie on top, the chosen above the rest.
  paint(pixels, wide, high, frame, ratio) {
    const { x, y, colour, size, layer, chosen } = this;
    const shown = this.shown();
    const kx = frame.ax * ratio, cx = frame.bx * ratio, ky = frame.ay * ratio, cy = frame.by * ratio;
    for (const upper of chosen ? [false, true] : [true]) {
      const opacity = layer.opacity * (upper ? 1 : FADED);
      for (let i = this.n - 1; i >= 0; i--) {
        if (!shown[colour[i]] || (chosen && has(chosen, i) !== upper)) continue;
        const px = x[i] * kx + cx, py = y[i] * ky + cy;
        if (!(px > -20 && py > -20 && px < wide + 20 && py < high + 20)) continue;
        const shape = mask(layer.palette[colour[i]].shape, size[i] * ratio);
        stamp(pixels, wide, high, px, py, shape, this.inks[colour[i]], opacity);
      }
    }
  }

  // By ink: whether the legend shows it.
  shown() {
    return this.layer.palette.map((ink) => this.node._fullData[ink.trace].visible === true);
  }

  // Names for the most rated of those in view, the more the further one has zoomed in; then the lines of the tip.
  annotate(frame) {
    this.over.replaceChildren();
    if (this.at >= 0) this.connect(this.at, frame);
    const inView = this.inView(frame);
    const room = Math.min(N_NAMES, 12 * Math.floor(Math.log2(this.n / Math.max(inView.length, 1)) + 0.01));
    const style = getComputedStyle(this.node.querySelector(".main-svg"));
    this.measure.font = `12px ${style.fontFamily}`;
    const area = this.over.getBoundingClientRect();
    const taken = [...this.node.querySelectorAll(".textpoint text")]
      .filter((text) => text.style.visibility !== "hidden")
      .map((text) => text.getBoundingClientRect())
      .map((box) => ({ left: box.left - area.left, right: box.right - area.left, top: box.top - area.top, bottom: box.bottom - area.top }));
    let named = 0;
    for (const i of inView) {
      if (named >= room) break;
      named += this.name(i, frame, taken);
    }
  }

  name(i, frame, taken) {
    const text = short(this.title[i]), width = this.measure.measureText(text).width;
    const left = this.x[i] * frame.ax + frame.bx + this.size[i] / 2 + 3, middle = this.y[i] * frame.ay + frame.by;
    const box = { left, right: left + width, top: middle - 8, bottom: middle + 8 };
    const hits = (other) => box.left < other.right && other.left < box.right && box.top < other.bottom && other.top < box.bottom;
    if (box.right > frame.width || box.top < 0 || box.bottom > frame.height || taken.some(hits)) return 0;
    taken.push(box);
    const label = add(this.over, "text", { x: left, y: middle + 4, class: "cf-name" });
    label.textContent = text;
    return 1;
  }

  inView({ width, height, ax, bx, ay, by }) {
    const shown = this.shown(), rows = [];
    for (let i = 0; i < this.n; i++) {
      const px = this.x[i] * ax + bx, py = this.y[i] * ay + by;
      if (px >= 0 && py >= 0 && px <= width && py <= height && shown[this.colour[i]]) rows.push(i);
    }
    return rows;
  }

  // Where the pointer is in the plot's area, undefined outside.
  whereabouts({ clientX, clientY }) {
    const frame = this.frame(), box = this.node.getBoundingClientRect();
    const px = clientX - box.left - frame.left, py = clientY - box.top - frame.top;
    return px < 0 || py < 0 || px > frame.width || py > frame.height ? undefined : { px, py, frame };
  }

  nearestTo(event) {
    const where = this.whereabouts(event);
    if (!where) return -1;
    const { px, py, frame: { ax, bx, ay, by } } = where;
    const shown = this.shown();
    let best = -1, closest = REACH * REACH;
    for (let i = 0; i < this.n; i++) {
      const dx = this.x[i] * ax + bx - px, dy = this.y[i] * ay + by - py, far = dx * dx + dy * dy;
      if (far < closest && shown[this.colour[i]]) [best, closest] = [i, far];
    }
    return best;
  }

  point(event) {
    if (this.layer) this.hover(event.buttons || !event.target.closest(".draglayer") ? -1 : this.nearestTo(event));
  }

  hover(i) {
    if (!this.layer || i === this.at) return;
    this.at = i;
    this.tip.hidden = i < 0;
    const frame = this.frame();
    this.over.querySelectorAll(".cf-tie, .cf-ring").forEach((mark) => mark.remove());
    if (i < 0) return;
    this.connect(i, frame);
    this.tell(i, frame);
  }

  connect(i, frame) {
    const at = (j) => [this.x[j] * frame.ax + frame.bx, this.y[j] * frame.ay + frame.by];
    const [x1, y1] = at(i), k = this.layer.near?.k ?? 0;
    for (let j = i * k; j < (i + 1) * k; j++) {
      const [x2, y2] = at(this.near[j]);
      add(this.over, "line", { x1, y1, x2, y2, class: "cf-tie" });
      add(this.over, "circle", { cx: x2, cy: y2, r: 4, class: "cf-ring" });
    }
    add(this.over, "circle", { cx: x1, cy: y1, r: 7, class: "cf-ring" });
  }

  tell(i, frame) {
    const { xaxis, yaxis } = this.node._fullLayout;
    const facts = this.facts.filter((fact) => Number.isFinite(fact.values[i])).map((fact) => said(fact, fact.values[i]));
    const places = [[xaxis, this.x[i]], [yaxis, this.y[i]]].map(([axis, value]) => `${axis.title.text}: ${value.toFixed(3)}`);
    const lines = [this.layer.detail.texts[this.detail[i]], ...facts, ...places];
    this.tip.replaceChildren(line("b", this.title[i]), ...lines.map((text) => line("div", text)));
    const px = this.x[i] * frame.ax + frame.bx, py = this.y[i] * frame.ay + frame.by;
    const left = Math.min(frame.left + px + 14, this.node.clientWidth - this.tip.offsetWidth - 4);
    const above = frame.top + py - this.tip.offsetHeight - 12;
    Object.assign(this.tip.style, { left: `${Math.max(left, 4)}px`, top: `${above > 0 ? above : frame.top + py + 14}px` });
  }

  // A press that does not move is a click; Plotly covers the page while a button is down, so that no click arrives here.
  press(down) {
    const i = this.layer && down.target.closest(".draglayer") ? this.nearestTo(down) : -1;
    if (!(i >= 0)) return;
    const up = (event) => Math.hypot(event.clientX - down.clientX, event.clientY - down.clientY) < 4 && this.click(i);
    window.addEventListener("pointerup", up, { once: true, capture: true });
  }

  // The points in the box or lasso, as one bit each, the lowest bit first.
  choose({ range, lassoPoints }) {
    if (!range && !lassoPoints) return;
    const inside = lassoPoints ? within(lassoPoints) : between(range);
    const bits = new Uint8Array(Math.ceil(this.n / 8)), shown = this.shown();
    for (let i = 0; i < this.n; i++) if (shown[this.colour[i]] && inside(this.x[i], this.y[i])) bits[i >> 3] |= 1 << (i & 7);
    this.chosen = bits.some(Boolean) ? bits : undefined;
    this.draw();
    this.report(this.chosen ? coded(bits) : "");
  }

  // To the ranges of a search that is new, in some smooth steps.
  async fly(goal) {
    if (!goal || goal.key === this.flown) return;
    const first = this.flown === undefined;
    this.flown = goal.key;
    const { xaxis, yaxis } = this.node._fullLayout;
    const from = [...xaxis.range, ...yaxis.range], to = [...goal.x, ...goal.y], start = performance.now();
    for (let done = 0; done < 1; ) {
      done = first || matchMedia("(prefers-reduced-motion)").matches ? 1 : Math.min((performance.now() - start) / FLIGHT_MS, 1);
      const ease = done * done * (3 - 2 * done), now = from.map((value, i) => value + (to[i] - value) * ease);
      await this.Plotly.relayout(this.node, { "xaxis.range": now.slice(0, 2), "yaxis.range": now.slice(2) });
      await new Promise(requestAnimationFrame);
      if (this.flown !== goal.key) return;
    }
  }

  home() {
    const [x, y] = this.ranges;
    this.Plotly.relayout(this.node, { "xaxis.range": [...x], "yaxis.range": [...y] });
  }

  // The plot shows a figure without such a layer.
  rest() {
    this.layer = this.flown = undefined;
    [this.canvas, this.over, this.tip].forEach((element) => element.remove());
  }
}

function lay(element, { left, top, width, height }) {
  Object.assign(element.style, { left: `${left}px`, top: `${top}px`, width: `${width}px`, height: `${height}px` });
}

function add(parent, name, attributes) {
  const element = parent.appendChild(document.createElementNS(SVG, name));
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  return element;
}

function line(name, text) {
  return Object.assign(document.createElement(name), { textContent: text });
}

function said({ before, after, decimals, signed }, value) {
  const number = value.toLocaleString("en", { minimumFractionDigits: decimals, maximumFractionDigits: decimals });
  return `${before}${signed && value >= 0 ? "+" : ""}${number}${after}`;
}

function short(title) {
  const name = title.replace(/ \(\d{4}\)\s*$/, "").replace(/, (The|A|An)$/, "");
  return name.length > 26 ? `${name.slice(0, 25).trimEnd()}…` : name;
}

function between({ x, y }) {
  const [left, right] = [Math.min(...x), Math.max(...x)], [low, high] = [Math.min(...y), Math.max(...y)];
  return (px, py) => px >= left && px <= right && py >= low && py <= high;
}

// Whether a point lies within the polygon: a ray from it crosses the border an odd number of times.
function within({ x, y }) {
  const inBox = between({ x, y });
  return (px, py) => {
    if (!inBox(px, py)) return false;
    let inside = false;
    for (let i = 0, j = x.length - 1; i < x.length; j = i++)
      if (y[i] > py !== y[j] > py && px < ((x[j] - x[i]) * (py - y[i])) / (y[j] - y[i]) + x[i]) inside = !inside;
    return inside;
  };
}

function has(bits, i) {
  return ((bits[i >> 3] >> (i & 7)) & 1) === 1;
}

function bytes(text) {
  const binary = atob(text), out = new Uint8Array(binary.length);
  for (let i = 0; i < out.length; i++) out[i] = binary.charCodeAt(i);
  return out;
}

function floats(text) {
  return new Float32Array(bytes(text).buffer);
}

function integers(text) {
  return new Int32Array(bytes(text).buffer);
}

function coded(array) {
  let binary = "";
  for (const byte of array) binary += String.fromCharCode(byte);
  return btoa(binary);
}
