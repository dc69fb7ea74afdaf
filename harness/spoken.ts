/** Seconds as people say them: `7.0 s`, `42 s`, `3 min 05 s`. */
export function spoken(seconds: number): string {
  if (seconds < 60) return seconds < 10 ? `${seconds.toFixed(1)} s` : `${Math.round(seconds)} s`;
  return `${Math.floor(seconds / 60)} min ${String(Math.floor(seconds % 60)).padStart(2, '0')} s`;
}
