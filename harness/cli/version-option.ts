import type { Versions } from '../../clusters/toolchain/pick.ts';
import { FalldownError } from '../errors.ts';

export interface VersionFlags {
  version?: Versions;
}

/** For `--version <family=version>`, which may be given several times. @throws FalldownError VERSION_OPTION_INVALID (usage). */
export function collectVersion(text: string, before: Versions | undefined): Versions {
  const [family = '', version = ''] = text.split('=');
  if (family === '' || version === '') {
    throw new FalldownError({
      code: 'VERSION_OPTION_INVALID',
      kind: 'usage',
      what: '--version does not name a family and a version',
      on: text,
      expected: 'family=version, such as kubernetes=1.36.3',
    });
  }
  return { ...before, [family]: version };
}
