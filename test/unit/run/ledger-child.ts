/** Records a cluster and waits to be killed; or opens, records, forgets and closes a ledger many times. */
import { Ledger, type Resource } from '../../../harness/run/ledger.ts';

const [, , id, times] = process.argv as [string, string, string, string | undefined];
const resource: Resource = { kind: 'cluster', provider: 'embedded', name: `of-${id}` };
if (times === undefined) {
  Ledger.open(id, 'run').record(resource);
  process.stdout.write('recorded\n');
  setInterval(() => undefined, 1e6);
} else {
  for (let i = 0; i < Number(times); i++) {
    const ledger = Ledger.open(`${id}-${i}`, 'run');
    ledger.record(resource);
    ledger.forget(resource);
    ledger.close();
  }
}
