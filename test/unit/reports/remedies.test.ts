import { expect } from 'chai';
import { parse } from 'yaml';
import type { Recording } from '../../../reports/recording.ts';
import { type Remedy, remediesOf } from '../../../reports/remedies.ts';
import type { Result } from '../../../reports/result.ts';
import { recorded, told } from '../../fixtures/recordings/recordings.ts';
import { HOLDS, VIOLATED } from './results.ts';

const GATE: Recording['gate'] = { mayNotOpen: [], opened: [], slippedIn: [] };
const titles = (remedies: readonly Remedy[]) => remedies.map((r) => r.title);
const evictedBy = (byPriority: number): Result => {
  const [experiment] = HOLDS.experiments;
  const story = { evicted: { ...experiment!.story!.evicted!, byPriority } };
  return { ...HOLDS, experiments: [{ ...experiment!, story }] };
};
const remedies = (result: Result, gate = GATE) => remediesOf(result, result.experiments[0]!, gate);

describe('remediesOf', () => {
  it('of the fallen run are by effect, and each patch is YAML', async () => {
    const { result, recording } = await told(recorded('fell'));
    const found = remedies(result, recording.gate);
    const order = ['prevents it', 'opens the loop', 'makes it shorter'];
    expect(found.map((r) => order.indexOf(r.effect))).to.deep.equal([0, 0, 0, 1, 2]);
    for (const { patch } of found) expect(parse(patch.text)).to.be.an('object');
    expect(found[0]?.note).to.include('with priority 2,000,000,000 the same trigger did no harm');
    expect(parse(found.at(-1)!.patch.text).rules[0].resourceNames).to.deep.equal([
      'kyverno-resource-validating-webhook-cfg',
      'kyverno-resource-mutating-webhook-cfg',
    ]);
  });

  it('of the run that stood ask for nothing that it has', async () => {
    const { result, recording } = await told(recorded('stood'));
    expect(titles(remedies(result, recording.gate))).to.deep.equal([
      'Take the gatekeeper’s own namespace out of its webhook',
    ]);
  });

  it('take the class that outranks the one who came, if there is one', () => {
    const priorityOf = (by: number) =>
      remedies(evictedBy(by)).map((r) => parse(r.patch.text).admissionController?.priorityClassName)[0];
    expect(priorityOf(1_000_000_000)).to.equal('system-cluster-critical');
    expect(priorityOf(2_000_000_000)).to.equal('system-node-critical');
    expect(priorityOf(2_000_001_000)).to.equal(undefined);
  });

  it('say nothing of priorities when nobody was preempted and nothing of RBAC when nobody was refused', () => {
    expect(titles(remedies(VIOLATED))).to.deep.equal([
      'Give the gatekeeper a priority that no workload has',
      'Run three replicas on different nodes, two of them at any time',
    ]);
    const open = { ...GATE, opened: ['ValidatingWebhookConfiguration/x'] };
    expect(titles(remedies(VIOLATED, open))).to.not.include('Give the people on call the way out, and nothing more');
  });

  it('put no name into a manifest that a cluster cannot have', () => {
    const gate = {
      ...GATE,
      mayNotOpen: ['a'],
      opened: ['ValidatingWebhookConfiguration/x]\n  - verbs: ["*"', 'ValidatingWebhookConfiguration/good'],
    };
    const found = remedies(HOLDS, gate).at(-1)!;
    expect(parse(found.patch.text).rules).to.have.length(1);
    expect(parse(found.patch.text).rules[0].resourceNames).to.deep.equal(['good']);
  });
});
