/** Where kind's node images are published. */
const OFFICIAL = 'https://registry-1.docker.io/v2/';
const ANSWER_SECONDS = 3;

/** Does the official registry answer at all? Its "401 unauthorized" is an answer. */
export async function registryAnswers(signal: AbortSignal): Promise<boolean> {
  try {
    const limit = AbortSignal.timeout(ANSWER_SECONDS * 1000);
    await fetch(OFFICIAL, { method: 'HEAD', signal: AbortSignal.any([signal, limit]) });
    return true;
  } catch {
    signal.throwIfAborted();
    return false;
  }
}
