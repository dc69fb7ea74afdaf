import type { Release } from '../../harness/hold.ts';
import type { ProcessChanged, WatchState } from '../../harness/journal/events.ts';
import type { Profile } from '../profiles/profile.ts';

export type { Profile } from '../profiles/profile.ts';

/** What a cluster can and cannot do; experiments ask this instead of the provider's name. */
export interface Capabilities {
  /** Containers from images run here; false: only the images that the toolchain has a binary for. */
  containers: boolean;
  /** Real kubelets: node pressure, drain, bootstrap. */
  realKubelets: boolean;
  /** The harness made this cluster and may break it. */
  ours: boolean;
  /** helm hooks can run (their images exist here). */
  helmHooks: boolean;
}

/** A running cluster. The kubeconfig is private to it; the user's current context is never touched. */
export interface ClusterHandle {
  name: string;
  provider: string;
  kubeconfig: string;
  kubernetesVersion: string;
  capabilities: Capabilities;
  /** Names of the nodes that run real processes or containers. */
  nodes: string[];
  fakeNodes: number;
  /** Folders with the logs of everything that runs the cluster and its pods. */
  logs: string[];
  /** helm values that this kind of cluster needs on top of the profile's (e.g. a Service port a normal user can bind). */
  gatekeeperValues: Record<string, unknown>;
  /** NDJSON file in which the node agent records processes (embedded), to be followed into the journal. */
  processLog?: string;
  /** The API server's audit log, with the requests of `UpOptions.auditGroup` (JSON lines); absent where none is kept. */
  auditLog?: string;
  /** What of it publishes metrics where this host can reach them. */
  scrapes?: ScrapeTarget[];
  /** What can be done to the machines of this cluster; absent where they are not ours, or are no machines. */
  nodeControl?: NodeControl;
  /** What can be done to the processes that the cluster consists of; absent where they are not ours. */
  processControl?: ProcessControl;
  /**
   * Follows the containers of the real nodes (kind) into the journal until the signal; resolves when all are in sight.
   * A node that is out of sight is told as a gap.
   */
  watchProcesses?(record: RecordProcess, signal: AbortSignal): Promise<void>;
  /** Writes what only the running cluster can tell (kubelets, containers) into a folder, before it is removed. */
  exportLogs?(to: string): Promise<void>;
  /** The rest of the cluster: it can be furnished already, but its nodes are still joining. Rejects when they do not. */
  settled?: Promise<void>;
  /** Path of the helm binary that fits this cluster, and of the chart for a Kyverno version. */
  tools: { helm: string; chart(version: string): Promise<string> };
  /**
   * Takes a checkpoint of the whole cluster; the name is a folder's. On return the cluster runs from exactly that state.
   * Every process and connection of before is gone, and revisions may go backwards: whoever watches must list anew.
   * Absent where clusters cannot be checkpointed.
   */
  checkpoint?(name: string, signal: AbortSignal): Promise<Checkpoint>;
}

/** A part of a cluster that publishes metrics at /metrics. */
export interface ScrapeTarget {
  /** E.g. `kube-scheduler`. */
  job: string;
  /** `host:port`. */
  address: string;
  scheme: 'http' | 'https';
  /** Paths of the client certificate and its key. */
  cert?: string;
  key?: string;
}

/** The state of a cluster at one moment. */
export interface Checkpoint {
  name: string;
  /** What taking it took, until the cluster ran again. */
  seconds: number;
  bytes: number;
  /**
   * Puts the cluster back, whatever has been done to it since; any number of times. As with `checkpoint`, everybody has
   * to connect and list anew. On return the API server is ready; controllers and pods' processes are starting.
   */
  restore(signal: AbortSignal): Promise<void>;
  /** Frees its disk space. It also goes with the cluster. */
  remove(): Promise<void>;
}

/** What an experiment can do to the machines that are a cluster's nodes. */
export interface NodeControl {
  /**
   * Starts one more worker, as a fresh machine comes up: its container runs, its images are there, and `kubeadm join` is
   * under way on return. Whether it registers and gets ready is for the cluster to say. `name` is short (`late`); the
   * node's full name carries the cluster's. Its container bears the cluster's label, so that what removes the cluster, and
   * is in the ledger for it, removes the node too. Throws when the machine itself does not come up.
   */
  join(name: string, signal: AbortSignal): Promise<JoiningNode>;
  /**
   * Makes a node's kubelet evict pods while less than this much memory is available, after one second of it and with one
   * second of grace. What the node offers to pods stays the same. The function returned puts it back as it was.
   */
  evictBelow(node: string, availableBytes: number, signal: AbortSignal): Promise<() => Promise<void>>;
  /** Lines of a node's kubelet log that match, oldest first. */
  kubeletLog(node: string, pattern: RegExp): Promise<string[]>;
}

export type Component = 'etcd' | 'kube-apiserver' | 'gatekeeper';

/** Makes parts of a cluster slow or stops them. None of it outlasts the process that began it, however that ends. */
export interface ProcessControl {
  /** Stops its processes (SIGSTOP), at most so many: connections stay open and nobody answers. */
  pause(component: Component, atMost?: number): Promise<Release>;
  /** Leaves it a share of the time, from 0 to 1 (embedded), or the machine that it is on as many cores (kind). */
  throttle(component: Component, share: number): Promise<Release>;
  /**
   * The gatekeeper's answers come late: what is sent to its Service reaches it so many seconds later (embedded), or it
   * stops for so long again and again (kind), which makes an answer up to so late.
   */
  delay(service: { namespace: string; name: string }, seconds: number): Promise<Release>;
}

export interface JoiningNode {
  /** The node's full name. */
  node: string;
  /** How `kubeadm join` ended: its exit code, and its last lines. Never rejects. */
  ended: Promise<{ exitCode: number; output: string }>;
}
/** A line for the journal, with the time it happened (ISO 8601) when that is not now. */
export type RecordProcess = (line: ProcessChanged | WatchState, at?: string) => void;

export interface UpOptions {
  /** Cluster name: lower-case letters, digits and dashes; unique on this machine. */
  name: string;
  profile: Profile;
  /** The run that owns the cluster; every process and object carries it. */
  runId: string;
  progress: Progress;
  signal: AbortSignal;
  /** Folder for the logs of a cluster that does not come up; without it they go with the cluster. */
  logsTo?: string | undefined;
  /** Group of users whose requests the API server writes into an audit log, where the provider can have one. */
  auditGroup?: string | undefined;
}

export interface ClusterProvider {
  readonly name: 'embedded' | 'kind' | 'current';
  /** What removing a cluster may take, in seconds. */
  readonly cleanupSeconds: number;
  /** What this host lacks for it; empty when it can run. */
  missing(): Promise<Missing[]>;
  /**
   * Gets the binaries that clusters of this profile are made of, before anything else is made. Returns the seconds it
   * took, which are reported apart.
   */
  prepare(profile: Profile, progress: Progress, signal: AbortSignal): Promise<number>;
  up(options: UpOptions): Promise<ClusterHandle>;
  /** Removes the cluster and everything that was made for it. Safe to call twice, and after a crash. */
  down(name: string): Promise<void>;
}

export interface Missing {
  what: string;
  remedy: string;
}

/** Where progress goes; stderr for people, nothing for tests. */
export interface Progress {
  /**
   * A step began; call the returned function when it is done. A detail that begins with "failed" says that it failed.
   * `state` is asked now and then how far a long step is. Steps may nest: the innermost one is shown.
   */
  step(title: string, state?: () => string): (detail?: string) => void;
  /** A line that stays. */
  say(line: string): void;
}
