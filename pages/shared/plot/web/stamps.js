// Many small shapes on a canvas, pixel by pixel: where a browser has no graphics card, letting it draw ninety thousand
// shapes takes seconds a frame, and this some 20 ms.

const EDGE = { circle: Math.hypot, square: (x, y) => Math.max(Math.abs(x), Math.abs(y)), diamond: (x, y) => (Math.abs(x) + Math.abs(y)) * 0.8 };
const masks = new Map();

// How much of each pixel a shape of that diameter covers, 0 to 255, row by row; `size` pixels wide.
export function mask(shape, diameter) {
  const key = `${shape} ${diameter}`;
  if (!masks.has(key)) masks.set(key, makeMask(EDGE[shape], diameter / 2));
  return masks.get(key);
}

function makeMask(edge, radius) {
  const size = 2 * Math.ceil(radius) + 1, middle = (size - 1) / 2;
  const cover = new Uint8Array(size * size);
  for (let i = 0; i < cover.length; i++) {
    const beyond = edge((i % size) - middle, Math.floor(i / size) - middle) - radius;
    cover[i] = 255 * Math.min(Math.max(0.5 - beyond, 0), 1);
  }
  return { size, cover };
}

// Lay one shape over the picture (`pixels`: one 32-bit number each, red lowest), its middle at x, y.
export function stamp(pixels, width, height, x, y, { size, cover }, [red, green, blue], opacity) {
  const left = Math.round(x - (size - 1) / 2), top = Math.round(y - (size - 1) / 2);
  for (let row = Math.max(0, -top); row < size && top + row < height; row++) {
    for (let column = Math.max(0, -left); column < size && left + column < width; column++) {
      const alpha = cover[row * size + column] * opacity;
      if (alpha < 1) continue;
      const at = (top + row) * width + left + column, under = pixels[at], below = under >>> 24;
      const sum = alpha + below * (1 - alpha / 255), share = alpha / sum;
      const mixed = (old, one) => old + (one - old) * share;
      pixels[at] =
        (sum << 24) | (mixed((under >> 16) & 255, blue) << 16) | (mixed((under >> 8) & 255, green) << 8) | mixed(under & 255, red);
    }
  }
}

export function rgb(color) {
  return [1, 3, 5].map((at) => parseInt(color.slice(at, at + 2), 16));
}
