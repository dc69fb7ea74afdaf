#!/bin/sh
# What a node needs before it is Ready: a network for its pods. Runs as a pod of the DaemonSet node-setup on every
# node, tells containerd the node's pod range, and keeps routes to the pods of the other nodes.
set -eu

account=/var/run/secrets/kubernetes.io/serviceaccount
nodes() {
  kubectl --server="https://${CONTROL_PLANE_ENDPOINT:-$KUBERNETES_SERVICE_HOST:$KUBERNETES_SERVICE_PORT}" \
    --certificate-authority="$account/ca.crt" --token="$(cat "$account/token")" get nodes "$@"
}

# The controller-manager gives a node its range a moment after the node registers.
until range=$(nodes "$NODE_NAME" -o 'jsonpath={.spec.podCIDR}') && [ -n "$range" ]; do sleep 0.2; done

# What leaves the pod network does so with the node's address.
chain=FALLDOWN-MASQUERADE
iptables -w -t nat -N "$chain" 2>/dev/null || true
iptables -w -t nat -F "$chain"
iptables -w -t nat -A "$chain" -d "$POD_SUBNET" -j RETURN
iptables -w -t nat -A "$chain" -d 224.0.0.0/4 -j RETURN
iptables -w -t nat -A "$chain" -j MASQUERADE
iptables -w -t nat -C POSTROUTING -s "$range" -j "$chain" 2>/dev/null ||
  iptables -w -t nat -A POSTROUTING -s "$range" -j "$chain"

# Written in one go: containerd reads whatever it finds there, and the node becomes Ready.
cat >/etc/cni/net.d/.node-setup <<END
{
  "cniVersion": "0.4.0",
  "name": "node-setup",
  "plugins": [
    {
      "type": "ptp",
      "ipMasq": false,
      "mtu": $(cat "/sys/class/net/$(ip -4 route show default | sed -n 's/.* dev \([^ ]*\).*/\1/p' | head -n 1)/mtu"),
      "ipam": {
        "type": "host-local",
        "dataDir": "/run/cni-ipam-state",
        "routes": [{ "dst": "0.0.0.0/0" }],
        "ranges": [[{ "subnet": "$range" }]]
      }
    },
    { "type": "portmap", "capabilities": { "portMappings": true } }
  ]
}
END
mv /etc/cni/net.d/.node-setup /etc/cni/net.d/10-node-setup.conflist
echo "pods of $NODE_NAME get addresses from $range"

# Nodes come and go; the API server ends a watch after a while. Nodes that KWOK plays have no pods to reach.
template='{.metadata.name} {.spec.podCIDR} {.status.addresses[?(@.type=="InternalIP")].address}{"\n"}'
while :; do
  nodes --selector='falldown.dev/node!=fake' --watch -o "jsonpath=$template" | while read -r name other address; do
    if [ "$name" != "$NODE_NAME" ] && [ -n "${address:-}" ]; then ip route replace "$other" via "$address" || true; fi
  done || true
  sleep 1
done
