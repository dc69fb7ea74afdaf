import { kind } from '../../clusters/providers/kind/index.ts';
import { fanOutSideBySide } from './fan-out-side-by-side.ts';

export const claim = fanOutSideBySide({
  name: 'observers-kind',
  where: 'on a kind cluster',
  provider: () => kind(),
  pods: 10_000,
  runs: 2,
  async missing() {
    const [first] = await kind().missing();
    return first === undefined ? undefined : `${first.what} (${first.remedy})`;
  },
});
