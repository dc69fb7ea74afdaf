import { expect } from 'chai';
import { load, problemsIn, withFiles } from './helpers.ts';

const RULES = 'groups:\n  - name: a\n    rules: [{ alert: A, expr: up == 0 }]\n';
const CONFIG = 'rule_files: ["rules/*.yml"]\nscrape_configs:\n  - job_name: a\n';

describe('a user’s own Prometheus files', () => {
  it('come beside the rules of the profile, with those that they name, and ask for a Prometheus', () => {
    const files = { 'mine.yml': RULES, 'prometheus.yml': CONFIG, 'rules/b.yml': RULES.replace('alert: A', 'alert: B') };
    withFiles(files, (cwd) => {
      const { profile } = load({
        profile: 'as-in-the-incident',
        rules: ['mine.yml'],
        prometheusConfig: 'prometheus.yml',
        cwd,
      });
      const { prometheus, rules, config, ownRules } = profile.metrics;
      expect(prometheus).to.equal(true);
      expect(rules).to.deep.equal([]);
      expect(JSON.stringify(ownRules)).to.match(/"alert":"A".*"alert":"B"/);
      expect(config).to.deep.include({ scrape_configs: [{ job_name: 'a' }] });
      expect(load({ profile: 'as-in-the-incident' }).profile.metrics.prometheus).to.equal(false);
    });
  });

  it('are refused at their place when they are something else', () => {
    withFiles({ 'rules.yml': 'groups: none\n', 'prometheus.yml': 'global: {}\n' }, (cwd) => {
      expect(
        problemsIn({ profile: 'as-in-the-incident', rules: ['rules.yml'], prometheusConfig: 'prometheus.yml', cwd }),
      ).to.deep.equal([
        'prometheus.yml:1:1: expected one document with a list “scrape_configs”, seen none',
        'rules.yml:1:9: expected one document with a list “groups”, seen "none"',
      ]);
    });
  });
});
