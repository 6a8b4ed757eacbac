#!/bin/sh
# Builds a kernel of user-mode Linux with kmemleak and page_owner, the module that leaks, and the root of the guest, into the folder $1.
# Needs gcc make flex bison bc xz-utils libelf-dev linux-source-6.1 busybox-static. Ten minutes the first time; nothing is done when all is there.
set -eu

here=$(cd "$(dirname "$0")" && pwd)
mkdir -p "$1"
cd "$1"
cache=$(pwd)
source=${UML_SOURCE:-/usr/src/linux-source-6.1.tar.xz}
busybox=${UML_BUSYBOX:-/bin/busybox}
jobs=$(nproc)

if ! cmp -s "$here/kernel.config" kernel/config.used; then
  rm -rf kernel source source.part
  mkdir source.part
  tar -xJf "$source" -C source.part --strip-components=1
  mv source.part source
  mkdir kernel
  # MAKEFLAGS of an outer make are none of its business.
  unset MAKEFLAGS MAKELEVEL || true
  make -C source ARCH=um O="$cache/kernel" defconfig
  (cd kernel && ARCH=um ../source/scripts/kconfig/merge_config.sh -m .config "$here/kernel.config")
  make -C kernel ARCH=um olddefconfig
  # What the source does not know, or can't have, would be missed later with no word.
  grep '^CONFIG_.*=' "$here/kernel.config" | while read -r wanted; do
    grep -qx "$wanted" kernel/.config || { echo "the kernel can't be configured with $wanted" >&2; exit 1; }
  done
  make -C kernel ARCH=um -j"$jobs"
  cp "$here/kernel.config" kernel/config.used
fi

# What is here is newer than what was made of it: it is made anew.
mkdir -p module root
cp "$here/leakmod.c" module/leakmod.c
echo 'obj-m := leakmod.o' >module/Makefile
make -C kernel ARCH=um M="$cache/module" modules
gcc -O1 -static -o root/agent "$here/agent.c"

{
  for directory in /bin /dev /proc /sys /tmp /root; do echo "dir $directory 755 0 0"; done
  echo 'nod /dev/console 600 0 0 c 5 1'
  echo "file /bin/busybox $busybox 755 0 0"
  for name in $("$busybox" --list); do [ "$name" = busybox ] || echo "slink /bin/$name busybox 755 0 0"; done
  echo "file /init $here/init.sh 755 0 0"
  echo "file /agent $cache/root/agent 755 0 0"
  echo "file /leakmod.ko $cache/module/leakmod.ko 644 0 0"
} >root/files
kernel/usr/gen_init_cpio root/files >root.cpio
echo ready
