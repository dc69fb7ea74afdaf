import { Command } from 'commander';
import { FalldownError, reasonOf } from '../../errors.ts';
import type { Audience, FacilitatorView } from '../../gameday/board.ts';
import { findSession } from '../../gameday/session-file.ts';
import { outputOption, printJson, say } from '../output.ts';

interface ControlFlags {
  session?: string;
  as?: string;
  output?: 'human' | 'json';
}

/** What is asked of a session that goes on, from another terminal. */
export function controlCommands(): Command[] {
  return [
    crew('ack', 'says that you know that something is wrong: the clock for detection stops', [
      'falldown gameday ack',
      'falldown gameday ack --as infra-oncall',
    ]),
    crew('diagnose', 'names a cause from the scenario’s list (it is in BRIEFING.md); you may change your mind', [
      'falldown gameday diagnose gatekeeper-crash --as infra-oncall',
    ]).argument('<cause>', 'id of a cause'),
    crew('hint', 'gives the next hint, at its price', ['falldown gameday hint']),
    held('pause', 'stops the clocks and puts off what is still to come; the cluster goes on'),
    held('resume', 'lets the clocks run again'),
    held('finish', 'ends the session: the scorecard and the debrief are written, the cluster is removed'),
    held('abort', 'stops the session at once and removes the cluster; what was seen so far is still written'),
    statusCommand(),
  ];
}

function crew(name: string, describe: string, examples: string[]): Command {
  const command = base(name, describe, examples).option(
    '--as <role>',
    'who says so; the scenario’s first role unless named',
  );
  return command.action(async (...given: unknown[]) => {
    const cause = name === 'diagnose' ? (given[0] as string) : undefined;
    const { as, session } = command.opts<ControlFlags>();
    await ask('participant', name, session, { by: as, cause });
  });
}

function held(name: string, describe: string): Command {
  const command = base(name, describe, [`falldown gameday ${name}`]);
  return command.action(() => ask('facilitator', name, command.opts<ControlFlags>().session, {}));
}

function base(name: string, describe: string, examples: readonly string[]): Command {
  return new Command(name)
    .description(describe)
    .option('--session <id>', 'which one, if several go on: its id or a part of it')
    .addHelpText('after', `\nExample${examples.length > 1 ? 's' : ''}:\n${examples.map((e) => `  ${e}`).join('\n')}`);
}

function statusCommand(): Command {
  const command = base('status', 'says where a session stands, as the facilitator sees it', [
    'falldown gameday status',
    'falldown gameday status -o json | jq .clocks',
  ]).addOption(outputOption());
  return command.action(async () => {
    const { session, output } = command.opts<ControlFlags>();
    const view = (await call('facilitator', 'view', session)) as FacilitatorView;
    if (output === 'json') printJson(view);
    else process.stdout.write(`${statusText(view)}\n`);
  });
}

function statusText(view: FacilitatorView): string {
  const state = view.ended ? 'ending' : view.paused ? 'paused' : 'going on';
  const clocks = view.clocks.map(
    ({ name, t }) => `  ${name.padEnd(26)}${t === null ? 'not yet' : `${t.toFixed(1)} s`}`,
  );
  return [
    `${view.title}: ${state}, ${view.seconds.toFixed(0)} s played`,
    ...clocks,
    `  points so far             ${view.points} of ${view.outOf}`,
  ].join('\n');
}

async function ask(audience: Audience, action: string, session: string | undefined, wish: object): Promise<void> {
  const { said } = (await call(audience, action, session, wish)) as { said: string };
  say(said);
}

/** Throws what the session answered, or GAMEDAY_NONE when it is gone. */
async function call(audience: Audience, what: string, session: string | undefined, wish?: object): Promise<unknown> {
  const { urls, sessionId } = findSession(session);
  const post = { method: 'POST', body: JSON.stringify(wish) };
  const answer = await fetch(new URL(what, urls[audience]), wish === undefined ? {} : post).catch((cause: unknown) => {
    throw new FalldownError({
      code: 'GAMEDAY_NONE',
      kind: 'usage',
      what: 'the session does not answer any more',
      on: sessionId,
      seen: reasonOf(cause),
      next: 'it has probably just ended: look into its folder',
      cause,
    });
  });
  const body = (await answer.json()) as {
    error?: { code: string; what: string; on?: string; expected?: string; seen?: string };
  };
  if (body.error === undefined) return body;
  const { what: wrong, on, expected, seen } = body.error;
  throw new FalldownError({
    code: 'GAMEDAY_REFUSED',
    kind: 'usage',
    what: wrong,
    on,
    expected,
    seen,
  });
}
