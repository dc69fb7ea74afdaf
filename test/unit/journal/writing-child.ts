/** Appends events and tells, for each, when it did: for ever, or as many as it is told and then closes. */
import { Journal } from '../../../harness/journal/writer.ts';

const [, , path, count] = process.argv;
const journal = new Journal(path as string);
const append = (n: number) => {
  journal.append({ type: 'note', text: `event ${n}` });
  process.stdout.write(`${Date.now()}\n`);
};
if (count === undefined) {
  let n = 0;
  setInterval(() => append(n++), 1);
} else {
  for (let n = 0; n < Number(count); n++) append(n);
  journal.close();
  process.exit(0);
}
