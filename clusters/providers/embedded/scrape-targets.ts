import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseAllDocuments } from 'yaml';
import type { ScrapeTarget } from '../provider.ts';

interface Component {
  name: string;
  metric?: { host: string; scheme: 'http' | 'https'; certPath?: string; keyPath?: string };
}

/** What kwokctl wrote down of where each component publishes its metrics. */
export async function scrapeTargets(kwokDir: string): Promise<ScrapeTarget[]> {
  const documents = parseAllDocuments(await readFile(join(kwokDir, 'kwok.yaml'), 'utf8'));
  const components = documents.flatMap((d) => (d.toJS() as { components?: Component[] } | null)?.components ?? []);
  return components.flatMap(({ name, metric }) => {
    if (metric === undefined) return [];
    const { host, scheme, certPath: cert, keyPath: key } = metric;
    return [{ job: name, address: host, scheme, ...(cert === undefined || key === undefined ? {} : { cert, key }) }];
  });
}
