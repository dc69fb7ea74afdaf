#!/bin/sh
# Runs in a container of the Debian base once kind's files for a node are in it, and makes a node of it: the steps of
# the Dockerfile of kind's own base image that are not copying.
set -eu

# Units that have no place in a container, as kind removes them.
rm -f /usr/lib/systemd/system/multi-user.target.wants/* \
  /etc/systemd/system/*.wants/* \
  /usr/lib/systemd/system/local-fs.target.wants/* \
  /usr/lib/systemd/system/sockets.target.wants/*udev* \
  /usr/lib/systemd/system/sockets.target.wants/*initctl* \
  /usr/lib/systemd/system/basic.target.wants/* \
  /usr/lib/systemd/system/sysinit.target.wants/systemd-tmpfiles-setup.service
mkdir -p /etc/systemd/journald.conf.d
printf '[Journal]\nReadKMsg=no\n' >/etc/systemd/journald.conf.d/10-node.conf

# Debian has these elsewhere than kind's files look for them.
ln -sf /usr/bin/containerd /usr/bin/ctr /usr/bin/containerd-shim-runc-v2 /usr/local/bin/
ln -sf /usr/sbin/runc /usr/local/sbin/runc
mkdir -p /opt/cni/bin /etc/kubernetes/manifests /etc/cni/net.d
for plugin in host-local loopback ptp portmap; do ln -sf "/usr/lib/cni/$plugin" /opt/cni/bin/; done

ctr oci spec |
  jq '.hooks.createContainer += [{path: "/kind/bin/mount-product-files.sh"}] | del(.process.rlimits)' \
    >/etc/containerd/cri-base.json

systemctl enable --quiet kubelet.service containerd.service undo-mount-hacks.service
systemctl mask --quiet systemd-binfmt.service

rm -rf /var/lib/apt/lists/* /var/cache/apt/* /var/log/* /usr/share/doc /usr/share/man /usr/share/locale /usr/share/info
