import { connect, createServer } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';

/** A name in Linux's abstract socket namespace: one for the whole machine, whoever the user, and gone with its holder. */
const address = (name: string) => `\0falldown/${name}`;

/** Takes a name that only one process on this machine can hold; undefined when another one does. */
export function holdName(name: string): Promise<(() => void) | undefined> {
  return new Promise((resolve, reject) => {
    const server = createServer((socket) => socket.destroy());
    server.once('error', (error: NodeJS.ErrnoException) =>
      error.code === 'EADDRINUSE' ? resolve(undefined) : reject(error),
    );
    server.listen(address(name), () => {
      // Holding a name is no reason to go on living.
      server.unref();
      resolve(() => server.close());
    });
  });
}

/** Does some process hold the name now? */
export function isNameHeld(name: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(address(name), () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}

/** Runs `work` while no other process on this machine holds the name. */
export async function whileHolding<T>(name: string, work: () => Promise<T>, signal: AbortSignal): Promise<T> {
  let release = await holdName(name);
  while (release === undefined) {
    await delay(50, undefined, { signal });
    release = await holdName(name);
  }
  try {
    return await work();
  } finally {
    release();
  }
}
