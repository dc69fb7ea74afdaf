import { toJson } from '../../reports/json.ts';
import { matrixScreen } from '../../reports/matrix.ts';
import type { Result } from '../../reports/result.ts';
import { verdictScreen } from '../../reports/terminal.ts';
import { useColor } from './output.ts';

/** A result on stdout: the verdict screen for people, or result.json as it is. */
export function showResult(result: Result, dir: string, output: 'human' | 'json'): void {
  if (output === 'json') {
    process.stdout.write(toJson(result));
    return;
  }
  const { stdout } = process;
  stdout.write(matrixScreen(result, stdout.columns || 160));
  stdout.write(`\n${verdictScreen(result, { color: useColor(stdout), width: stdout.columns || 100, folder: dir })}`);
}
