#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# courier.sh T: Courier's daemons, as its init scripts start them, but in the foreground and logging into T/log. The files
# T/esmtpd.NAME hold what differs between the ports: sourced behind /etc/courier/esmtpd.
t=$1
/usr/lib/courier/courier-authlib/authdaemond &
set -a
. /etc/courier/courierd
/usr/lib/courier/courier/courierd > "$t/log/courierd" 2>&1 &
for file in "$t"/esmtpd.*; do
  (
    . /etc/courier/esmtpd
    . "$file"
    exec /usr/sbin/couriertcpd -address=127.0.0.1 -nodnslookup $NOIDENT -stderr="$t/log/${file##*/}" \
      -maxprocs=200 -maxperc=200 -maxperip=200 -user=courier -group=courier -pid="$file.pid" "$PORT" \
      $WRAP /usr/sbin/courieresmtpd
  ) < /dev/null > "$t/log/${file##*/}.start" 2>&1 &
done
wait
