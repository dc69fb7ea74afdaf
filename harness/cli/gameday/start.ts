import { randomInt } from 'node:crypto';
import { loadProfile } from '../../../clusters/profiles/load.ts';
import { ensure } from '../../../clusters/toolchain/ensure.ts';
import { livePage } from '../../../reports/gameday/live-page.ts';
import type { Scorecard } from '../../../reports/gameday/scorecard.ts';
import { checkWritable } from '../../../reports/write.ts';
import { EXIT } from '../../errors.ts';
import { requireRoles } from '../../gameday/participants.ts';
import type { Scenario } from '../../gameday/scenario.ts';
import { type GameDayOutcome, holdGameDay, type OpenSession } from '../../gameday/session.ts';
import { Interrupted, onInterruption } from '../../run/interruption.ts';
import { printError, say } from '../output.ts';
import type { ProfileFlags } from '../profile-options.ts';
import { ConsoleProgress } from '../progress.ts';
import { findProvider, requireHost } from '../providers.ts';
import { unlessLost } from '../unless-lost.ts';
import { identity } from '../version.ts';
import { exitCodeOfCard } from './exit-code.ts';
import { listenForKeys } from './keys.ts';
import { publishGameDay } from './publish.ts';
import { readScript } from './read-script.ts';
import { scenarioOf } from './scenario-of.ts';

export interface GameDayFlags extends ProfileFlags {
  within: number;
  limit: number;
  script?: string;
  seed?: number;
  out: string;
  output: 'human' | 'json' | 'markdown';
}

/** Holds a game day, and returns the exit code. Everything that can be wrong with the input is found before anything is made. */
export async function startGameDay(name: string | undefined, flags: GameDayFlags): Promise<number> {
  const scenario = scenarioOf(name);
  const { profile } = loadProfile({ ...flags, profile: flags.profile ?? scenario.profile });
  requireRoles(scenario, profile);
  const script = flags.script === undefined ? undefined : readScript(flags.script, scenario);
  // Only an embedded cluster keeps an audit log, and can be broken by anybody without a second thought.
  const provider = await findProvider('embedded');
  await requireHost(provider);
  await checkWritable(flags.out);

  const interruption = onInterruption(say);
  const { signal } = interruption;
  const progress = new ConsoleProgress();
  let stopListening = () => {};
  try {
    const toolchainSeconds = await provider.prepare(profile, progress, signal);
    const versions = { kubernetes: profile.cluster.kubernetes };
    const { paths } = await ensure(['kubectl'], { versions, progress, signal });
    const outcome = await holdGameDay({
      ...{ scenario, provider, profile, script, toolchainSeconds, signal, progress },
      kubectl: paths.get('kubectl') as string,
      withinSeconds: flags.within,
      limitSeconds: flags.limit * 60,
      page: livePage(),
      seed: flags.seed ?? randomInt(2 ** 31),
      argv: ['falldown', ...process.argv.slice(2)],
      out: flags.out,
      version: identity(),
      onStart: (dir) => progress.say(`${scenario.name}: ${scenario.title} → ${dir}`),
      onReady: (open) => {
        welcome(open, scenario, script !== undefined);
        if (script === undefined) stopListening = listenForKeys(open.controls);
      },
    });
    progress.stop();
    for (const failure of outcome.failures) printError(failure);
    const { card, unwritten } = await publishGameDay(outcome.dir, scenario, flags.output);
    return unlessLost(exitCodeOf(outcome, card, signal), unwritten);
  } catch (error) {
    throw signal.aborted ? signal.reason : error;
  } finally {
    stopListening();
    progress.stop();
    interruption.release();
  }
}

function welcome({ urls, kubeconfigs, briefing }: OpenSession, { title }: Scenario, scripted: boolean): void {
  say(`\n${title}: the crew can take over. Give them this to read: ${briefing}`);
  const width = Math.max(...[...kubeconfigs.keys()].map((role) => role.length));
  for (const [role, file] of kubeconfigs) say(`  ${role.padEnd(width)}  export KUBECONFIG=${file}`);
  say(`  their dashboard      ${urls.participant}`);
  say(`  yours, all is on it  ${urls.facilitator}`);
  if (!scripted) say('  keys here: a acknowledged · h hint · p pause, resume · f finish · q abort');
}

/** Interruption and clean-up speak first, as for a run. */
function exitCodeOf({ failures }: GameDayOutcome, card: Scorecard, signal: AbortSignal): number {
  if (signal.aborted) return signal.reason instanceof Interrupted ? signal.reason.exitCode : EXIT.sigint;
  const [failure] = failures;
  if (failure !== undefined) return failure.exitCode;
  return exitCodeOfCard(card);
}
