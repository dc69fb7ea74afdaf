/** Where `host setup` writes: system-wide, as what it sets up is. */
export interface HostPaths {
  /** What it has made, so that it can be told and undone. */
  record: string;
  /** The restricted runtime. */
  wrapper: string;
  daemonJson: string;
  sysctlFile: string;
  dockerdLog: string;
}

export const HOST_PATHS: HostPaths = {
  record: '/var/lib/falldown/host.json',
  wrapper: '/usr/local/lib/falldown/runc-restricted',
  daemonJson: '/etc/docker/daemon.json',
  sysctlFile: '/etc/sysctl.d/60-falldown.conf',
  dockerdLog: '/var/log/falldown-dockerd.log',
};
