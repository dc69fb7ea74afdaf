import type { Release } from '../hold.ts';
import type { Fault } from './fault.ts';

/** A fault that lasts as long as something is held. */
export function heldFault(name: string, describe: string, begin: () => Promise<Release>): Fault {
  let release: Release | undefined;
  return {
    name,
    describe,
    async inject() {
      release = await begin();
    },
    async revert() {
      const last = release;
      release = undefined;
      await last?.();
    },
  };
}
