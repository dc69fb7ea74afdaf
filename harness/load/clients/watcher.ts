import { Client } from './client.ts';

/** Somebody types the command again. */
const AGAIN_MILLISECONDS = 1000;

/** `kubectl get pods -A -w` in somebody's terminal: every pod that there is, then every change, until the server ends it. */
export class Watcher extends Client {
  protected round(): void {
    const path = '/api/v1/pods?watch=true&allowWatchBookmarks=true';
    this.ask({ method: 'GET', path }, () => this.after(AGAIN_MILLISECONDS), Number.POSITIVE_INFINITY);
  }
}
