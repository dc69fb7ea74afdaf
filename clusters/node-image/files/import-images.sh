#!/bin/sh
# Puts the container images of the OCI layout in the folder $1 into the node's containerd, pinned: no kubelet may
# collect them when its disk fills up, as nothing could bring them back.
set -eu
containerd >/dev/null 2>&1 &
containerd=$!
for _ in $(seq 100); do
  ctr version >/dev/null 2>&1 && break
  sleep 0.1
done
images() { ctr --namespace k8s.io images "$@"; }
tar -C "$1" -cf - . | images import --all-platforms --no-unpack - >/dev/null
for name in $(images list --quiet); do images label "$name" io.cri-containerd.pinned=pinned >/dev/null; done
kill "$containerd"
wait "$containerd" || true
