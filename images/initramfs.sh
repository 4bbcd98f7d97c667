#!/bin/sh
# Runs inside the image's root: writes /boot/initrd.img with busybox and the few modules that the root disk needs.
# The distribution's own initramfs starts udev and probes for what these machines do not have; under emulation that
# costs seconds of every boot.
set -eu
kernel=$(ls /lib/modules)
work=$(mktemp -d)
mkdir "$work/bin" "$work/dev" "$work/proc" "$work/sys" "$work/root" "$work/modules"
cp /bin/busybox "$work/bin/busybox"
for module in virtio_pci virtio_blk ext4; do
  modprobe --show-depends --set-version "$kernel" "$module" | while read -r verb path _; do
    [ "$verb" = insmod ] || continue
    [ -e "$work/modules/${path##*/}" ] && continue
    cp "$path" "$work/modules/"
    echo "${path##*/}" >>"$work/modules/order"
  done
done
cat >"$work/init" <<'EOF'
#!/bin/busybox sh
/bin/busybox mount -t devtmpfs none /dev
/bin/busybox mount -t proc none /proc
while read -r module; do /bin/busybox insmod "/modules/$module"; done </modules/order
until [ -b /dev/vda ]; do /bin/busybox usleep 20000; done
/bin/busybox mount -t ext4 -o rw,noatime /dev/vda /root
/bin/busybox umount /proc
/bin/busybox mount --move /dev /root/dev
exec /bin/busybox switch_root /root /lib/systemd/systemd
EOF
chmod 755 "$work/init" "$work/bin/busybox"
(cd "$work" && find . | cpio --quiet --create --format newc) >/boot/initrd.img
rm -rf "$work" /boot/initrd.img-*
