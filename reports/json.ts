/**
 * `result.json`, or another file of results, as text: keys sorted at every level, two spaces, numbers with at most six decimals (a microsecond), a
 * final newline; so two runs differ only where they differ.
 * @throws TypeError on NaN or Infinity: JSON would write null, which means "not measured".
 */
export function toJson(value: object): string {
  return `${JSON.stringify(canonical(value, '$'), null, 2)}\n`;
}

function canonical(value: unknown, path: string): unknown {
  if (typeof value === 'number') return rounded(value, path);
  if (Array.isArray(value)) return value.map((item, i) => canonical(item, `${path}[${i}]`));
  if (typeof value !== 'object' || value === null) return value;
  // Not Object.fromEntries into a plain object: a key such as __proto__ must stay a key.
  const sorted: Record<string, unknown> = Object.create(null);
  const record = value as Record<string, unknown>;
  for (const key of Object.keys(record).sort()) sorted[key] = canonical(record[key], `${path}.${key}`);
  return sorted;
}

function rounded(value: number, path: string): number {
  if (!Number.isFinite(value)) throw new TypeError(`${path} is ${value}; write null for what was not measured`);
  // `+ 0` turns -0 into 0.
  return (Number.isInteger(value) ? value : Number(value.toFixed(6))) + 0;
}
