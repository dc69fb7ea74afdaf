import { createHash } from 'node:crypto';
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { type AddressInfo, createServer as createTcpServer, type Server as TcpServer } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import type { ToolchainOptions } from '../../../clusters/toolchain/context.ts';
import { loadPins } from '../../../clusters/toolchain/pins.ts';

/**
 * Stands in for go: logs each call, answers `env` and `mod download`, and "builds" a script. GO_SLOW names a file: the
 * build lasts until it appears, through a child, as a real build's compilers do.
 */
const FAKE_GO = `#!/bin/sh
echo "$@" >> "$GO_LOG"
case "$1" in
  env) echo "{\\"GOVERSION\\": \\"go\${GO_VERSION:-1.26.8}\\", \\"GOTOOLCHAIN\\": \\"\${GO_TOOLCHAIN:-local}\\"}" ;;
  list) echo a; echo b ;;
  mod) cat "$GO_MODULES" ;;
  build)
    while [ $# -gt 1 ]; do [ "$1" = -o ] && out="$2"; shift; done
    echo example.org/some/package >&2
    if [ -n "$GO_SLOW" ]; then
      sh -c 'echo $$ > "$0.pid"; echo half > "$1"; while [ ! -e "$0" ] && [ -e "$0.pid" ]; do sleep 0.05; done' "$GO_SLOW" "$out"
    fi
    if [ -n "$GO_FAIL" ]; then echo "$GO_FAIL" >&2; exit 1; fi
    echo "built" > "$out" ;;
esac
`;

export interface Bench {
  folder: string;
  cache: string;
  env: NodeJS.ProcessEnv;
  said: string[];
  options(more?: Partial<ToolchainOptions>): ToolchainOptions;
  /** Arguments of each `go build` so far. */
  builds(): Promise<string[]>;
  /** Files below the cache, relative to it; empty when it does not exist. */
  cached(): Promise<string[]>;
  /** Serves `files` (path → content) and returns its address; counts requests in `requests`. */
  serve(files: Record<string, string | Buffer>): Promise<string>;
  requests: string[];
  /** A host that closes each connection without an answer. */
  silentHost(): Promise<{ address: string; connections(): number }>;
  writePins(text: string): Promise<void>;
  close(): Promise<void>;
}

export const pinsText = (download = ''): string => `sets: { embedded: [alpha, beta] }
families:
  greek:
    goModule: example.org/greek
    ldflags: [-s, "-X main.version={version}"]
${download}
    components:
      alpha: { package: example.org/greek/cmd/alpha, images: [greek/alpha] }
      beta: { package: example.org/greek/cmd/beta, images: [greek/alpha-init] }
pins:
  - { family: greek, version: 1.2.3, default: true }
`;

export const sha256 = (content: string | Buffer): string => createHash('sha256').update(content).digest('hex');

/** A temp folder with pins, a module, a fake go on PATH and an empty cache. */
export async function bench(): Promise<Bench> {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'falldown-toolchain-'));
  const module = path.join(folder, 'modules', 'greek-1.2.3');
  const bin = path.join(folder, 'bin');
  await Promise.all([module, bin].map((f) => mkdir(f, { recursive: true })));
  await writeFile(path.join(module, 'go.mod'), 'module m\n\ngo 1.26.0\n\nrequire example.org/greek v1.2.3\n');
  await writeFile(path.join(module, 'go.sum'), 'example.org/greek v1.2.3 h1:sum=\n');
  await writeFile(path.join(module, 'tools.go'), 'package tools\n');
  await writeFile(path.join(bin, 'go'), FAKE_GO);
  await chmod(path.join(bin, 'go'), 0o755);
  const pinsFile = path.join(folder, 'pins.yaml');
  await writeFile(pinsFile, pinsText());
  const log = path.join(folder, 'go.log');
  const servers: TcpServer[] = [];
  const made: Bench = {
    folder,
    cache: path.join(folder, 'cache', 'falldown'),
    env: { PATH: `${bin}:/usr/bin:/bin`, HOME: folder, XDG_CACHE_HOME: path.join(folder, 'cache'), GO_LOG: log },
    said: [],
    requests: [],
    options: (more = {}) => ({
      signal: new AbortController().signal,
      progress: { step: () => () => undefined, say: (line) => made.said.push(line) },
      env: made.env,
      pins: loadPins(pinsFile),
      ...more,
    }),
    builds: async () => {
      const lines = await readFile(log, 'utf8').catch(() => '');
      return lines.split('\n').filter((line) => line.startsWith('build'));
    },
    cached: async () => {
      const entries = await readdir(made.cache, { recursive: true, withFileTypes: true }).catch(() => []);
      return entries.filter((e) => e.isFile()).map((e) => path.relative(made.cache, path.join(e.parentPath, e.name)));
    },
    silentHost: async () => {
      let connections = 0;
      const server = createTcpServer((socket) => {
        connections++;
        socket.destroy();
      });
      servers.push(server);
      return { address: await listen(server), connections: () => connections };
    },
    serve: async (files) => {
      const server = createServer((request, response) => {
        made.requests.push(request.url ?? '');
        const content = files[request.url ?? ''];
        response.writeHead(content === undefined ? 404 : 200).end(content);
      });
      servers.push(server);
      return listen(server);
    },
    writePins: (text) => writeFile(pinsFile, text),
    close: async () => {
      await Promise.all(servers.map((s) => new Promise((closed) => s.close(closed))));
      await rm(folder, { recursive: true, force: true });
    },
  };
  return made;
}

async function listen(server: TcpServer): Promise<string> {
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** An address where nothing listens. */
export async function closedAddress(): Promise<string> {
  const server = createTcpServer();
  const address = await listen(server);
  await new Promise((closed) => server.close(closed));
  return address;
}

/** The error that a promise rejects with. */
export async function rejection(promise: Promise<unknown>): Promise<Error> {
  const outcome = await promise.then(
    () => undefined,
    (error: unknown) => error,
  );
  if (!(outcome instanceof Error)) throw new Error('expected a rejection');
  return outcome;
}
