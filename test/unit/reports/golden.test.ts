import { readFileSync, writeFileSync } from 'node:fs';
import { expect } from 'chai';
import { toJson } from '../../../reports/json.ts';
import { junitXml } from '../../../reports/junit.ts';
import { openMetrics } from '../../../reports/openmetrics.ts';
import type { Result } from '../../../reports/result.ts';
import { summaryMarkdown } from '../../../reports/summary.ts';
import { verdictScreen } from '../../../reports/terminal.ts';
import { ALL } from './results.ts';

const RENDER: Record<string, (result: Result) => string> = {
  'result.json': toJson,
  'summary.md': (result) => summaryMarkdown(result, { links: { 'Full report': 'https://ci.example/run (1).html' } }),
  'junit.xml': junitXml,
  'metrics.txt': openMetrics,
  'screen.txt': (result) => verdictScreen(result, { color: false, width: 100, folder: 'reports/runs/latest' }),
};

// UPDATE_GOLDEN=1 writes the files anew; the difference is then read in the diff.
describe('reports, compared with golden files', () => {
  for (const [name, result] of Object.entries(ALL)) {
    for (const [file, render] of Object.entries(RENDER)) {
      it(`${name}: ${file}`, () => {
        const golden = new URL(`../../fixtures/reports/${name}.${file}.golden`, import.meta.url);
        const text = render(result);
        if (process.env.UPDATE_GOLDEN === '1') writeFileSync(golden, text);
        expect(text.toWellFormed()).to.equal(readFileSync(golden, 'utf8'));
      });
    }
  }
});
