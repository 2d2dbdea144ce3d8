#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# Dovecot's "checkpassword" protocol, as the user lookup of LMTP: decides by the name whether a recipient exists.
# The name stands on descriptor 3; exit 3 is "no such user", 111 "try later"; the arguments are the program to go on with.
name=$(tr '\000' '\n' <&3 | head -n 1)
case $name in
  ok*) ;;
  later*) exit 111 ;;
  *) exit 3 ;;
esac
export USER="$name" HOME=/tmp userdb_uid=887 userdb_gid=887 EXTRA="userdb_uid userdb_gid" AUTHORIZED=2
exec "$@"
