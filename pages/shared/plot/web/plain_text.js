// @ts-check
// The texts of a figure are read by Plotly as a little HTML; this is what they say.

const TAG = /<\/?(?:b|i|em|strong|s|u|sub|sup|span|a)\b[^>]*>/gi;
const BREAK = /<br\s*\/?>/gi;
const MOST = 60; // characters of a file's name

/**
 * Without tags and entities; a line that follows another is set off by "; ".
 * @param {string} text
 * @returns {string}
 */
export function plainText(text) {
  if (!/[<&]/.test(text)) return text;
  const parsed = document.createElement("textarea"); // reads entities and leaves tags that are no markup to Plotly
  parsed.innerHTML = text.replace(BREAK, "; ").replace(TAG, "").replaceAll("<", "&lt;");
  return parsed.value;
}

/**
 * A name for the chart's file: of "Training &amp; validation" it is "training-validation".
 * @param {string} title
 * @returns {string}
 */
export function slug(title) {
  const words = plainText(title).toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];
  let name = "";
  for (const word of words) {
    if (name.length + word.length >= MOST) break;
    name += name ? `-${word}` : word;
  }
  return name || "chart";
}
