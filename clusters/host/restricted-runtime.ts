import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { FalldownError, reasonOf } from '../../harness/errors.ts';
import type { Docker } from './docker.ts';
import type { HostPaths } from './paths.ts';
import { record } from './record.ts';

export const RESTRICTED_RUNTIME = 'falldown-restricted';

interface DaemonJson {
  'default-runtime'?: string;
  runtimes?: Record<string, { path: string }>;
  [other: string]: unknown;
}

/**
 * Writes the runtime and names it in Docker's configuration, of which everything else stays. A daemon that runs takes
 * it up on SIGHUP. Throws DOCKER_CONFIG_INVALID when the configuration that is there does not parse.
 */
export function installRestrictedRuntime(leavesOut: readonly string[], runc: string, paths: HostPaths): void {
  const { wrapper, daemonJson } = paths;
  const config = readDaemonJson(daemonJson);
  record(paths.record, (before) => ({
    files: [...new Set([...before.files, wrapper])],
    // The first time alone: what a second set-up finds is our own.
    docker: before.docker ?? {
      existed: existsSync(daemonJson),
      ...(config['default-runtime'] === undefined ? {} : { defaultRuntime: config['default-runtime'] }),
    },
  }));
  mkdirSync(dirname(wrapper), { recursive: true });
  writeFileSync(wrapper, wrapperText(leavesOut, runc));
  chmodSync(wrapper, 0o755);
  mkdirSync(dirname(daemonJson), { recursive: true });
  writeDaemonJson(daemonJson, {
    ...config,
    'default-runtime': RESTRICTED_RUNTIME,
    runtimes: { ...config.runtimes, [RESTRICTED_RUNTIME]: { path: wrapper } },
  });
}

/** Do containers get the runtime: from the daemon that runs, or from the one that the configuration is for? */
export function isRestricted({ server }: Docker, { daemonJson, wrapper }: HostPaths): boolean {
  if (server !== undefined) return server.defaultRuntime === RESTRICTED_RUNTIME;
  return existsSync(wrapper) && readDaemonJson(daemonJson)['default-runtime'] === RESTRICTED_RUNTIME;
}

/** Takes ours out of Docker's configuration again. Returns undefined when nothing but ours was in it. */
export function withoutOurs(config: DaemonJson, defaultRuntime: string | undefined): DaemonJson | undefined {
  const { [RESTRICTED_RUNTIME]: _, ...runtimes } = config.runtimes ?? {};
  const rest: DaemonJson = { ...config };
  delete rest.runtimes;
  if (Object.keys(runtimes).length > 0) rest.runtimes = runtimes;
  if (config['default-runtime'] === RESTRICTED_RUNTIME) {
    delete rest['default-runtime'];
    if (defaultRuntime !== undefined) rest['default-runtime'] = defaultRuntime;
  }
  return Object.keys(rest).length === 0 ? undefined : rest;
}

export function readDaemonJson(path: string): DaemonJson {
  if (!existsSync(path)) return {};
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as DaemonJson;
  } catch (error) {
    throw new FalldownError({
      code: 'DOCKER_CONFIG_INVALID',
      kind: 'setup',
      what: 'Docker’s configuration does not parse, so it is left as it is',
      on: path,
      seen: reasonOf(error),
      next: 'correct it, and run falldown host setup again',
    });
  }
}

export function writeDaemonJson(path: string, config: DaemonJson): void {
  writeFileSync(path, `${JSON.stringify(config, null, 2)}\n`);
}

/**
 * The runtime: takes the withheld capabilities out of the container's config.json (create) or of the process file
 * (exec), then runs runc. Only lists of capabilities are changed, wherever they stand in the file.
 */
function wrapperText(leavesOut: readonly string[], runc: string): string {
  return `#!/bin/sh
# Made by falldown host setup: runc for a host that withholds capabilities. Asked for one of them, runc would refuse
# to start the container at all; so they are taken out of what is asked for.
set -eu
filter='(.. | objects | .capabilities? | select(type == "object") | .[] | arrays) -= ${JSON.stringify(leavesOut)}'
previous=
for argument in "$@"; do
  file=
  case $previous in
    -b | --bundle) file=$argument/config.json ;;
    -p | --process) file=$argument ;;
  esac
  case $argument in
    --bundle=*) file=\${argument#*=}/config.json ;;
    --process=*) file=\${argument#*=} ;;
  esac
  if [ -n "$file" ] && [ -f "$file" ]; then
    changed=$(jq -c "$filter" "$file")
    printf '%s' "$changed" >"$file"
  fi
  previous=$argument
done
exec ${runc} "$@"
`;
}
