import type { Scenario } from '../scenario.ts';
import { BOOMERANGS, FIRST_HINT, moreGatekeepers, THAT_DAY } from './common.ts';

/** The incident: the gatekeeper's own replacement is refused by the webhook that it serves (F9, self-admission). */
export const admissionDeadlock: Scenario = {
  name: 'admission-deadlock',
  title: 'The day nothing started',
  facts: ['F1', 'F3', 'F4', 'F6', 'F7', 'F8', 'F9', 'F11', 'F13', 'F14', 'F15'],
  profile: 'as-in-the-incident',
  briefing:
    'You run a cluster for several teams. Kyverno approves every pod; the video team encodes in big batches. ' +
    'It is an ordinary day, and no alert is known to be broken. Keep pods starting, and keep the policies in force.',
  ...THAT_DAY,
  cause: 'gatekeeper-locked-out',
  hints: [
    FIRST_HINT,
    {
      price: 5,
      text: 'kubectl get events -A --sort-by=.lastTimestamp: look for Preempted, and for who was preempted by whom.',
    },
    {
      price: 8,
      text: 'A webhook that fails closed and serves nobody refuses its own server too. Whatever asks it must stop asking, and what took its place must go; who may do either?',
    },
  ],
  useless: [
    ...BOOMERANGS,
    moreGatekeepers('no pod of the gatekeeper can be admitted while its own rules stand, however many are asked for'),
  ],
  questions: [
    'Who could have known that the security service outranks the gatekeeper, and when?',
    'What on the dashboards was true, and how would you have noticed that the rest was not?',
    'Who may open the gate at three in the morning, and how do they learn that they should?',
    'What got in while the gate was open, and who looks for it now?',
    'Which one setting would have made this an ordinary day?',
  ],
};
