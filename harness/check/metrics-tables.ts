import type { Conclusion, Table } from '../../reports/result.ts';
import type { MetricsStarted } from '../journal/events.ts';
import { type AlertLife, alertLife } from './alerts.ts';
import type { JournalView } from './journal-view.ts';
import { type Lie, liesOf, type Unknown } from './lie-seconds.ts';
import { secs } from './verdicts.ts';

/** F3, F4, F5: how long each panel lied on each server, what each alert did, and who was told first. */
export function metricsTables(view: JournalView): Conclusion {
  const { started } = view.metrics;
  if (started === undefined) return { lines: [], tables: [] };
  const servers = started.servers.map((s) => s.name);
  const lies = liesOf(view);
  const lives = alertLives(view, servers);
  const { yours = [] } = started;
  const told = 'Time to detect: the first alert of each set-up';
  const detection = [
    detected(told, servers, started.setups, lives),
    ...(yours.length === 0
      ? []
      : [
          detected(
            `${told}, by your rules alone`,
            servers,
            started.setups,
            lives.filter((l) => yours.includes(l.alert)),
          ),
        ]),
  ];
  return {
    lines: [
      `How long a value was shown after its source was gone (half an hour is ${secs(1800 / started.timeScale)}):`,
      ...started.servers.map(({ name, describe }) => lied(name, describe, lies)),
    ],
    tables: [panels(view, started, lies), alerts(servers, lives), ...detection].filter(({ rows }) => rows.length > 0),
  };
}

function panels(view: JournalView, { servers, setups }: MetricsStarted, lies: readonly (Lie | Unknown)[]): Table {
  const names = servers.map((s) => s.name);
  const rows = setups.flatMap(({ name: setup, lasts }) =>
    (['value', 'up'] as const).flatMap((what) => {
      const on = (server: string) => lies.find((l) => l.server === server && l.setup === setup && l.what === what);
      const found = names.map(on);
      if (found.every((l) => l === undefined)) return [];
      const first = found.find((l): l is Lie => l !== undefined && 'seconds' in l && l.seconds > 0);
      const says =
        what === 'up' || first === undefined ? [null, null] : [first.says ?? null, runningAt(view, first.last)];
      const expected = lasts[what] === null ? 'for ever' : tenth(lasts[what]);
      return [[setup, what, expected, ...found.map(shown), ...says]];
    }),
  );
  return {
    title: 'Lie seconds: how long each panel showed what was no longer there',
    columns: ['Set-up', 'Panel', `Expected, ${names[0]}`, ...names, 'Said at last', 'Running, says the API'],
    rows,
  };
}

function shown(lie: Lie | Unknown | undefined): number | string | null {
  if (lie === undefined || 'reason' in lie) return null;
  return lie.open ? `all ${lie.seconds.toFixed(1)}` : tenth(lie.seconds);
}

/** One row for each alert and set-up, one column for each server. */
function alerts(servers: readonly string[], lives: readonly AlertLife[]): Table {
  const named = [...new Map(lives.map((l) => [`${l.alert} ${l.setup}`, l])).values()];
  // Of the federating job itself only what it is about: its own `up`.
  const rows = named.filter(
    (l) =>
      l.setup !== 'federate' ||
      lives.some((o) => o.setup === 'federate' && o.alert === l.alert && o.fired !== undefined),
  );
  return {
    title: 'What each alert did: seconds after its source was gone',
    columns: ['Alert', 'Set-up', ...servers],
    rows: rows.map(({ alert, setup }) => [
      alert,
      setup,
      ...servers.map((server) => did(lives.find((l) => l.server === server && l.alert === alert && l.setup === setup))),
    ]),
  };
}

function did(life: AlertLife | undefined): string | null {
  if (life === undefined) return null;
  const { already, fired, resolved } = life;
  if (already) return 'fired before';
  if (fired === undefined) return 'never';
  return resolved === undefined ? secs(fired) : `${secs(fired)}, resolved itself at ${secs(resolved)}`;
}

function detected(
  title: string,
  servers: readonly string[],
  setups: readonly { name: string }[],
  lives: readonly AlertLife[],
): Table {
  const first = (server: string, setup: string) =>
    lives
      .filter((l) => l.server === server && l.setup === setup && !l.already && l.fired !== undefined)
      .toSorted((a, b) => (a.fired ?? 0) - (b.fired ?? 0))[0];
  return {
    title,
    columns: ['Set-up', ...servers],
    rows: setups
      .filter(({ name }) => name !== 'last-over-time')
      .map(({ name }) => [
        name,
        ...servers.map((server) => {
          const found = first(server, name);
          if (!lives.some((l) => l.server === server && l.setup === name)) return null;
          return found === undefined ? 'nobody was told' : `${secs(found.fired ?? 0)} ${found.alert}`;
        }),
      ]),
  };
}

/** Every alert of every server, for each set-up that it can be about. */
function alertLives(view: JournalView, servers: readonly string[]): AlertLife[] {
  const claims = view.metrics.claims;
  return servers.flatMap((server) => {
    const alerts = new Set(view.metrics.rules(server)?.rules.map((r) => r.alert));
    const panels = claims.flatMap((c) => (c.server === server && c.what !== 'alert' ? [c.setup ?? ''] : []));
    const setups = new Set([...panels, 'federate']);
    // Its series are those of the plain scrape, which alerts see.
    setups.delete('last-over-time');
    return [...alerts].flatMap((alert) =>
      [...setups].flatMap((setup) => {
        const life = alertLife(view, { server, alert, setup });
        return typeof life === 'string' ? [] : [life];
      }),
    );
  });
}

/** The values that a server went on to show, the longest first. */
function lied(name: string, describe: string, lies: readonly (Lie | Unknown)[]): string {
  const mine = lies.filter((l): l is Lie => l.server === name && l.what === 'value' && 'seconds' in l && l.seconds > 0);
  const told = mine
    .toSorted((a, b) => b.seconds - a.seconds)
    .map(({ setup, seconds, open }) => `${setup} ${open ? 'as long as it was watched' : secs(seconds)}`);
  return `${name} (${describe}): ${told.length === 0 ? 'no value outlived its source' : told.join(', ')}.`;
}

/** Encoding pods that ran at a time. */
function runningAt(view: JournalView, t: number): number {
  const ended = (pod: { succeeded?: { t: number }; failed?: { t: number }; gone?: { t: number } }) =>
    Math.min(...[pod.succeeded, pod.failed, pod.gone].map((m) => m?.t ?? Number.POSITIVE_INFINITY));
  return view.podsOf('encoding').filter((p) => p.running !== undefined && p.running.t <= t && ended(p) > t).length;
}

function tenth(seconds: number): number {
  return Math.round(seconds * 10) / 10;
}
