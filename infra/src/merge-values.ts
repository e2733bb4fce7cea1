// Values of a chart over other values, as helm lays one file of them over another. Pure.

type Values = Readonly<Record<string, unknown>>;

/** Tables are merged, everything else is replaced; neither is changed. */
export function mergeValues(below: Values, above: Values): Record<string, unknown> {
  const merged: Record<string, unknown> = { ...below };
  for (const [key, value] of Object.entries(above)) {
    const own = merged[key];
    merged[key] = isTable(own) && isTable(value) ? mergeValues(own, value) : value;
  }
  return merged;
}

export function isTable(value: unknown): value is Values {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
