// @ts-check
// Canvases, and what a browser may refuse about them.

/**
 * @param {number} width In pixels of its own.
 * @param {number} height
 */
export function canvasOf(width, height) {
  return Object.assign(document.createElement("canvas"), { width: Math.round(width), height: Math.round(height) });
}

/**
 * @param {HTMLCanvasElement} canvas
 * @returns {CanvasRenderingContext2D}
 */
export function contextOf(canvas) {
  const context = canvas.getContext("2d", { willReadFrequently: true });
  if (!context) throw new Error("this browser cannot draw on a canvas.");
  return context;
}

/**
 * @param {HTMLCanvasElement} canvas
 * @returns {Promise<Blob>}
 */
export function pngFrom(canvas) {
  return new Promise((resolve, reject) => {
    const refusal = new Error("this browser makes no picture of that size.");
    canvas.toBlob((blob) => (blob ? resolve(blob) : reject(refusal)), "image/png");
  });
}
