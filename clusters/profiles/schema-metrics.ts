import { z } from 'zod';
import { amount, list } from './schema-parts.ts';

const yaml = () => z.record(z.string(), z.unknown());

/** What is measured by Prometheus, and how the incident's Prometheus was set up. */
export const metrics = z.strictObject({
  prometheus: z
    .boolean({ error: 'true or false' })
    .default(false)
    .describe('Run Prometheus beside the run: it scrapes the control plane, the gatekeeper and the encoding queue.'),
  timeScale: amount(1, 600)
    .default(45)
    .describe('One second of the run stands for so many of the incident; 1: real time. Durations below are real ones.'),
  scrapeSeconds: amount(1, 600)
    .default(60)
    .describe('How often Prometheus scrapes and evaluates its rules; its own default is a minute.'),
  lookbackSeconds: amount(1, 86_400)
    .default(1800)
    .describe('How long the last known state is assumed: --query.lookback-delta, the range of panels, a ttl (F4).'),
  rules: list(yaml()).default([]).describe('Rules files, each as a whole: what is in a file that rule_files names.'),
  config: yaml().optional().describe('Your prometheus.yml, put to the same test. --prometheus-config reads one.'),
  ownRules: list(yaml())
    .default([])
    .describe('Your rules files, beside `rules`: those of --rules, and those that your prometheus.yml names.'),
});
