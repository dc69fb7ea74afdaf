import type { Journal } from '../journal/writer.ts';
import type { Fault } from './fault.ts';

export interface Trigger extends Fault {
  /** What was injected and reverted so far was a false start: checks pass over it, and the next injection is the first. */
  discount(): void;
}

/** The fault as the trigger of an incident: it writes itself down, with the marks that checks of the incident look for. */
export function asTrigger(fault: Fault, journal: Journal): Trigger {
  const { name, describe } = fault;
  const mark = (mark: string) => journal.append({ type: 'mark', name: mark });
  let injections = 0;
  return {
    name,
    describe,
    inject: async () => {
      journal.append({ type: 'fault', op: 'injected', fault: name, describe });
      await fault.inject();
      injections += 1;
      mark(injections === 1 ? 'trigger.injected' : 'second-trigger.injected');
    },
    revert: async () => {
      await fault.revert();
      mark('trigger.removed');
      journal.append({ type: 'fault', op: 'reverted', fault: name, describe });
    },
    discount() {
      injections = 0;
      mark('trigger.discounted');
    },
  };
}
