// Puts live charts in the place of the drawn ones: hover and zoom, together over all of them. Without it the page says the same.
(() => {
  const root = document.documentElement;
  unscroll();
  const source = document.getElementById('timeline-data');
  if (source === null || typeof uPlot === 'undefined') return;
  const data = JSON.parse(source.textContent);
  const whole = { min: 0, max: data.end };
  const SHADES = { fault: 0.1, recovery: 0.12, exposure: 1, blind: 0.2 };
  const STACK = ['succeeded', 'running', 'waiting', 'failed'];
  const BAND = 5;
  let range = whole;
  let charts = [];

  const color = (name) => getComputedStyle(root).getPropertyValue(`--${name}`).trim();
  const seconds = (t) => `${t < 100 ? t.toFixed(1) : Math.round(t)} s`;
  const latency = (v) => (v < 0.9995 ? `${Number((v * 1000).toPrecision(3))} ms` : `${Number(v.toPrecision(3))} s`);
  const count = (v) => v.toLocaleString('en-US', { maximumFractionDigits: 2 });
  const times = (values, step) => values.map((_, i) => Math.round(i * step * 1000) / 1000);

  // What each chart draws: a line of times, the drawn values, and the values to be read.
  function pods() {
    let below = data.pods.waiting.map(() => 0);
    const layers = STACK.map((state) => {
      below = data.pods[state].map((n, i) => n + below[i]);
      return below;
    }).reverse();
    const keys = STACK.toReversed();
    return {
      x: times(below, data.step),
      drawn: layers,
      read: keys.map((key) => data.pods[key]),
      series: keys.map((key) => ({ key, fill: color(key), stroke: color(key), width: 0 })),
      format: count,
    };
  }
  function replicas() {
    const { t, ready } = data.replicas;
    const drawn = [...ready, ready.at(-1) ?? 0];
    const series = { key: 'ready', stroke: color('ready'), fill: `${color('ready')}40`, width: 1.6 };
    return {
      x: [...t, data.end],
      drawn: [drawn],
      read: [drawn],
      series: [{ ...series, paths: uPlot.paths.stepped({ align: 1 }) }],
      format: count,
      whole: true,
    };
  }
  function refusals() {
    const { step, perSecond } = data.refusals;
    const series = { key: 'refused', stroke: color('refused'), fill: color('refused'), width: 0 };
    return {
      x: times(perSecond, step),
      drawn: [perSecond],
      read: [perSecond],
      series: [{ ...series, paths: uPlot.paths.stepped({ align: 1 }) }],
      format: count,
      whole: !perSecond.some((n) => n > 0 && n < 1),
    };
  }
  function api(index) {
    const { step, ...values } = data.api[index];
    const keys = ['p99', 'p95', 'p50'];
    const drawn = keys.map((key) => values[key]);
    const series = keys.map((key) => ({ key, stroke: color(key), width: key === 'p99' ? 3 : 1.6 }));
    return { x: times(drawn[0], step), drawn, read: drawn, series, format: latency, log: true };
  }
  const what = (id) =>
    id === 'pods' ? pods() : id === 'replicas' ? replicas() : id === 'refusals' ? refusals() : api(Number(id.slice(4)));

  function build(figure) {
    const chart = what(figure.dataset.chart);
    const place = figure.querySelector('.live');
    place.replaceChildren();
    const outputs = chart.series.map(({ key }) => figure.querySelector(`output[data-series="${key}"]`));
    const height = Number(figure.querySelector('.plot').getAttribute('height'));
    const axis = {
      stroke: color('soft'),
      font: '11px system-ui, sans-serif',
      grid: { stroke: `${color('soft')}38`, width: 1 },
      ticks: { show: false },
    };
    const powers = (_, __, min, max) => {
      const [low, high] = [Math.ceil(Math.log10(min) - 1e-9), Math.floor(Math.log10(max) + 1e-9)];
      return Array.from({ length: high - low + 1 }, (_, i) => 10 ** (low + i));
    };
    const plot = new uPlot(
      {
        width: place.clientWidth,
        height,
        padding: [8, 8, 0, 0],
        legend: { show: false },
        cursor: {
          sync: { key: 'run', scales: ['x', null] },
          drag: { x: true, y: false, setScale: false },
          points: { show: false },
          y: false,
        },
        scales: {
          x: { time: false, range: () => [range.min, range.max] },
          y: chart.log ? { distr: 3 } : { range: (_, __, max) => [0, chart.whole ? Math.max(1, max) : top(max)] },
        },
        axes: [
          { ...axis, size: 24, gap: 6, space: 70, values: (_, splits) => splits.map((v) => `${count(v)} s`) },
          {
            ...axis,
            size: 56,
            gap: 4,
            space: 32,
            values: (_, splits) => splits.map(chart.format),
            ...(chart.log ? { splits: powers, filter: (_, splits) => splits } : {}),
            ...(chart.whole ? { incrs: [1, 2, 5, 10] } : {}),
          },
        ],
        series: [
          {},
          ...chart.series.map(({ key: _, ...series }) => ({
            points: { show: chart.log === true, size: 3 },
            ...series,
          })),
        ],
        hooks: { drawClear: [shade], setCursor: [() => read(plot, chart, outputs)], setSelect: [select] },
      },
      [chart.x, ...chart.drawn],
      place,
    );
    plot.over.addEventListener('dblclick', () => zoom(whole));
    return plot;
  }

  const top = (max) => (max > 0 ? max * 1.05 : 1);

  function shade(plot) {
    const { ctx, bbox } = plot;
    ctx.save();
    for (const { kind, from, to } of data.windows) {
      if (SHADES[kind] === undefined) continue;
      const [left, right] = [from, to].map((t) =>
        Math.min(bbox.left + bbox.width, Math.max(bbox.left, plot.valToPos(t, 'x', true))),
      );
      ctx.globalAlpha = SHADES[kind];
      ctx.fillStyle = color(kind === 'blind' ? 'soft' : kind);
      ctx.fillRect(left, bbox.top, right - left, kind === 'exposure' ? BAND * devicePixelRatio : bbox.height);
    }
    ctx.restore();
  }

  function read(plot, chart, outputs) {
    const { idx, left } = plot.cursor;
    const on = idx !== null && idx !== undefined && left >= 0;
    // A step holds until the next one: what counts is the last time before the cursor, not the nearest.
    const t = on ? plot.posToVal(left, 'x') : 0;
    const at = on && chart.x[idx] > t && idx > 0 ? idx - 1 : idx;
    outputs.forEach((output, i) => {
      const value = on ? chart.read[i][at] : null;
      output.textContent = value === null || value === undefined ? '' : chart.format(value);
    });
    if (plot === charts[0]) moment(on ? t : undefined);
  }

  function select(plot) {
    const { left, width } = plot.select;
    if (width < 4) return;
    const [min, max] = [plot.posToVal(left, 'x'), plot.posToVal(left + width, 'x')];
    plot.setSelect({ left: 0, width: 0, top: 0, height: 0 }, false);
    zoom({ min, max });
  }

  function zoom({ min, max }) {
    const width = Math.min(Math.max(max - min, data.end / 500), data.end);
    const from = Math.min(Math.max(0, min), data.end - width);
    range = { min: from, max: from + width };
    for (const plot of charts) plot.setScale('x', range);
    lanes();
    if (range.min === 0 && range.max === data.end) phase.value = '';
  }

  const percent = (t) => ((t - range.min) / (range.max - range.min)) * 100;
  function lanes() {
    for (const bar of document.querySelectorAll('.lane svg[data-from]')) {
      const [from, to] = [bar.dataset.from, bar.dataset.to].map((t) => Math.min(100, Math.max(0, percent(Number(t)))));
      bar.setAttribute('x', `${from}%`);
      bar.setAttribute('width', `${to - from}%`);
      const text = bar.querySelector('text');
      const room = ((to - from) / 100) * bar.parentElement.clientWidth - 8;
      text.textContent = [bar.dataset.label, bar.dataset.short].find((label) => label.length * 7 <= room) ?? '';
    }
    const axis = document.querySelector('.lane.axis');
    if (axis !== null) axis.hidden = range.min !== 0 || range.max !== data.end;
  }

  const at = document.querySelector('output[data-at]');
  const cursor = document.querySelector('[data-cursor]');
  const phase = document.querySelector('[data-phase]');
  function moment(t) {
    const now = t === undefined ? undefined : data.phases.findLast((p) => t >= p.from && t <= p.to);
    at.textContent =
      t === undefined ? '' : `${seconds(t)}${now === undefined ? '' : `, ${now.name.replaceAll('-', ' ')}`}`;
    for (const line of document.querySelectorAll('.lane > svg line')) line.remove();
    if (t === undefined) return;
    for (const svg of document.querySelectorAll('.lane > svg')) {
      const line = document.createElementNS('http://www.w3.org/2000/svg', 'line');
      line.setAttribute('class', 'now');
      for (const name of ['x1', 'x2']) line.setAttribute(name, `${percent(t)}%`);
      line.setAttribute('y1', '0');
      line.setAttribute('y2', '100%');
      svg.append(line);
    }
  }

  // The keyboard's way to what the pointer does by hovering.
  cursor.addEventListener('input', () => {
    const t = range.min + (Number(cursor.value) / 1000) * (range.max - range.min);
    for (const plot of charts) plot.setCursor({ left: plot.valToPos(t, 'x'), top: 0 }, false);
    for (const plot of charts)
      plot.hooks.setCursor.forEach((hook) => {
        hook(plot);
      });
    cursor.setAttribute('aria-valuetext', [at.textContent, ...said()].join('; '));
  });
  const said = () =>
    [...document.querySelectorAll('.legend li')]
      .filter((item) => item.querySelector('output').textContent !== '')
      .map((item) => item.textContent.trim());

  phase.addEventListener('change', () => {
    const chosen = data.phases[phase.value];
    zoom(chosen === undefined ? whole : { min: chosen.from, max: chosen.to });
  });
  const width = () => range.max - range.min;
  const MOVES = {
    in: () => ({ min: range.min + width() / 4, max: range.max - width() / 4 }),
    out: () => ({ min: range.min - width() / 2, max: range.max + width() / 2 }),
    earlier: () => ({ min: range.min - width() / 3, max: range.max - width() / 3 }),
    later: () => ({ min: range.min + width() / 3, max: range.max + width() / 3 }),
    all: () => whole,
  };
  for (const button of document.querySelectorAll('[data-zoom]'))
    button.addEventListener('click', () => zoom(MOVES[button.dataset.zoom]()));

  function draw() {
    for (const plot of charts) plot.destroy();
    charts = [...document.querySelectorAll('.chart')].map(build);
  }
  root.classList.add('scripted');
  draw();
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', draw);
  new ResizeObserver(() => {
    for (const plot of charts) {
      const width = plot.root.parentElement.clientWidth;
      // In print there is no room at all: the drawn charts stand in their place.
      if (width > 0 && width !== plot.width) plot.setSize({ width, height: plot.height });
    }
    lanes();
  }).observe(document.getElementById('timeline'));

  // A region that does not scroll needs no stop for the keyboard.
  function unscroll() {
    for (const region of document.querySelectorAll('.scroll, pre')) {
      if (region.scrollWidth <= region.clientWidth) region.removeAttribute('tabindex');
    }
  }
})();
