import { createHash } from 'node:crypto';
import { expect } from 'chai';
import { reportHtml } from '../../../../reports/html/report.ts';
import { hostile, multiplied, recorded, told } from '../../../fixtures/recordings/recordings.ts';
import { ALL, NASTY } from '../results.ts';

describe('reportHtml', () => {
  it('allows by hash its own style and script, and nothing else', async () => {
    const { html } = await told(recorded('fell'));
    const policy = /http-equiv="Content-Security-Policy" content="([^"]*)"/.exec(html)?.[1] ?? '';
    const hash = (text: string) => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;
    const [, style = ''] = /<style>(.*?)<\/style>/s.exec(html) ?? [];
    const [, script = ''] = /<script>(.*?)<\/script>/s.exec(html) ?? [];
    expect(policy).to.equal(
      `default-src 'none'; style-src ${hash(style)}; script-src ${hash(script)}; base-uri 'none'; form-action 'none'`,
    );
    expect(html.match(/<script\b[^>]*>/g)).to.deep.equal([
      '<script type="application/json" id="timeline-data">',
      '<script>',
    ]);
    const page = html.replace(script, '');
    expect(page).to.not.match(/<[^>]*\s(on\w+|style)=/);
    expect(page).to.not.match(/<[^>]*\s(src|href|action|srcset|data)="(?!#)/);
  });

  for (const [name, result] of Object.entries(ALL)) {
    it(`tells what a result alone says, whatever is in it: ${name}`, () => {
      const html = reportHtml(result);
      expect(html)
        .to.match(/^<!doctype html>\n<html lang="en"/)
        .and.match(/<\/html>\n$/);
      expect(html).to.not.include('<script>alert');
      for (const tag of ['main', 'section', 'details', 'table', 'ul', 'ol', 'figure']) {
        const count = (pattern: string) => html.match(new RegExp(pattern, 'g'))?.length ?? 0;
        expect(count(`<${tag}[ >]`), tag).to.equal(count(`</${tag}>`));
      }
      for (const check of result.experiments.flatMap((e) => e.checks))
        if (check.name !== NASTY) expect(html).to.include(check.because.replaceAll('&', '&amp;'));
    });
  }

  it('lets nothing start that a cluster put into a name or a message', async () => {
    const { html } = await told(hostile(recorded('fell')));
    const script = /<script>(.*?)<\/script>/s.exec(html)?.[1] ?? '';
    const text = html.replace(script, '');
    expect(text).to.include('&quot;&#39;&gt;&lt;img src=x');
    expect(text).to.not.match(/<img|<svg onload|<script>pwned/);
    expect(text.match(/<script\b/g)).to.have.length(2);
  });

  it('has one id for one thing, and a target for each link', async () => {
    for (const name of ['fell', 'stood', 'inconclusive'] as const) {
      const { html } = await told(recorded(name));
      const ids = [...html.matchAll(/\sid="([^"]+)"/g)].map(([, id]) => id as string);
      expect(ids).to.have.length(new Set(ids).size);
      const targets = [...html.matchAll(/href="#([^"]+)"/g)].map(([, id]) => id as string);
      expect(targets.filter((id) => !ids.includes(id))).to.deep.equal([]);
    }
  });

  it('shows a matrix side by side, with its commands and every cell', () => {
    const [experiment] = ALL.holds!.experiments;
    const cell = { ...experiment!, journal: 'x', startedAt: null, durationSeconds: 0, startSeconds: null, values: {} };
    const tables = [
      {
        title: 'The race',
        columns: ['Path', 'Seconds'],
        rows: [
          [NASTY, 3],
          ['wait', null],
        ],
      },
    ];
    const conclusion = { lines: [], tables, commands: { title: 'For the runbook', lines: ['kubectl x'] } };
    const raced = { ...experiment!, cells: [{ ...cell, name: 'c1', reason: NASTY }], conclusion };
    const html = reportHtml({ ...ALL.holds!, experiments: [raced] });
    for (const words of ['id="cells"', 'The race', 'kubectl x', 'not begun']) expect(html).to.include(words);
    expect(html).to.not.include('<script>alert');
    expect(reportHtml(ALL.holds!)).to.not.include('id="cells"');
  });

  it('stays small with 30,000 pods', async function () {
    this.timeout(60_000);
    const { html, result } = await told(multiplied(recorded('fell'), 100));
    expect(result.experiments[0]?.measures.podsCreated).to.equal(30_000);
    expect(html.length).to.be.below(500_000);
  });

  it('says of an inconclusive run what went wrong, and promises nothing', async () => {
    const { html } = await told(recorded('inconclusive'));
    expect(html).to.include('INCONCLUSIVE</span>: the run broke: the gatekeeper crashes again and again</h1>');
    expect(html).to.include('did not get far enough to show what has to change');
    expect(html).to.not.include('id="timeline"');
  });
});
