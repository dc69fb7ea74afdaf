#!/bin/sh
# Writes a tar of the certificate authorities that Debian trusts, and of a /tmp for everybody.
set -eu
root=$(mktemp -d)
cp -L --parents /etc/ssl/certs/ca-certificates.crt "$root"
mkdir -p "$root/tmp"
chmod 1777 "$root/tmp"
tar --sort=name --mtime=@0 --owner=0 --group=0 --numeric-owner -C "$root" -cf - .
rm -rf "$root"
