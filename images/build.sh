#!/bin/sh
# images/build.sh DIRECTORY: makes root.qcow2, vmlinuz and initrd.img in DIRECTORY, which must not exist; all or nothing.
# $NODE is the node binary that the machines get.
set -eu
images=$(cd "$(dirname "$0")" && pwd)
target=$1
work=$(mktemp -d "${target}.XXXXXX")
trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT TERM HUP
say() { echo "base image: $*"; }

# Debian's own repositories as this machine's apt has them: its mirror may be the only one that it reaches.
mirrors() {
  apt-get indextargets --format 'deb $(REPO_URI) $(RELEASE) $(COMPONENT)' \
    'Created-By: Packages' 'Origin: Debian' 'Component: main' | grep -E ' bookworm(-updates|-security)? main$' | sort -u
}
mirrors >"$work/mirrors"
if ! [ -s "$work/mirrors" ]; then
  apt-get -q update >&2 || true
  mirrors >"$work/mirrors"
fi
# Where they are not bookworm's, mmdebstrap takes deb.debian.org.
set --
if grep -q ' bookworm main$' "$work/mirrors"; then set -- "$work/mirrors"; fi

say "installing Debian 12 and $(wc -l <"$images/packages") packages"
mmdebstrap --quiet --variant=minbase --include="$(paste -sd, "$images/packages")" \
  --dpkgopt='path-exclude=/usr/share/doc/*' --dpkgopt='path-exclude=/usr/share/man/*' \
  --customize-hook="sh '$images/customize.sh' \"\$1\" '$images' '$NODE'" \
  --customize-hook="copy-out /boot '$work'" \
  bookworm "$work/root.tar" "$@"

say "packing it as ext4"
mkdir "$work/root"
tar --extract --file "$work/root.tar" --directory "$work/root" --numeric-owner
rm "$work/root.tar"
truncate --size 3G "$work/root.raw"
mke2fs -q -t ext4 -O ^has_journal -L root -d "$work/root" "$work/root.raw"
qemu-img convert -f raw -O qcow2 "$work/root.raw" "$work/root.qcow2"
mv "$work"/boot/vmlinuz-* "$work/vmlinuz"
mv "$work/boot/initrd.img" "$work/initrd.img"
rm -rf "$work/root" "$work/root.raw" "$work/boot" "$work/mirrors"
(cd "$work" && sha256sum root.qcow2 vmlinuz initrd.img >SHA256SUMS)
chmod 755 "$work"
chmod 644 "$work"/*
mv "$work" "$target"
trap - EXIT
say "done, $(du -sh "$target" | cut -f1)"
