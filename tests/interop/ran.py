# SPDX-License-Identifier: LGPL-2.1-or-later
"""What ran, written down as docs/interop.md: nothing in it depends on the day, the ports or the speed of a run."""

import json
import os
import re

from packages import HARAKA, upstream_version

_HEAD = """# Against real servers

Written by `tests/interop/run.py --write-docs` from what ran; `./bootstrap test` runs it and says when this page is not what
came out. The servers are Debian's, Haraka npm's, unpacked for the tests and reached over loopback; each delivers to a program
that keeps the message, or to mailboxes, and what is there is then compared with what was sent.

| server | version |
| --- | --- |
"""
_LOGINS = """
## Connection and login

What was delivered: a letter of text, HTML and two attachments with hard names, read by Python's `email`, each part octet for
octet.

| server | connection | TLS | mechanism | delivered |
| --- | --- | --- | --- | --- |
"""
_EXTENSIONS = """
## Extensions, offered and hidden

Each was used where the server offers it. Then a relay took its keyword out of the reply to EHLO: it must not be used, and
what can be done without it is done. OpenSMTPD offers AUTH under TLS alone, where nothing can be hidden from the outside.

| extension | server | offered | hidden |
| --- | --- | --- | --- |
"""
_WINDOWS = """
## Messages in flight

Forty messages over one session with a window of eight, every tenth to a recipient that is refused. `DATA`: the next MAIL leaves
with the end of the message before; `BDAT`: several messages leave between two replies. With a window of one nothing leaves ahead of
the last reply to the message before. Where PIPELINING is not offered, a window of eight is one of one.

| server | by | window | what happened |
| --- | --- | --- | --- |
"""
_STOPPED = """
## Told to stop as a message ends

The process that serves the connection is held still, the end of a message to two recipients is written to it, it gets SIGTERM, and
goes on: what came back, whether the message is there in the end, and what the command says of it. A reply to the end of a message
tells what became of it, but for 421 over LMTP, and over SMTP 421 with X.3.2 (the system stops) or X.4.z (the network), with which
Dovecot has left messages delivered: in doubt. Exim, where it has time to say 421, says it without such a code and keeps nothing.

| server | reply | stored | told as |
| --- | --- | --- | --- |
"""
_WAYS = """
## Ways of their own

| server | what it does |
| --- | --- |
"""
_PACKAGES = {"Postfix": "postfix", "Exim": "exim4-daemon-heavy", "OpenSMTPD": "opensmtpd", "Dovecot": "dovecot-core",
             "Courier": "courier-mta", "Sendmail": "sendmail-bin", "Cyrus": "cyrus-imapd", "aiosmtpd": "python3-aiosmtpd"}


def versions(root):
    """Upstream's version of each server, from the changelog of its package, and Haraka's."""
    found = {name: upstream_version(root, package) for name, package in _PACKAGES.items()}
    with open(os.path.join(HARAKA, "package.json")) as file:
        found["Haraka"] = json.load(file)["dependencies"]["Haraka"]
    return found


class Ran:
    def __init__(self):
        self.missed = {}  # servers that could not be had here, and why
        self._rows = {"logins": [], "extensions": [], "windows": [], "stopped": [], "ways": []}

    def note(self, table, *cells):
        self._rows[table].append(cells)

    def miss(self, server, why):
        self.missed[server] = " ".join(why.split())

    def text(self, root):
        def rows(cells):
            return "".join("| %s |\n" % " | ".join(row) for row in sorted(set(cells)))
        return (_HEAD + rows(versions(root).items()) + _LOGINS + rows(self._rows["logins"]) + _EXTENSIONS
                + rows(self._rows["extensions"]) + _WINDOWS + rows(self._rows["windows"])
                + (_STOPPED + rows(self._rows["stopped"]) if self._rows["stopped"] else "") + _WAYS
                + rows(self._rows["ways"]))


def same(one, other, not_run=()):
    """Are they equal but for the versions of the servers, and the rows of those that did not run?"""
    names = "|".join([*_PACKAGES, "Haraka"])

    def without(text):
        text = re.sub(r"^\| (%s) \| [\d.p]+ \|$" % names, r"| \1 |", text, flags=re.M)
        return [line for line in text.splitlines() if not set(line.strip("| ").split(" | ")[:2]) & set(not_run)]
    return without(one) == without(other)
