import { expect } from 'chai';
import { promtoolProblems } from '../../../harness/cli/metrics-files.ts';

describe('cli: a user’s own Prometheus files', () => {
  const path = '/elsewhere/rules.yml';

  it('are told by file and line, as promtool found it', () => {
    const parse = `  FAILED:\n${path}: 5:15: group "a", rule 1, "X": could not parse expression: 1:6: unexpected "="\n`;
    expect(promtoolProblems(parse, path, '')).to.deep.equal([
      `${path}:5:15 group "a", rule 1, "X": could not parse expression: 1:6: unexpected "="`,
    ]);
    const field = `  FAILED:\n${path}: yaml: unmarshal errors:\n  line 8: field fro not found in type rulefmt.Rule\n`;
    expect(promtoolProblems(field, path, '')).to.deep.equal([`${path}:8 field fro not found in type rulefmt.Rule`]);
  });

  it('are searched for a value that promtool names without its place', () => {
    const said = `  FAILED: parsing YAML file ${path}: not a valid duration string: "fast"\n`;
    const text = 'global:\n  scrape_interval: fast\n';
    expect(promtoolProblems(said, path, text)).to.deep.equal([`${path}:2 not a valid duration string: "fast"`]);
    expect(promtoolProblems(said, path, '')).to.deep.equal([`${path} not a valid duration string: "fast"`]);
  });
});
