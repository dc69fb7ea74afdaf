import type { ToolchainProgress } from './context.ts';

const LIVE_MS = 500;
const SAY_MS = 15_000;

/** Seconds as people say them: `7 s`, `3 min 05 s`. */
export function spoken(seconds: number): string {
  if (seconds < 60) return seconds < 10 ? `${seconds.toFixed(1)} s` : `${Math.round(seconds)} s`;
  return `${Math.floor(seconds / 60)} min ${String(Math.floor(seconds % 60)).padStart(2, '0')} s`;
}

/**
 * Shows that a long piece of work moves: a live line where the progress has one, else a line every 15 s.
 * `end` closes it; later calls do nothing.
 */
export function liveLine(
  progress: ToolchainProgress,
  title: string,
  state: () => string,
): { end(detail?: string): void } {
  const started = performance.now();
  const done = progress.step(title);
  const elapsed = (): number => (performance.now() - started) / 1000;
  const show = (): void => {
    const text = `${title}: ${state()}, ${spoken(elapsed())}`;
    if (progress.update) progress.update(text);
    else progress.say(text);
  };
  const timer = setInterval(show, progress.update ? LIVE_MS : SAY_MS);
  let open = true;
  return {
    end(detail) {
      if (!open) return;
      open = false;
      clearInterval(timer);
      done(detail === undefined ? spoken(elapsed()) : `${detail}, ${spoken(elapsed())}`);
    },
  };
}
