#!/bin/sh
# The node's first program; runs the rest of its command line. On cgroup v1 systemd mounts every controller that the
# kernel has, also those that this container was not given, and the kubelet then misses its own group in them. So it is
# shown those alone that it was given.
set -eu
if [ ! -f /sys/fs/cgroup/cgroup.controllers ]; then
  while read -r controller rest; do
    case $controller in
      '#'*) printf '%s\t%s\n' "$controller" "$rest" ;;
      *) [ ! -d "/sys/fs/cgroup/$controller" ] || printf '%s\t%s\n' "$controller" "$rest" ;;
    esac
  done </proc/cgroups >/kind/given-cgroups
  mount --bind /kind/given-cgroups /proc/cgroups
fi
exec "$@"
