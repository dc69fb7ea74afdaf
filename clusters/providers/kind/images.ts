import type { Profile } from '../../profiles/profile.ts';
import type { Progress } from '../provider.ts';

/** What a cluster's nodes and pods are made of. */
export interface KindImages {
  /** Node image, as Docker knows it. */
  node: string;
  /** Images that the real nodes cannot pull and have to be given, as Docker knows them. */
  load: string[];
}

export async function imagesFor(_profile: Profile, _progress: Progress, _signal: AbortSignal): Promise<KindImages> {
  throw new Error('not yet');
}
