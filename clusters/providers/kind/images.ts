import { type ClusterImages, chooseImages, type ImageSource } from '../../node-image/choose.ts';
import { dockerStore } from '../../node-image/image-store.ts';
import type { Profile } from '../../profiles/profile.ts';
import type { Progress } from '../provider.ts';

export type { ClusterImages, ImageSource } from '../../node-image/choose.ts';

/** Gets the images that clusters of this profile are made of; a second time it only looks that they are there. */
export function imagesFor(
  source: ImageSource,
  profile: Profile,
  progress: Progress,
  signal: AbortSignal,
): Promise<ClusterImages> {
  const { kubernetes } = profile.cluster;
  const { kyverno } = profile.gatekeeper;
  const mirror = process.env.FALLDOWN_REGISTRY || undefined;
  const store = dockerStore({ signal, progress, versions: { kubernetes, kyverno } });
  return chooseImages({ source, kubernetes, kyverno, mirror }, store, (line) => progress.say(line));
}

/** Is the image that a cluster of the default versions would be made of made already? Makes nothing. */
export function imageIsMade(signal: AbortSignal): Promise<boolean> {
  return dockerStore({ signal, progress: { step: () => () => undefined, say: () => undefined } }).madeIsHere();
}
