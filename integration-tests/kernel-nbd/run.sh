#!/bin/bash
# Tests the kernel NBD route in a guest with a stock Debian kernel under software emulation: the kernel that runs
# the tests need not have the nbd module: an agent with the attacher of production. Takes about a minute. Needs a built tree (./mooring builds it).
set -euo pipefail
root=$(cd "$(dirname "$0")/../.." && pwd)
java_home=${JAVA_HOME:?set JAVA_HOME to a JDK 25}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

for tool in qemu-system-x86_64:qemu-system-x86 busybox:busybox-static cpio:cpio xz:xz-utils mkfs.ext4:e2fsprogs; do
  command -v "${tool%%:*}" >/dev/null || { echo "needs ${tool%%:*}: apt-get install ${tool##*:}"; exit 2; }
done
echo "kernel: fetching a stock one from Debian"
kernel=$(apt-cache depends linux-image-cloud-amd64 | sed -n 's/.*Depends: \(linux-image-[0-9].*\)/\1/p' | head -1)
(cd "$work" && apt-get download -qq "$kernel" 2>/dev/null && dpkg-deb -x ./*.deb kernel)

echo "guest: $kernel, a small JRE, the classes under test"
guest=$work/guest
mkdir -p "$guest"/{bin,sbin,proc,sys,dev,tmp,mnt,modules,classes}
cp "$(command -v busybox)" "$guest/bin/busybox"
"$java_home/bin/jlink" --add-modules java.base,jdk.unsupported,java.management --strip-debug --no-man-pages --no-header-files --output "$guest/jre"
for module in libcrc32c nbd; do
  file=$(find "$work/kernel/lib/modules" -name "$module.ko*" | head -1)
  [ -n "$file" ] || continue
  cp "$file" "$guest/modules/"
  case $file in *.xz) xz -df "$guest/modules/$(basename "$file")" ;; esac
done
for program in $(command -v mkfs.ext4) $(command -v e2fsck); do cp -L "$program" "$guest/sbin/"; done
for binary in "$guest/sbin/mkfs.ext4" "$guest/sbin/e2fsck" "$guest/jre/bin/java"; do
  ldd "$binary" | grep -o '/[^ ]*' | while read -r library; do
    case $library in "$guest"*) ;; *) cp -L --parents "$library" "$guest/" ;; esac
  done
done
for library in libz.so.1 libm.so.6 librt.so.1 libdl.so.2 libpthread.so.0; do
  cp -L --parents "/lib/x86_64-linux-gnu/$library" "$guest/"
done
for module in storage/linux/target/classes storage/nbd/target/classes storage/replication/target/classes storage/blockstore/target/classes storage/engine/target/classes storage/engine/target/test-classes; do
  cp -r "$root/$module/." "$guest/classes/"
done
cp "$root/integration-tests/kernel-nbd/guest-init" "$guest/init"
chmod +x "$guest/init"
(cd "$guest" && find . | cpio -o -H newc 2>/dev/null | gzip -1 >"$work/initrd.gz")

echo "guest: running"
timeout 300 qemu-system-x86_64 -accel tcg,thread=multi -cpu max -smp 2 -m 1536 -nodefaults -serial stdio -display none -no-reboot \
  -kernel "$work"/kernel/boot/vmlinuz-* -initrd "$work/initrd.gz" -append "console=ttyS0 panic=-1 quiet" </dev/null | tee "$work/log"
grep -q 'CHECK end' "$work/log" || { echo "the guest did not finish"; exit 1; }
! grep -q 'CHECK FAILED' "$work/log"
