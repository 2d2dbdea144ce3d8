#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# ns.sh ROOT T COMMAND...: runs COMMAND in the mount and pid namespace that namespace.py has just made, with the
# unpacked servers of ROOT over /usr and the users of T/ns/etc over /etc. This shell stays process 1: with the daemon
# in its place the kernel would forget whom to kill it with as soon as it changes its user.
set -e
root=$1 t=$2
shift 2
mount --bind "$root" "$t/root"
mount -t overlay overlay -o "lowerdir=$t/root/usr:/usr" /usr
mount -t overlay overlay -o "lowerdir=$t/ns/etc:/etc" /etc
for folder in run var/lib var/spool; do
  if [ -d "$t/ns/$folder" ]; then mount --bind "$t/ns/$folder" "/$folder"; fi
done
ulimit -n 4096
"$@" &
child=$!
trap 'kill -TERM $child' TERM
wait $child || wait $child
