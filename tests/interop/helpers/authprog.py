#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Courier's "authpipe" protocol: who exists, and who may log in. Its end is a failure that may pass."""

import base64
import hmac
import sys

LOGIN, PASSWORD = "user@example.test", "password"


def say(text):
    sys.stdout.write(text)
    sys.stdout.flush()


def account(name):
    say("USERNAME=%s\nUID=887\nGID=887\nHOME=/tmp\nADDRESS=%s\nNAME=%s\n.\n" % (name, name, name))


def knows(kind, words):
    if kind == "login":
        return words[:2] == [LOGIN, PASSWORD]
    challenge, answer = (base64.b64decode(word) for word in words[:2])
    name, _, digest = answer.decode().rpartition(" ")
    method = kind.removeprefix("cram-")
    return name == LOGIN and hmac.compare_digest(digest, hmac.new(PASSWORD.encode(), challenge, method).hexdigest())


while line := sys.stdin.readline():
    command, *words = line.split()
    if command == "PRE":
        if words[2].startswith("later"):
            sys.exit(1)
        if words[2].startswith("ok"):
            account(words[2])
            continue
    if command == "AUTH":
        service, kind, *rest = sys.stdin.read(int(words[0])).split("\n")
        if knows(kind, rest):
            account(LOGIN)
            continue
    say("FAIL\n")
