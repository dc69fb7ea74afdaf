import { embedded } from '../../clusters/providers/embedded/index.ts';
import { fanOutSideBySide } from './fan-out-side-by-side.ts';

export const claim = fanOutSideBySide({
  name: 'observers',
  where: 'on an embedded cluster',
  provider: () => embedded,
  pods: 3000,
  runs: 10,
});
