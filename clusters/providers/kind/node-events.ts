/** One event of containerd, as `ctr events` prints it. */
export interface NodeEvent {
  /** ISO 8601, UTC, from the node's clock, which is this machine's. */
  at: string;
  topic: string;
  body: { container_id?: string; id?: string; pid?: number; exit_status?: number; name?: string };
}

const LINE =
  /^(?<day>\d{4}-\d\d-\d\d) (?<time>\d\d:\d\d:\d\d(?:\.\d+)?) \+0000 UTC (?<namespace>\S*) (?<topic>\/\S+) (?<body>\{.*\})\s*$/;

/** Reads a line such as `2026-11-24 04:00:01.5 +0000 UTC k8s.io /tasks/exit {"container_id":…}`; undefined for any other. */
export function parseNodeEvent(line: string): NodeEvent | undefined {
  const groups = LINE.exec(line)?.groups;
  if (groups === undefined) return undefined;
  try {
    const body = JSON.parse(groups.body as string) as NodeEvent['body'];
    const at = new Date(`${groups.day}T${groups.time}Z`).toISOString();
    return { at, topic: groups.topic as string, body };
  } catch {
    return undefined;
  }
}

/** What containerd knows of a container that the kubelet had made. */
export interface Described {
  id: string;
  kind: 'container' | 'sandbox';
  /** `namespace/name`. */
  pod: string;
  podUid: string;
  container: string;
  /** Labels of the pod; a sandbox has them, its containers do not. */
  labels: Record<string, string>;
}

/** Reads the JSON of `ctr containers info`; undefined for what no kubelet made. */
export function describeContainer(text: string): Described | undefined {
  let info: { ID?: string; Labels?: Record<string, string> };
  try {
    info = JSON.parse(text);
  } catch {
    return undefined;
  }
  const labels = info.Labels ?? {};
  const name = labels['io.kubernetes.pod.name'];
  if (info.ID === undefined || name === undefined) return undefined;
  return {
    id: info.ID,
    kind: labels['io.cri-containerd.kind'] === 'sandbox' ? 'sandbox' : 'container',
    pod: `${labels['io.kubernetes.pod.namespace']}/${name}`,
    podUid: labels['io.kubernetes.pod.uid'] ?? '',
    container: labels['io.kubernetes.container.name'] ?? '',
    labels,
  };
}
