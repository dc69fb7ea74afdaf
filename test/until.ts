/** Looks again until it is so; throws after `seconds`, or a failed test would never let the process go. */
export async function until(look: () => unknown, seconds = 10): Promise<void> {
  const deadline = performance.now() + seconds * 1000;
  while (!(await look())) {
    if (performance.now() > deadline) throw new Error(`not so within ${seconds} s: ${look}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
