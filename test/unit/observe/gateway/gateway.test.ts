import { expect } from 'chai';
import { Agent, fetch } from 'undici';
import type { JournalEntry } from '../../../../harness/journal/events.ts';
import { startGateway } from '../../../../harness/observe/gateway/gateway.ts';
import { until } from '../../../until.ts';
import { FakeApi, failureOf, json } from '../../kube/fake-api.ts';

describe('the gateway in its thread', () => {
  let api: FakeApi;
  beforeEach(async () => {
    api = await FakeApi.start();
  });
  afterEach(() => api.close());

  it('listens, says what it costs, and is gone after it was stopped', async () => {
    api.answer = (_asked, response) => json(response, { ok: true });
    const told: JournalEntry[] = [];
    const gateway = await startGateway(api.credentials, 60, (entry) => told.push(entry));
    const agent = new Agent({ connect: { ca: gateway.tls.ca ?? '' } });
    const ask = () => fetch(`${gateway.server}/readyz`, { dispatcher: agent });
    expect(await (await ask()).json()).to.deep.equal({ ok: true });
    await gateway.stop();
    await failureOf(ask());
    await agent.destroy();
    expect(told[0]).to.deep.include({ part: 'gateway', op: 'started', gatewayDeadlineSeconds: 60 });
    await until(() => told.some((e) => e.type === 'sampler' && e.op === 'alive'));
    expect(told.some((e) => e.type === 'sampler' && e.reason !== undefined)).to.equal(false);
  });
});
