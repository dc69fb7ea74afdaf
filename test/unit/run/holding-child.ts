import { hold } from '../../../harness/hold.ts';

// Holds a file for as long as it lives: holding-child.ts FILE.
const script = 'touch "$1"; echo held; read -r; rm "$1"';
await hold('make a file', ['bash', '-c', script, 'bash', process.argv[2] as string]);
process.stdout.write('held\n');
setInterval(() => undefined, 1000);
