# SPDX-License-Identifier: LGPL-2.1-or-later
"""What ran, written down as docs/interop.md: nothing in it depends on the day, the ports or the speed of a run."""

import gzip
import os
import re

_HEAD = """# Against real servers

Written by `tests/interop/run.py --write-docs` from what ran; `./bootstrap test` runs it and says when this page is not what
came out. The servers are Debian's, unpacked for the tests and reached over loopback; each delivers to a program that keeps
the message, which is then compared with what was sent.

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
with the end of the message before; `BDAT`: several messages leave between two replies.

| server | by | what happened |
| --- | --- | --- |
"""
_PACKAGES = {"Postfix": "postfix", "Exim": "exim4-daemon-heavy", "OpenSMTPD": "opensmtpd", "Dovecot": "dovecot-core"}


def versions(root):
    """Upstream's version of each server, from the changelog of its package."""
    found = {}
    for name, package in _PACKAGES.items():
        with gzip.open(os.path.join(root, "usr/share/doc", package, "changelog.Debian.gz"), "rt") as file:
            found[name] = re.match(r"\S+ \((?:\d+:)?([\d.]+(?:p\d+)?)", file.readline()).group(1)
    return found


class Ran:
    def __init__(self):
        self._rows = {"logins": [], "extensions": [], "windows": []}

    def note(self, table, *cells):
        self._rows[table].append(cells)

    def text(self, root):
        def rows(cells):
            return "".join("| %s |\n" % " | ".join(row) for row in sorted(set(cells)))
        return (_HEAD + rows(versions(root).items()) + _LOGINS + rows(self._rows["logins"]) + _EXTENSIONS
                + rows(self._rows["extensions"]) + _WINDOWS + rows(self._rows["windows"]))


def same(one, other):
    """Are they equal but for the versions of the servers?"""
    def without(text):
        return re.sub(r"^\| (%s) \| [\d.p]+ \|$" % "|".join(_PACKAGES), r"| \1 |", text, flags=re.M)
    return without(one) == without(other)
