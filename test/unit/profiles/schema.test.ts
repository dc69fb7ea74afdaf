import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { parse } from 'yaml';
import { z } from 'zod';
import { builtinProfiles, profilesFolder } from '../../../clusters/profiles/builtin.ts';
import { jsonSchema } from '../../../clusters/profiles/json-schema.ts';
import { profileFileSchema } from '../../../clusters/profiles/schema.ts';

type Json = { [key: string]: Json } | Json[] | string | number | boolean | null;

/** Paths of the properties without a description. */
function undescribed(schema: Json | undefined, path: string): string[] {
  if (schema === null || typeof schema !== 'object' || Array.isArray(schema)) return [];
  const { properties } = schema;
  const named = properties !== null && typeof properties === 'object' && !Array.isArray(properties) ? properties : {};
  const inside = Object.entries(named).flatMap(([name, field]) => {
    const here = `${path}.${name}`;
    const described = typeof field === 'object' && field !== null && 'description' in field;
    return [...(described ? [] : [here]), ...undescribed(field, here)];
  });
  return [...inside, ...undescribed(schema.items, `${path}[]`)];
}

describe('profile.schema.json', () => {
  const path = join(profilesFolder(), 'profile.schema.json');
  const shipped = readFileSync(path, 'utf8');

  it('is up to date (else: node clusters/profiles/write-schema.ts)', () => expect(shipped).to.equal(jsonSchema()));

  it('describes every field', () => {
    expect(undescribed(JSON.parse(shipped), 'profile')).to.deep.equal([]);
    expect(undescribed({ properties: { a: { type: 'string' } } }, 'x')).to.deep.equal(['x.a']);
  });

  it('asks for nothing that another profile may give', () => {
    expect(JSON.parse(shipped).required).to.deep.equal(['apiVersion', 'kind', 'name']);
  });

  it('takes the built-in profiles, and refuses what the loader refuses', () => {
    const schema = z.fromJSONSchema(JSON.parse(shipped));
    for (const builtin of builtinProfiles()) {
      const text = readFileSync(builtin.path, 'utf8');
      expect(text.split('\n')[0]).to.equal('# yaml-language-server: $schema=./profile.schema.json');
      expect(schema.safeParse(parse(text)).error?.message).to.equal(undefined);
    }
    const header = { apiVersion: 'falldown.dev/v1', kind: 'Profile', name: 'a' };
    expect(schema.safeParse({ ...header, clutser: {} }).success).to.equal(false);
    expect(schema.safeParse({ ...header, timings: { holdSeconds: 'x' } }).success).to.equal(false);
  });
});

describe('Kubernetes quantities', () => {
  const accepts = (cpu: unknown) =>
    profileFileSchema.shape.workloads.safeParse({ encoding: { requests: { cpu } } }).success;
  for (const cpu of ['500m', '2', 2, 0.5, '4Gi', '1e3', '.5', '1.5'])
    it(`${cpu} is one`, () => expect(accepts(cpu)).to.equal(true));
  for (const cpu of ['', '2 cores', '-1', -1, '4gi', '1KB', 'm', null])
    it(`${cpu} is none`, () => expect(accepts(cpu)).to.equal(false));
});
