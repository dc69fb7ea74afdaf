/** Name of a run's own cluster: short, as it becomes part of container and process names. */
export function clusterName(runId: string): string {
  return `falldown-${runId.slice(-6)}`;
}
