import { constants } from 'node:fs';
import { access, copyFile, readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import { type Context, homeIsWritable } from './context.ts';
import { runInGroup } from './process-group.ts';

/** A Go that can build a pinned module. */
export interface Go {
  path: string;
  version: string;
}

const goEnvSchema = z.object({ GOVERSION: z.string(), GOTOOLCHAIN: z.string() });

/** The Go to build with, or the reason why there is none. */
export async function findGo(context: Context, moduleFolder: string): Promise<Go | string> {
  const needed = (await neededGo(moduleFolder)) ?? '0';
  const go = await onPath('go', context.env.PATH);
  if (go === undefined) return `go is not on PATH; go ${needed} or newer is needed (https://go.dev/dl)`;
  const asked = await runInGroup(go, ['env', '-json', 'GOVERSION', 'GOTOOLCHAIN'], {
    // Outside of any module: a go.mod or go.work up the tree would choose another toolchain.
    cwd: '/',
    env: goEnv(context),
    signal: context.signal,
  }).catch((error: unknown) => {
    context.signal.throwIfAborted();
    return { code: -1, stdout: '', tail: [String(error)] };
  });
  const answer = asked.code === 0 ? goEnvSchema.safeParse(parseJson(asked.stdout)) : undefined;
  if (!answer?.success) return `${go} does not work: ${asked.tail.at(-1) ?? 'go env gave no answer'}`;
  const { GOVERSION, GOTOOLCHAIN } = answer.data;
  const version = GOVERSION.replace(/^go/, '').split(' ')[0]!;
  // "auto" lets go fetch the newer toolchain by itself, which needs the network.
  const fetches = /(^|\+)auto$/.test(GOTOOLCHAIN) && context.allowed.network;
  if (older(version, needed) && !fetches) return `go ${version} found, ${needed} needed (https://go.dev/dl)`;
  return { path: go, version };
}

/** The environment of every go command: the user's own, with what would change the outcome pinned. */
export function goEnv(context: Context): NodeJS.ProcessEnv {
  const env: NodeJS.ProcessEnv = { ...context.env, CGO_ENABLED: '0', GOWORK: 'off', GOFLAGS: '' };
  if (!homeIsWritable(context.env)) {
    env.GOCACHE ??= path.join(context.cache, 'go-build');
    env.GOMODCACHE ??= path.join(context.cache, 'go-mod');
  }
  if (!context.allowed.network) {
    env.GOPROXY = 'off';
    env.GOTOOLCHAIN = 'local';
  }
  return env;
}

/** Copies the module into a folder that go may write to: the installed package may be read-only. */
export async function copyModule(from: string, to: string): Promise<void> {
  for (const name of await readdir(from))
    if (/^(go\.mod|go\.sum|.*\.go)$/.test(name)) await copyFile(path.join(from, name), path.join(to, name));
}

/** Hash of a module in go.sum; undefined when it is not pinned there. */
export async function moduleSum(moduleFolder: string, goModule: string): Promise<string | undefined> {
  const lines = (await readFile(path.join(moduleFolder, 'go.sum'), 'utf8')).split('\n').map((l) => l.split(' '));
  const version = await requiredVersion(moduleFolder, goModule);
  return lines.find(([name, v]) => name === goModule && v === version)?.[2];
}

/** Version of a module that the module folder requires. */
export async function requiredVersion(moduleFolder: string, goModule: string): Promise<string | undefined> {
  const text = await readFile(path.join(moduleFolder, 'go.mod'), 'utf8');
  const words = text.split('\n').map((line) =>
    line
      .trim()
      .replace(/^require /, '')
      .split(' '),
  );
  return words.find(([name, version]) => name === goModule && version?.startsWith('v'))?.[1];
}

async function neededGo(moduleFolder: string): Promise<string | undefined> {
  return /^go (\S+)$/m.exec(await readFile(path.join(moduleFolder, 'go.mod'), 'utf8'))?.[1];
}

export async function onPath(name: string, folders: string | undefined): Promise<string | undefined> {
  for (const folder of (folders ?? '').split(path.delimiter)) {
    const file = path.join(folder, name);
    if (path.isAbsolute(file) && (await isExecutable(file))) return file;
  }
  return undefined;
}

export async function isExecutable(file: string): Promise<boolean> {
  return access(file, constants.X_OK).then(
    () => true,
    () => false,
  );
}

function older(version: string, needed: string): boolean {
  const numbers = (v: string): number[] => v.split(/[.a-z-]+/).map(Number);
  const [a, b] = [numbers(version), numbers(needed)];
  for (let i = 0; i < b.length; i++) if ((a[i] ?? 0) !== b[i]) return (a[i] ?? 0) < b[i]!;
  return false;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
