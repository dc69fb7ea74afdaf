import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import { FalldownError } from '../../../harness/errors.ts';
import { toJson } from '../../../reports/json.ts';
import { parseResult, resultJsonSchema } from '../../../reports/schema.ts';
import { ALL, HOLDS, NOTHING_MEASURED, result } from './results.ts';

function refusal(text: string): FalldownError {
  try {
    parseResult(text, 'some/result.json');
  } catch (error) {
    if (error instanceof FalldownError) return error;
    throw error;
  }
  throw new Error('the result was taken');
}

describe('result.json', () => {
  it('comes back from its text as it was', () => {
    for (const one of Object.values(ALL)) expect(toJson(parseResult(toJson(one)))).to.equal(toJson(one));
  });

  it('is described by the JSON Schema in the repository', () => {
    const file = new URL('../../../reports/result.schema.json', import.meta.url);
    expect(readFileSync(file, 'utf8'), 'run reports/write-schema.ts').to.equal(resultJsonSchema());
  });

  it('keeps null for what was not measured', () => {
    const parsed = parseResult(toJson(result({}, { measures: NOTHING_MEASURED })));
    expect(parsed.experiments[0]?.measures).to.deep.equal(NOTHING_MEASURED);
  });

  it('takes a field that a later falldown of the same schema version added', () => {
    expect(parseResult(JSON.stringify({ ...HOLDS, later: true })).runId).to.equal(HOLDS.runId);
  });

  it('is refused when it is cut off', () => {
    const error = refusal(toJson(HOLDS).slice(0, 300));
    expect(error.code).to.equal('RESULT_INVALID');
    expect(error.exitCode).to.equal(2);
    expect(error.message).to.contain('some/result.json').and.contain('falldown report');
  });

  it('is refused with the names of the fields that are wrong', () => {
    const error = refusal(JSON.stringify({ ...HOLDS, seed: 'seven', experiments: [{ name: 'x' }, {}] }));
    expect(error.code).to.equal('RESULT_INVALID');
    expect(error.message).to.contain('seed: ').and.contain('experiments.0.checks: ').and.contain('… and ');
  });

  it('is refused when a newer falldown wrote it', () => {
    const error = refusal(JSON.stringify({ ...HOLDS, schemaVersion: 2 }));
    expect(error.code).to.equal('RESULT_INVALID');
    expect(error.message).to.contain('newer falldown').and.contain('schemaVersion 2');
  });

  for (const text of ['', 'null', '[]', '42', '{}', '{"schemaVersion":0}']) {
    it(`is refused when it is ${text || 'empty'}`, () => {
      expect(refusal(text).code).to.equal('RESULT_INVALID');
    });
  }
});

describe('toJson', () => {
  const text = toJson(HOLDS);

  it('sorts the keys at every level', () => {
    const visit = (value: unknown): void => {
      if (typeof value !== 'object' || value === null) return;
      if (!Array.isArray(value)) expect(Object.keys(value)).to.deep.equal(Object.keys(value).sort());
      Object.values(value).forEach(visit);
    };
    visit(JSON.parse(text));
    expect(text.indexOf('"argv"')).to.be.lessThan(text.indexOf('"cluster"'));
  });

  it('does not depend on the order in which keys were set', () => {
    const reversed = Object.fromEntries(Object.entries(HOLDS).reverse());
    expect(toJson(reversed as unknown as typeof HOLDS)).to.equal(text);
  });

  it('rounds to six decimals and keeps large integers', () => {
    const rounded = toJson(result({ durationSeconds: 0.1 + 0.2, seed: 9007199254740991 }));
    expect(rounded).to.contain('"durationSeconds": 0.3,').and.contain('"seed": 9007199254740991');
    expect(toJson(result({ seed: -1e-9 }))).to.contain('"seed": 0,');
  });

  it('indents by two spaces and ends with one line break', () => {
    expect(text)
      .to.match(/^\{\n {2}"argv"/)
      .and.match(/[^\n]\n$/);
  });

  it('refuses NaN, which would read as "not measured"', () => {
    expect(() => toJson(result({ durationSeconds: Number.NaN }))).to.throw(TypeError, '$.durationSeconds');
  });
});
