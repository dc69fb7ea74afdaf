import { loadPins, type Pins } from './pins.ts';

let shipped: Pins | undefined;

/** The version that an image's tag names: `reg.kyverno.io/kyverno/kyverno:v1.19.1` → `1.19.1`; undefined without a tag. */
export function imageVersion(image: string): string | undefined {
  return /:v?([^:/]+)$/.exec(image.replace(/@.*$/, ''))?.[1];
}

/**
 * The component that a container image stands for, by repository suffix: registry, tag and digest do not matter.
 * `reg.kyverno.io/kyverno/kyvernopre:v1.19.1` → `kyverno-init`; undefined when the toolchain has no binary for it.
 */
export function imageBinary(image: string, pins?: Pins): string | undefined {
  shipped ??= loadPins();
  const repository = image.replace(/@.*$/, '').replace(/:[^:/]*$/, '');
  let best: { component: string; length: number } | undefined;
  for (const { component, images } of (pins ?? shipped).pins) {
    for (const suffix of images) {
      const matches = repository === suffix || repository.endsWith(`/${suffix}`);
      if (matches && suffix.length > (best?.length ?? 0)) best = { component, length: suffix.length };
    }
  }
  return best?.component;
}
