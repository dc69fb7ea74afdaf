// The clients' thread: what they cost is not the sampler's time, and what they do does not wait for the harness.
import { parentPort, workerData } from 'node:worker_threads';
import type { ClientKind } from '../../journal/client-events.ts';
import { transportsTo } from '../../observe/sampler/open-transport.ts';
import type { Client } from './client.ts';
import { Controller } from './controller.ts';
import { Dashboard } from './dashboard.ts';
import type { ClientsConfig, FromClients, ToClients } from './messages.ts';
import { Tally } from './tally.ts';
import { Watcher } from './watcher.ts';

const TELL_MILLISECONDS = 2000;
/** Between the starts of two clients, so that a crowd does not arrive in one instant. */
const APART_MILLISECONDS = 20;

const config = workerData as ClientsConfig;
const port = parentPort!;
const post = (message: FromClients) => port.postMessage(message);
const open = await transportsTo(config.target);

const tallies: Record<ClientKind, Tally> = { dashboard: new Tally(), watcher: new Tally(), controller: new Tally() };
const there: Record<ClientKind, Client[]> = { dashboard: [], watcher: [], controller: [] };
const make: Record<ClientKind, () => Client> = {
  dashboard: () => new Dashboard(open(), tallies.dashboard, config.everySeconds),
  watcher: () => new Watcher(open(), tallies.watcher),
  controller: () => new Controller(open(), tallies.controller, config),
};

function be(kind: ClientKind, wanted: number): void {
  const clients = there[kind];
  for (const client of clients.splice(wanted)) client.close();
  for (let n = 0; clients.length < wanted; n++) {
    const client = make[kind]();
    clients.push(client);
    client.start(n * APART_MILLISECONDS);
  }
}

function tell(): void {
  const asked = Object.fromEntries(
    Object.entries(tallies).flatMap(([kind, tally]) => {
      const taken = tally.take();
      return taken === undefined ? [] : [[kind, taken]];
    }),
  );
  const { user, system } = process.threadCpuUsage();
  if (Object.keys(asked).length > 0) post({ told: { asked, cpuSeconds: (user + system) / 1e6 } });
}
const telling = setInterval(tell, TELL_MILLISECONDS);

port.on('message', (message: ToClients) => {
  if (message === 'stop') {
    clearInterval(telling);
    for (const kind of Object.keys(there) as ClientKind[]) be(kind, 0);
    tell();
    post({ stopped: true });
    port.close();
    return;
  }
  be('dashboard', message.be.dashboards);
  be('watcher', message.be.watchers);
  be('controller', message.be.controllers);
  post({ ready: message.be });
});
