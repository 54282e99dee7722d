// @ts-check
// Whether a point lies in a box or a lasso, and whether boxes overlap.

/** @typedef {(x: number, y: number) => boolean} Region */
/** @typedef {{ x: number[], y: number[] }} Corners */
/** @typedef {{ left: number, right: number, top: number, bottom: number }} Box In pixels, downward. */

/**
 * @param {Corners} corners Two opposite ones, or more: the smallest box around them.
 * @returns {Region}
 */
export function box({ x, y }) {
  const left = Math.min(...x);
  const right = Math.max(...x);
  const low = Math.min(...y);
  const high = Math.max(...y);
  return (px, py) => px >= left && px <= right && py >= low && py <= high;
}

/**
 * A ray from a point inside crosses the border an odd number of times.
 * @param {Corners} corners In order.
 * @returns {Region}
 */
export function polygon({ x, y }) {
  const inBox = box({ x, y });
  return (px, py) => {
    if (!inBox(px, py)) return false;
    let inside = false;
    for (let i = 0, j = x.length - 1; i < x.length; j = i++) {
      const spans = y[i] > py !== y[j] > py;
      if (spans && px < ((x[j] - x[i]) * (py - y[i])) / (y[j] - y[i]) + x[i]) inside = !inside;
    }
    return inside;
  };
}

/**
 * @param {Box} a
 * @param {Box} b
 */
export function overlap(a, b) {
  return a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;
}
