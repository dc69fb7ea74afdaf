#!/bin/sh
# Runs before containerd starts, in every node. A host that withholds CAP_SYS_RESOURCE (a sandbox, a nested CI) does
# not let containerd lower a container's oom_score_adj, and every container would fail to start.
set -eu
CAP_SYS_RESOURCE=24
bounding=$(sed -n 's/^CapBnd:[[:space:]]*//p' /proc/self/status)
if [ $(((0x$bounding >> CAP_SYS_RESOURCE) & 1)) = 0 ]; then
  sed -i 's/restrict_oom_score_adj = false/restrict_oom_score_adj = true/' /etc/containerd/config.toml
fi
