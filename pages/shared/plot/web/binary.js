// @ts-check
// Arrays and sets of rows as base64, as the messages have them. Browsers run on little-endian machines only.

/**
 * @param {string} text
 * @returns {Uint8Array<ArrayBuffer>}
 */
export function decodeBytes(text) {
  const binary = atob(text);
  const bytes = new Uint8Array(binary.length);
  for (let i = 0; i < bytes.length; i++) bytes[i] = binary.charCodeAt(i);
  return bytes;
}

/** @param {string} text */
export function decodeFloats(text) {
  return new Float32Array(decodeBytes(text).buffer);
}

/** @param {string} text */
export function decodeIntegers(text) {
  return new Int32Array(decodeBytes(text).buffer);
}

/**
 * @param {Uint8Array} bytes
 * @returns {string}
 */
export function encodeBytes(bytes) {
  let binary = "";
  for (const byte of bytes) binary += String.fromCharCode(byte);
  return btoa(binary);
}

/**
 * Whether row `i` is in the set: a bit per row, the lowest of each byte first.
 * @param {Uint8Array} bits
 * @param {number} i
 */
export function hasBit(bits, i) {
  return ((bits[i >> 3] >> (i & 7)) & 1) === 1;
}
