import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { type LoadedProfile, type LoadOptions, loadProfile } from '../../../clusters/profiles/load.ts';
import { FalldownError } from '../../../harness/errors.ts';

export const FIXTURES = join(import.meta.dirname, '../../fixtures/profiles');

/** Loads with the fixtures' folder as the current one. */
export function load(options: LoadOptions): LoadedProfile {
  return loadProfile({ cwd: FIXTURES, ...options });
}

/** The gatekeeper's own helm values in a built-in profile: what files and flags go over. */
export function admissionController(profile: string): Record<string, unknown> {
  const values = load({ profile }).profile.gatekeeper.values.admissionController;
  if (typeof values !== 'object' || values === null) throw new Error(`${profile} sets no admissionController`);
  return { ...values };
}

/** The error of a call that must fail. */
export function failureOf(call: () => unknown): FalldownError {
  let result: unknown;
  try {
    result = call();
  } catch (error) {
    if (error instanceof FalldownError) return error;
    throw error;
  }
  throw new Error(`expected a FalldownError, got ${JSON.stringify(result)}`);
}

/** The problems of a load that must fail with PROFILE_INVALID, one a line. */
export function problemsIn(options: LoadOptions): string[] {
  const { code, failure } = failureOf(() => load(options));
  if (code !== 'PROFILE_INVALID')
    throw new Error(`expected PROFILE_INVALID, got ${code}: ${failure.what} ${failure.seen}`);
  return (failure.seen ?? '').split('\n');
}

/** Runs with a temporary folder that holds these files (name → text). */
export function withFiles<T>(files: Record<string, string>, use: (folder: string) => T): T {
  const folder = mkdtempSync(join(tmpdir(), 'falldown-profiles-'));
  try {
    for (const [name, text] of Object.entries(files)) {
      mkdirSync(dirname(join(folder, name)), { recursive: true });
      writeFileSync(join(folder, name), text);
    }
    return use(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

export const HEADER = 'apiVersion: falldown.dev/v1\nkind: Profile\n';
