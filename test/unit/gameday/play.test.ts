import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import type { Profile } from '../../../clusters/profiles/profile.ts';
import { Board } from '../../../harness/gameday/board.ts';
import { Controls } from '../../../harness/gameday/controls.ts';
import { briefing, requireRoles } from '../../../harness/gameday/participants.ts';
import { play } from '../../../harness/gameday/play.ts';
import { admissionDeadlock } from '../../../harness/gameday/scenarios/admission-deadlock.ts';
import type { ScriptStep } from '../../../harness/gameday/script.ts';
import type { GameDayStep } from '../../../harness/journal/events.ts';
import { Journal } from '../../../harness/journal/writer.ts';
import { NotSeen } from '../../../harness/wait.ts';

describe('a script that plays the crew', () => {
  let dir: string;
  let journal: Journal;
  let board: Board;
  let controls: Controls;
  const steps: GameDayStep[] = [];

  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), 'falldown-play-'));
    journal = new Journal(join(dir, 'journal.ndjson'));
    board = new Board(admissionDeadlock, [], () => journal.now());
    controls = new Controls(admissionDeadlock, journal, board.record);
    steps.length = 0;
    journal.subscribe((event) => {
      board.see(event);
      if (event.type === 'gameday') steps.push(event);
    });
    // In kubectl's place: says whose it is and what it was told, and fails where it is told to.
    writeFileSync(join(dir, 'kubectl'), '#!/bin/sh\necho "$KUBECONFIG: $*"\n[ "$1" != delete ]\n');
    chmodSync(join(dir, 'kubectl'), 0o755);
  });
  afterEach(() => {
    journal.close();
    rmSync(dir, { recursive: true });
  });

  const played = (...script: ScriptStep[]) =>
    play(
      { name: 'x', steps: script },
      {
        ...{ journal, board, controls, scenario: admissionDeadlock, kubectl: join(dir, 'kubectl'), cacheDir: dir },
        kubeconfigs: new Map([
          ['infra-oncall', '/k/oncall'],
          ['platform-admin', '/k/admin'],
        ]),
        signal: new AbortController().signal,
      },
    );

  it('does its steps in order, each in its role’s name', async () => {
    await played(
      { within: 1, action: { do: 'ack' } },
      { within: 1, as: 'platform-admin', action: { do: 'kubectl', args: ['get', 'pods'] } },
      { within: 1, action: { do: 'kubectl', args: ['delete', 'pod', 'a b'] } },
      { within: 1, as: 'security-team', action: { do: 'diagnose', cause: 'etcd-full' } },
      { within: 1, action: { do: 'hint' } },
      { within: 1, action: { do: 'pause' } },
      { within: 1, action: { do: 'resume' } },
      { within: 1, action: { do: 'finish' } },
    );
    expect(steps.map((s) => `${s.by} ${s.op}`)).to.deep.equal([
      'infra-oncall acknowledged',
      'platform-admin played',
      'infra-oncall played',
      'security-team diagnosed',
      'infra-oncall hint',
      'facilitator paused',
      'facilitator resumed',
      'facilitator ended',
    ]);
    expect(steps[1]).to.include({ command: 'get pods', exitCode: 0, output: '/k/admin: get pods' });
    // A command that fails is part of the play.
    expect(steps[2]).to.include({ exitCode: 1, output: '/k/oncall: delete pod a b' });
    expect(await controls.ended).to.equal('finished');
  });

  it('waits for what it is told to wait for, and says so when that does not come', async () => {
    const waiting = played({ when: 'fault', within: 5, action: { do: 'ack' } });
    journal.append({ type: 'gameday', op: 'started', by: 'falldown', scenario: 'x', roles: [], withinSeconds: 1 });
    journal.append({ type: 'fault', op: 'injected', fault: 'f', describe: 'd' });
    await waiting;
    expect(steps.at(-1)).to.include({ op: 'acknowledged' });
    const failed = await played({ when: 'recovered', within: 0.2 }).catch((error: unknown) => error);
    expect(failed).to.be.instanceOf(NotSeen);
    expect((failed as Error).message).to.include('"recovered", step 1 of the script');
  });
});

describe('what a crew is given', () => {
  it('needs a profile with everybody who is played', () => {
    const profile = (...names: string[]) => ({ name: 'mine', identities: names.map((name) => ({ name })) }) as Profile;
    requireRoles(admissionDeadlock, profile('infra-oncall', 'platform-admin', 'security-team', 'batch-user'));
    expect(() => requireRoles(admissionDeadlock, profile('infra-oncall'))).to.throw(/platform-admin, security-team/);
  });

  it('is the situation, kubeconfigs, causes and the dashboard, and neither the cause nor what happens', () => {
    const files = new Map(admissionDeadlock.roles.map(({ identity }) => [identity, `/s/${identity}.kubeconfig`]));
    const text = briefing(admissionDeadlock, files, '/bin/kubectl', 'http://127.0.0.1:1/secret/');
    for (const part of ['http://127.0.0.1:1/secret/', '/s/infra-oncall.kubeconfig', '/bin/kubectl', '`etcd-full`']) {
      expect(text).to.include(part);
    }
    for (const { describe } of admissionDeadlock.steps) expect(text).not.to.include(describe);
    for (const hint of admissionDeadlock.hints) expect(text).not.to.include(hint.text);
  });
});
