import { expect } from 'chai';
import { openMetrics } from '../../../reports/openmetrics.ts';
import { ALL, HOLDS, MEASURED, NASTY, NOTHING_MEASURED, result, VIOLATED } from './results.ts';

const LABEL = String.raw`[a-zA-Z_]\w*="(?:[^"\\\n]|\\["\\n])*"`;
const SAMPLE = new RegExp(String.raw`^([a-zA-Z_:][\w:]*)(\{${LABEL}(?:,${LABEL})*\})? (-?\d+(?:\.\d+)?(?:e[+-]\d+)?)$`);
const SUFFIXES: Record<string, RegExp> = { gauge: /^$/, info: /^_info$/, summary: /^(_count)?$/ };

/** Throws on what an OpenMetrics parser refuses; gives the samples back by their series. */
function parse(text: string): Map<string, number> {
  if (!text.endsWith('# EOF\n')) throw new Error('no # EOF at the end');
  const series = new Map<string, number>();
  const seen = new Set<string>();
  let family = '';
  let meta: Record<string, string> = {};
  for (const line of text.slice(0, -'# EOF\n'.length).split('\n').slice(0, -1)) {
    const head = /^# (HELP|TYPE|UNIT) (\S+) (.+)$/.exec(line);
    if (head) {
      const [, keyword = '', name = '', value = ''] = head;
      if (name !== family) {
        if (seen.has(name)) throw new Error(`${name} comes in two pieces`);
        seen.add(name);
        family = name;
        meta = {};
      }
      if (keyword in meta) throw new Error(`second ${keyword} of ${name}`);
      if (keyword === 'UNIT' && !name.endsWith(`_${value}`)) throw new Error(`${name} does not end in ${value}`);
      meta[keyword] = value;
      continue;
    }
    const sample = SAMPLE.exec(line);
    if (sample === null) throw new Error(`no sample: ${line}`);
    const [, name = '', labels = '', value] = sample;
    const suffix = SUFFIXES[meta.TYPE ?? ''];
    if (!name.startsWith(family) || suffix === undefined || !suffix.test(name.slice(family.length))) {
      throw new Error(`${name} does not belong to ${family}`);
    }
    if (series.has(name + labels)) throw new Error(`second ${name}${labels}`);
    series.set(name + labels, Number(value));
  }
  return series;
}

describe('openMetrics', () => {
  for (const [name, one] of Object.entries(ALL)) {
    it(`keeps to the grammar: ${name}`, () => {
      expect(parse(openMetrics(one)).size).to.be.greaterThan(10);
    });
  }

  it('says what was measured, in base units', () => {
    const series = parse(openMetrics(HOLDS));
    const own = (name: string, more = '') => series.get(`${name}{experiment="we-all-fall-down"${more}}`);
    expect(series.get('falldown_run_verdict{verdict="holds"}')).to.equal(1);
    expect(series.get('falldown_run_verdict{verdict="violated"}')).to.equal(0);
    expect(series.get('falldown_run_duration_seconds')).to.equal(118.123456789);
    expect(own('falldown_gatekeeper_outage_seconds')).to.equal(71.25);
    expect(own('falldown_refused_requests')).to.equal(2341);
    expect(own('falldown_segments_lost')).to.equal(0);
    expect(own('falldown_self_healed')).to.equal(0);
    expect(own('falldown_phase_duration_seconds', ',phase="method"')).to.equal(71.25);
    expect(own('falldown_api_request_duration_seconds', ',request="list-page",quantile="0.99"')).to.equal(3.5);
    expect(own('falldown_api_request_duration_seconds_count', ',request="list-page"')).to.equal(118);
    expect(own('falldown_api_request_errors', ',request="get-pod@gateway"')).to.equal(2);
    expect(own('falldown_api_phase_request_duration_seconds_count', ',phase="method",request="get-pod"')).to.equal(3);
    expect(own('falldown_harness_resident_memory_max_bytes')).to.equal(220 * 2 ** 20);
    expect(own('falldown_check_verdict', ',check="the loop is closed",verdict="holds"')).to.equal(1);
  });

  it('has nothing for what was not measured, not even a heading', () => {
    const text = openMetrics(result({}, { measures: NOTHING_MEASURED }));
    expect(text).not.to.match(/exposure|refused|outage|self_healed|segments|api_request|harness|unwinding/);
    const zero = openMetrics(result({}, { measures: { ...NOTHING_MEASURED, exposureSeconds: 0 } }));
    expect(zero).to.contain('falldown_exposure_seconds{experiment="we-all-fall-down"} 0\n');
  });

  it('has a metric for every measure of a result', () => {
    const bare = parse(openMetrics(result({}, { measures: NOTHING_MEASURED }))).size;
    for (const [key, value] of Object.entries(MEASURED)) {
      const one = parse(openMetrics(result({}, { measures: { ...NOTHING_MEASURED, [key]: value } }))).size;
      expect(one, key).to.be.greaterThan(bare);
    }
  });

  it('escapes labels', () => {
    const label = openMetrics(VIOLATED)
      .split('\n')
      .find((line) => line.includes('check="admission'));
    expect(NASTY).to.contain('"validate.kyverno.svc-fail" | denied:\n');
    expect(label)
      .to.contain(String.raw`\"validate.kyverno.svc-fail\" | denied:\n`)
      .and.contain(String.raw`]]> \\ *bold*`);
  });
});
