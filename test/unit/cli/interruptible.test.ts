import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { until } from '../../until.ts';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));
const SCRIPT = `
import { execa } from 'execa';
import { interruptible } from './harness/cli/interruptible.ts';
await interruptible(async (signal) => {
  const asleep = execa('sleep', ['60'], { cancelSignal: signal });
  console.log('asleep');
  await asleep.finally(() => console.log('cleaned up'));
}, 'what was done is kept');
`;

describe('interruptible work', () => {
  for (const [signal, code] of [
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const) {
    it(`${signal} in the middle of a command: its clean-up is waited for, exit ${code}`, async () => {
      const child = spawn(process.execPath, ['--input-type=module', '--eval', SCRIPT], { cwd: ROOT });
      const exit = once(child, 'exit');
      let said = '';
      for (const stream of [child.stdout, child.stderr]) stream.on('data', (piece) => (said += String(piece)));
      await until(() => said.includes('asleep'));
      child.kill(signal);
      expect((await exit)[0], said).to.equal(code);
      expect(said).to.include('cleaned up').and.include('stopped; what was done is kept');
    });
  }
});
