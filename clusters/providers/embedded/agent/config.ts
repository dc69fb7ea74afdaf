/** What the provider tells the node agent; written to a file so that secrets and paths stay off the command line. */
export interface AgentConfig {
  cluster: string;
  kubeconfig: string;
  /** The nodes this agent is the kubelet of. */
  nodes: string[];
  /** Second octet of every address of this cluster: Services live in 127.N.0.0/17, pods in 10.N.128.0/17. */
  octet: number;
  /** Component name → path of its binary; `component@version` where the cluster meets several versions. */
  binaries: Record<string, string>;
  /** Folder for the pods' volumes, tokens and logs. */
  podsDir: string;
  /** NDJSON of process changes, which the harness follows into its journal. */
  processLog: string;
  /** The cluster ran before, and was killed: what its processes held is nobody's now. */
  restarted?: boolean;
}
