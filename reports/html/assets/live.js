// Shows what the server sends for this page's secret, and nothing else: what the crew must not see never comes here.

(() => {
  const $ = (id) => document.getElementById(id);
  const el = (name, props, ...children) => {
    const made = document.createElement(name);
    Object.assign(made, props);
    made.append(...children);
    return made;
  };
  const clock = (seconds) => {
    const s = Math.max(0, Math.round(seconds));
    return `${Math.floor(s / 60)}:${String(s % 60).padStart(2, '0')}`;
  };
  const shown = (value, unit) => {
    if (value === null) return 'no data';
    if (unit === 's') return value < 1 ? `${Math.round(value * 1000)} ms` : `${value.toFixed(1)} s`;
    return value.toLocaleString('en-US');
  };

  /** A line of the last minutes; it breaks where there was no data. */
  const spark = (values) => {
    const ns = 'http://www.w3.org/2000/svg';
    const svg = document.createElementNS(ns, 'svg');
    svg.setAttribute('viewBox', '0 0 300 40');
    svg.setAttribute('preserveAspectRatio', 'none');
    svg.setAttribute('aria-hidden', 'true');
    const max = Math.max(1e-9, ...values.filter((v) => v !== null)) * 1.1;
    let points = [];
    const flush = () => {
      if (points.length > 1) {
        const line = document.createElementNS(ns, 'polyline');
        line.setAttribute('points', points.join(' '));
        svg.append(line);
      }
      points = [];
    };
    values.forEach((v, i) => {
      if (v === null) flush();
      else points.push(`${300 - values.length + i},${(39 - (v / max) * 38).toFixed(1)}`);
    });
    flush();
    return svg;
  };

  const panel = (p) => {
    const facilitator = 'truth' in p;
    const value = facilitator ? p.shown : p.value;
    const item = el('li', { className: p.lie ? 'panel lie' : 'panel' });
    item.append(el('h2', { textContent: p.name }), el('p', { className: 'value', textContent: shown(value, p.unit) }));
    item.append(spark(p.history));
    if (facilitator) {
      const truth = p.truth === null ? 'nothing there' : shown(p.truth, p.unit);
      item.append(el('p', { className: 'truth', textContent: p.lie ? `a lie: in truth ${truth}` : 'true' }));
    }
    return item;
  };

  const list = (id, lines) => {
    $(id).replaceChildren(...lines.map((line) => el('li', { textContent: line })));
    $(id).parentElement.hidden = lines.length === 0;
  };
  const times = (id, lines) => {
    const box = $(id);
    const atEnd = box.scrollTop + box.clientHeight >= box.scrollHeight - 4;
    box.replaceChildren(
      ...lines.map(({ t, text }) =>
        el('li', {}, el('time', { textContent: t === null ? 'not yet' : clock(t) }), el('span', { textContent: text })),
      ),
    );
    if (atEnd) box.scrollTop = box.scrollHeight;
  };
  const choose = (id, options) => {
    const select = $(id);
    if (select.options.length > 0) return;
    select.append(...options.map(({ value, text }) => el('option', { value, textContent: text })));
  };

  let view;
  const show = () => {
    const facilitator = view.audience === 'facilitator';
    document.title = `${view.title}: ${facilitator ? 'facilitator' : 'dashboard'}`;
    $('title').textContent = view.title;
    $('audience').textContent = facilitator ? 'facilitator: all of it' : 'dashboard';
    $('clock').textContent = facilitator ? `${clock(view.seconds)} played` : '';
    $('briefing').textContent = view.briefing;
    $('paused').hidden = !view.paused || view.ended;
    $('ended').hidden = !view.ended;
    $('panels').replaceChildren(...view.panels.map(panel));
    choose(
      'role',
      view.roles.map((r) => ({ value: r.identity, text: r.identity })),
    );
    choose(
      'cause',
      view.causes.map((c) => ({ value: c.id, text: c.text })),
    );
    $('hint').textContent = view.nextHint === null ? 'No more hints' : `Ask for a hint (−${view.nextHint} points)`;
    $('hint').disabled = view.nextHint === null || view.ended;
    for (const id of ['ack', 'diagnose']) $(id).disabled = view.ended;
    list('said', [...view.acknowledged.map((by) => `acknowledged by ${by}`), ...view.said]);
    list('hints', view.hints);
    if (!facilitator) return;
    for (const box of document.querySelectorAll('[data-facilitator]')) box.hidden = false;
    $('pause').textContent = view.paused ? 'Resume' : 'Pause';
    times(
      'clocks',
      view.clocks.map((c) => ({ t: c.t, text: c.name })),
    );
    times(
      'plan',
      view.plan.map((p) => ({ t: p.at, text: `${p.done ? '✓ ' : ''}${p.describe}` })),
    );
    list('score', [
      `${view.points} of ${view.outOf} points so far; the right cause: ${view.cause}`,
      `${view.refused} requests refused, ${view.slippedIn} forbidden pods got in`,
      ...view.parts.map((p) => `${p.title}: ${p.points === null ? 'not known' : p.points} of ${p.outOf}. ${p.because}`),
    ]);
    times('turns', view.wrongTurns ?? [{ t: null, text: 'not known: the audit log is not in sight' }]);
    times(
      'timeline',
      view.timeline.map((l) => ({ t: l.t, text: l.what })),
    );
  };

  const ask = async (action, wish) => {
    try {
      const answer = await fetch(action, { method: 'POST', body: JSON.stringify(wish) });
      const { said, error } = await answer.json();
      $('answer').textContent = said ?? `${error.what}: ${error.seen ?? error.on ?? ''}`;
    } catch {
      $('answer').textContent = 'the session does not answer';
    }
  };
  const by = () => ({ by: $('role').value });
  $('ack').addEventListener('click', () => ask('ack', by()));
  $('hint').addEventListener('click', () => ask('hint', by()));
  $('diagnose').addEventListener('click', () => ask('diagnose', { ...by(), cause: $('cause').value }));
  $('pause').addEventListener('click', () => ask(view.paused ? 'resume' : 'pause', {}));
  $('finish').addEventListener('click', () => ask('finish', {}));
  $('abort').addEventListener('click', () => {
    if (window.confirm('Stop the session and remove its cluster?')) ask('abort', {});
  });

  const events = new EventSource('events');
  events.addEventListener('message', (event) => {
    view = JSON.parse(event.data);
    $('lost').hidden = true;
    show();
    // The last one: to ask again would only find nobody.
    if (view.ended) events.close();
  });
  events.addEventListener('error', () => {
    $('lost').hidden = false;
  });
})();
