# SPDX-License-Identifier: LGPL-2.1-or-later
"""What ran, written down as docs/interop.md: nothing in it depends on the day, the ports or the speed of a run."""

import json
import os
import re

from packages import HARAKA, upstream_version

_HEAD = """# Against real servers

Written by `tests/interop/run.py --write-docs` from what ran; `./bootstrap test` runs it and says when this page is not what
came out. The servers are Debian's, Haraka npm's, unpacked for the tests and reached over loopback; each delivers to a program
that keeps the message, or to mailboxes, and what is there is then compared with what was sent. A row that came out on one
Debian alone names it behind the server.
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


# Name: what stands above its rows, and which cell of a row is the server.
_TABLES = {"logins": (_LOGINS, 0), "extensions": (_EXTENSIONS, 1), "windows": (_WINDOWS, 0), "stopped": (_STOPPED, 0),
           "ways": (_WAYS, 0)}


def system():
    """"Debian 12", or None where no number tells what the servers will be (sid)."""
    with open("/etc/os-release", encoding="utf-8") as file:
        said = dict(re.findall(r'^(\w+)="?([^"\n]*)"?$', file.read(), re.M))
    return "%s %s" % (said["ID"].capitalize(), said["VERSION_ID"]) if "VERSION_ID" in said else None


def _lines(cells):
    return "".join("| %s |\n" % " | ".join(row) for row in cells)


class Page:
    """docs/interop.md: versions by system and server, and the systems on which each row came out."""

    def __init__(self, text=""):
        self.versions, self.rows = {}, {name: {} for name in _TABLES}
        sections = ["## %s\n" % part for part in text.split("\n## ")]
        for section in sections:
            cells = [tuple(line.strip("| ").split(" | ")) for line in section.splitlines() if line.startswith("| ")]
            if section is sections[0]:
                for system_name, column in zip(cells[0][1:], zip(*(row[1:] for row in cells[2:]))) if cells else ():
                    self.versions[system_name] = dict(zip((row[0] for row in cells[2:]), column))
                continue
            name, = (name for name, (head, _) in _TABLES.items() if head.split("\n")[1] == section.split("\n")[0])
            for row in cells[2:]:
                self._read(name, row)

    def _read(self, name, row):
        at = _TABLES[name][1]
        for system_name in self.versions:
            if row[at].endswith(", " + system_name):
                row = (*row[:at], row[at].removesuffix(", " + system_name), *row[at + 1:])
                self.rows[name].setdefault(row, set()).add(system_name)
                return
        self.rows[name][row] = set(self.versions)

    def of(self, system_name):
        """The rows of one system, each with its table."""
        return {(name, *row) for name, rows in self.rows.items() for row, systems in rows.items() if system_name in systems}

    def put(self, system_name, versions, rows):
        """What came out on a system, instead of what was there of it."""
        self.versions[system_name] = versions
        for name, table in self.rows.items():
            for row in table:
                table[row].discard(system_name)
            for row in rows[name]:
                table.setdefault(row, set()).add(system_name)

    def text(self):
        systems = sorted(self.versions)
        servers = sorted(set().union(*self.versions.values()))
        columns = [("server", *systems), ("---",) * (1 + len(systems))]
        text = _HEAD + "\n" + _lines(columns) + _lines((server, *(self.versions[one].get(server, "–") for one in systems))
                                                       for server in servers)
        for name, (head, at) in _TABLES.items():
            marked = []
            for row, on in self.rows[name].items():
                if on == set(systems):
                    marked.append(row)
                else:
                    marked += [(*row[:at], "%s, %s" % (row[at], one), *row[at + 1:]) for one in on]
            text += head + _lines(sorted(marked))
        return text


class Ran:
    def __init__(self):
        self.missed = {}  # servers that could not be had here, and why
        self._rows = {name: set() for name in _TABLES}

    def note(self, table, *cells):
        self._rows[table].add(cells)

    def miss(self, server, why):
        self.missed[server] = " ".join(why.split())

    def write(self, page, system_name, root):
        page.put(system_name, versions(root), self._rows)

    def differences(self, page, system_name):
        """Rows that came out and are not in the page, and the other way round; not those of servers that did not run."""
        here = {(name, *row) for name, rows in self._rows.items() for row in rows}
        there = {row for row in page.of(system_name) if row[1 + _TABLES[row[0]][1]] not in self.missed}
        return ["+ " + " | ".join(row[1:]) for row in sorted(here - there)] + ["- " + " | ".join(row[1:])
                                                                              for row in sorted(there - here)]
