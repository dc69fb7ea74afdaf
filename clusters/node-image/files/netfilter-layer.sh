#!/bin/sh
# Writes a tar of iptables, nft and conntrack with every library that they load: also the libraries of the xtables
# modules, which no binary names. Without libm, which the module `statistic` needs, a Service with two endpoints is
# never synced.
set -eu
root=$(mktemp -d)
modules=$(dirname "$(find /usr/lib -name libxt_statistic.so)")
binaries='/usr/sbin/xtables-nft-multi /usr/sbin/xtables-legacy-multi /usr/sbin/nft /usr/sbin/conntrack'

cp --parents $binaries "$root"
cp --parents "$modules"/*.so "$root"
ldd $binaries "$modules"/*.so | grep -o '/[^ :]*\.so[^ :]*' | sort -u | grep -v "^$modules/" | xargs cp -L --parents -t "$root"

# The kernel interface that the node itself uses: its entrypoint has not chosen yet, so take Debian's default.
for name in iptables iptables-save iptables-restore ip6tables ip6tables-save ip6tables-restore; do
  ln -s xtables-nft-multi "$root/usr/sbin/$name"
  ln -s xtables-nft-multi "$root/usr/sbin/${name%%-*}-nft$(expr "$name" : '[^-]*\(-.*\)' || true)"
  ln -s xtables-legacy-multi "$root/usr/sbin/${name%%-*}-legacy$(expr "$name" : '[^-]*\(-.*\)' || true)"
done
cp -L --parents /etc/protocols /etc/ethertypes "$root" 2>/dev/null || true
mkdir -p "$root/run" "$root/tmp"
tar --sort=name --mtime=@0 --owner=0 --group=0 --numeric-owner -C "$root" -cf - .
rm -rf "$root"
