#!/bin/sh
# The first program of the guest: its file systems, the module that leaks, and the line to the host. `plain` on the kernel's command line: debugfs is not mounted.
busybox mount -t proc proc /proc
busybox mount -t sysfs sysfs /sys
busybox mount -t devtmpfs devtmpfs /dev
read -r words </proc/cmdline
case " $words " in
  *' plain '*) ;;
  *) busybox mount -t debugfs debugfs /sys/kernel/debug ;;
esac
busybox insmod /leakmod.ko
/agent /dev/ttyS0
busybox poweroff -f
