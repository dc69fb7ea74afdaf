#!/bin/sh
# Makes a node of a container of the Debian base: the steps of the Dockerfile of kind's own base image, and our files.
# $1 is a folder with the files of a node, $2 the version of Kubernetes.
set -eu

cp -r --no-preserve=ownership "$1/." /
chmod 755 /kind /kind/bin /kind/bin/* /usr/local/bin/* /usr/bin/kubeadm /usr/bin/kubelet /usr/bin/kubectl
printf 'v%s' "$2" >/kind/version

# Units that have no place in a container, as kind removes them.
units=/usr/lib/systemd/system
rm -f /etc/systemd/system/*.wants/* "$units"/multi-user.target.wants/* "$units"/local-fs.target.wants/* \
  "$units"/basic.target.wants/* "$units"/sockets.target.wants/*udev* "$units"/sockets.target.wants/*initctl* \
  "$units"/sysinit.target.wants/systemd-tmpfiles-setup.service
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

rm -rf /var/lib/apt/lists/* /var/cache/apt/* /var/log/*
