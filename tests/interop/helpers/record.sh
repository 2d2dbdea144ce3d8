#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# record.sh DIR [SENDER|ENV RECIPIENT...]: the delivery program of the real servers. Stores the envelope and the
# message of standard input as one folder DIR/new/X and rings DIR/bell. ENV, or no arguments: the sender is in $SENDER
# (and the recipient in $RECIPIENT).
set -e
umask 022
dir=$1
shift
if [ $# -eq 0 ]; then set -- ENV "$RECIPIENT"; fi
sender=$1
shift
if [ "$sender" = ENV ]; then sender=$SENDER; fi
new=$(mktemp -d "$dir/tmp/XXXXXXXXXX")
chmod 755 "$new"
printf '%s\n' "$sender" "$@" > "$new/envelope"
cat > "$new/message"
mv "$new" "$dir/new/"
echo > "$dir/bell"
