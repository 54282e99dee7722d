// @ts-check
// Applies the changes that Python sends to a figure; the other half is figure_diff.py.

/** @import { Change, Figure, Trace, TraceChange } from "./messages.d.ts" */

/**
 * The figure after the change; undefined where it does not have what the change builds on.
 * @param {Figure} figure
 * @param {Change} change
 * @returns {Figure | undefined}
 */
export function applyChange(figure, { traces, layout }) {
  const data = [];
  for (const [i, trace] of figure.data.entries()) {
    const changed = applyToTrace(trace, traces[i]);
    if (!changed) return undefined;
    data.push(changed);
  }
  return { ...figure, data, layout: { ...figure.layout, ...layout } };
}

/**
 * @param {Trace} trace
 * @param {TraceChange} change
 * @returns {Trace | undefined}
 */
function applyToTrace(trace, { set, extend }) {
  const changed = { ...trace, ...set };
  for (const [name, [from, values]] of Object.entries(extend)) {
    if (trace[name].length < from) return undefined;
    changed[name] = trace[name].slice(0, from).concat(values);
  }
  return changed;
}
