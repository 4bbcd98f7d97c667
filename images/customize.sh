#!/bin/sh
# Runs on the host after the packages are installed: $1 is the root of the image, $2 this directory, $3 the node binary.
set -eu
root=$1 images=$2 node=$3
cp -R --no-preserve=ownership "$images/overlay/." "$root/"
chmod 755 "$root"/usr/local/sbin/*
install -D -m 755 "$node" "$root/usr/local/bin/node"
# Credentials make these files; tmpfiles leaves existing ones alone.
rm -f "$root"/etc/hostname "$root"/etc/hosts "$root"/etc/resolv.conf "$root"/etc/ssh/ssh_host_*
: >"$root/etc/machine-id"
echo '/dev/vda / ext4 rw,noatime 0 1' >"$root/etc/fstab"
xargs -I{} ln -sf /dev/null "$root/etc/systemd/system/{}" <"$images/masked-units"
for unit in ssh.service ssh-host-key.service staging.service systemd-networkd.service; do
  systemctl --root="$root" enable "$unit" 2>/dev/null
done
systemctl --root="$root" set-default multi-user.target 2>/dev/null
install -m 755 "$images/initramfs.sh" "$root/initramfs.sh"
chroot "$root" /initramfs.sh
rm "$root/initramfs.sh"
# Nothing is installed in a disposable machine: what only apt and people read is left out.
rm -rf "$root"/etc/apt/sources.list "$root"/var/lib/apt/lists/* "$root"/var/cache/apt/* "$root"/usr/share/doc/* "$root"/usr/share/man/* \
  "$root"/usr/share/info/* "$root"/var/log/* "$root"/usr/share/locale/*
