import { setTimeout as delay } from 'node:timers/promises';
import { execa } from 'execa';
import type { Journal } from '../journal/writer.ts';
import { waitFor } from '../wait.ts';
import type { Board } from './board.ts';
import { type Clocks, clocks } from './clocks.ts';
import type { Controls } from './controls.ts';
import type { Scenario } from './scenario.ts';
import type { Condition, GameDayScript, ScriptStep } from './script.ts';

const KUBECTL_SECONDS = 60;
const LONGEST_OUTPUT = 2000;

export interface Stage {
  scenario: Scenario;
  journal: Journal;
  board: Board;
  controls: Controls;
  /** The kubectl binary. */
  kubectl: string;
  /** Kubeconfig of each role. */
  kubeconfigs: ReadonlyMap<string, string>;
  /** Where kubectl keeps what it learned of the API server. */
  cacheDir: string;
  signal: AbortSignal;
}

/** Plays a script to its end, or until the session ends. Throws NotSeen when a condition does not come in time. */
export async function play(script: GameDayScript, stage: Stage): Promise<void> {
  for (const [i, step] of script.steps.entries()) {
    await arrives(step, i, stage);
    await delay((step.after ?? 0) * 1000, undefined, { signal: stage.signal });
    await act(step, stage);
  }
}

async function arrives({ when, within }: ScriptStep, index: number, { scenario, board, signal }: Stage): Promise<void> {
  if (when === undefined) return;
  const come = () => reached(when, board, clocks(board.record, scenario.cause));
  await waitFor(come, {
    what: `"${when}", step ${index + 1} of the script`,
    timeoutSeconds: within,
    signal,
    next: 'give the step a longer `within`, or correct what the script did before',
  });
}

function reached(when: Condition, board: Board, c: Clocks): boolean {
  switch (when) {
    case 'started':
      return board.record.started !== undefined;
    case 'fault':
      return c.injected !== undefined;
    case 'impact':
      return c.impact !== undefined;
    case 'mitigated':
    case 'recovered':
      return c[when] !== undefined;
  }
}

async function act({ as, action }: ScriptStep, stage: Stage): Promise<void> {
  const { controls } = stage;
  switch (action?.do) {
    case 'ack':
      controls.acknowledge(as);
      return;
    case 'diagnose':
      controls.diagnose(as, action.cause);
      return;
    case 'hint':
      controls.hint(as);
      return;
    case 'pause':
      controls.pause();
      return;
    case 'resume':
      controls.resume();
      return;
    case 'finish':
      controls.end('finished');
      return;
    case 'abort':
      controls.end('aborted');
      return;
    case 'kubectl':
      await kubectl(as ?? (stage.scenario.roles[0]?.identity as string), action.args, stage);
  }
}

/** As somebody at a terminal would; that it fails is part of the play. */
async function kubectl(role: string, args: readonly string[], stage: Stage): Promise<void> {
  const { journal, kubeconfigs, cacheDir, signal } = stage;
  const kubeconfig = kubeconfigs.get(role);
  if (kubeconfig === undefined) throw new Error(`nobody plays the role ${role}`);
  const result = await execa(stage.kubectl, args, {
    env: { KUBECONFIG: kubeconfig, KUBECACHEDIR: cacheDir },
    all: true,
    reject: false,
    stdin: 'ignore',
    timeout: KUBECTL_SECONDS * 1000,
    cancelSignal: signal,
  });
  signal.throwIfAborted();
  journal.append({
    type: 'gameday',
    op: 'played',
    by: role,
    command: args.join(' '),
    exitCode: result.exitCode ?? -1,
    output: (result.all ?? '').slice(0, LONGEST_OUTPUT),
  });
}
