#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""rooms.py [BUILD]

The rooms and their floors: which may use which, by #include and, given a build, by linked symbol;
and no two modules in a circle. The arrows of docs/ARCHITECTURE.md, held by a test."""

import glob
import os
import re
import subprocess
import sys

from project import ROOT, files, finish, read, without_comments

_CORE = {"octets"}
_BELOW_CLIENT = {"octets", "smtp", "values", "walk", "content", "secure", "mime", "net", "net/tls", "net/sasl",
                 "net/server", "net/reach"}
# What the files of each folder may use beside one another.
ARROWS = {
    "libmimesend": {
        "octets": set(),
        "smtp": _CORE,
        "values": {"octets", "smtp"},
        "mime": {"octets"},
        "walk": {"octets"},
        "content": {"octets", "walk"},
        "secure": {"octets", "walk", "content", "mime"},
        "net": {"octets"},
        "net/tls": {"octets", "net"},
        "net/sasl": {"octets", "net"},
        "net/server": {"octets", "values", "net", "net/tls", "net/sasl"},
        "net/reach": {"octets", "net", "net/server"},
        "client/drive": _BELOW_CLIENT,
        "client/delivery": _BELOW_CLIENT | {"client/drive"},
        "client/session": _BELOW_CLIENT | {"client/drive", "client/delivery"},
        "client/pool": _BELOW_CLIENT | {"client/drive", "client/delivery", "client/session"},
        "client/probe": _BELOW_CLIENT | {"client/drive"},
        "client/send": _BELOW_CLIENT | {"client/drive", "client/delivery", "client/session"},
    },
    "tools": {
        "base": set(),
        "options": {"base"},
        "input": {"base"},
        "output": {"base"},
        "server": {"base", "options", "input", "output"},
        "show": {"base", "input"},
        "sink": set(),
        "": {"base", "options", "input", "output", "server", "show", "sink"},
    },
}
# Other people's libraries, and the library's own public headers (None: all), by the first part of the folder.
LIBRARIES = {
    "octets": {"glib"}, "smtp": {"glib"}, "values": {"glib", "gio"}, "walk": {"glib", "gio", "gmime"},
    "content": {"glib", "gio", "gmime"}, "mime": {"glib", "gio", "gmime"},
    "secure": {"glib", "gio", "gmime", "gnutls", "gpgme"}, "net": {"glib", "gio", "gnutls", "gsasl"},
    "client": {"glib", "gio", "gmime"},
}
PUBLIC = {
    "octets": set(), "smtp": set(), "values": {"envelope", "receipt", "retry", "metrics", "trace-event", "server", "probe-result", "enum-types"},
    "walk": {"flags"}, "content": {"content", "flags", "part", "part-stream"}, "secure": {"content", "dkim", "letter", "security"}, "mime": {"part", "letter", "address"},
    "net": {"server", "retry"}, "client": None,
}
# Of the library, and built into the command once more: one rule for both, and none of it public.
SHARED = {"libmimesend/octets/printable.h", "libmimesend/walk/file-watch.h"}
# smtp/ and octets/ do no I/O and read no clock, so what declares these is not included there at all.
_CORE_SYSTEM = {"assert.h", "ctype.h", "limits.h", "stdarg.h", "stdbool.h", "stddef.h", "stdint.h", "stdlib.h",
                "string.h", "immintrin.h", "emmintrin.h", "tmmintrin.h", "cpuid.h", "arm_neon.h"}
_LIBRARY_NAMES = (("glib", r"glib(\.h|-object\.h|/.*|-unix\.h)"), ("gio", r"gio/.*"), ("gmime", r"gmime/.*"),
                  ("gnutls", r"gnutls/.*"), ("gsasl", r"gsasl(\.h|-.*)"), ("gpgme", r"gpgme\.h"), ("json", r"json-glib/.*"),
                  ("ours", r"libmimesend/.*"))


def library(name):
    for known, pattern in _LIBRARY_NAMES:
        if re.fullmatch(pattern, name):
            return known
    return "system"


def place(path):
    """The tree and the floor of a file: libmimesend/net/tls/tls.c is on ("libmimesend", "net/tls")."""
    tree, _, below = path.partition("/")
    return tree, os.path.dirname(below)


def arrow_fault(user, used):
    """Why a file may not use another, both from the root; None: it may."""
    (tree, floor), (other_tree, other) = place(user), place(used)
    if tree != other_tree:
        return "%s/ does not know %s/" % (tree, other_tree)
    if floor == other or other in ARROWS[tree].get(floor, ()):
        return None
    return "%s/ does not know %s/" % (floor or tree, other or other_tree)

# Public headers that a floor of client/ implements: for the others its arrows count.
OWNERS = {"session": "client/session", "pool": "client/pool", "probe": "client/probe", "probe-result": "client/probe",
          "send": "client/send", "arg": "client/send", "mailing": "client/send"}


# --- by include ---

def public_header_fault(name, angle):
    if angle:
        return None if library(name) in ("glib", "gio", "gmime", "ours") else "public headers need glib, gio, gmime"
    return None if re.fullmatch(r"mimesend-.*\.h", name) else "a public header includes public headers alone"


def library_fault(path, name, angle):
    floor = place(path)[1]
    room = floor.split("/")[0]
    if floor not in ARROWS["libmimesend"]:
        return "a folder that is no floor"
    if angle:
        used = library(name)
        if used == "system":
            return "the core does no I/O" if room in ("octets", "smtp") and name not in _CORE_SYSTEM else None
        return None if used in LIBRARIES[room] else "%s is not for %s/" % (used, room)
    if "/" in name:
        return arrow_fault(path, "libmimesend/" + name)
    public = re.fullmatch(r"mimesend(?:-(.*))?\.h", name)
    if not public:
        return "includes are written from the root: \"%s/%s\"" % (floor, name)
    owner = OWNERS.get(public[1])
    if room == "client" and owner not in (None, floor):
        return arrow_fault(path, "libmimesend/%s/%s" % (owner, name))
    if public[1] in ("error", "init") or PUBLIC[room] is None or public[1] in PUBLIC[room]:
        return None
    return "%s/ knows its own public headers alone" % room


def tools_fault(path, name, angle):
    floor = place(path)[1]
    if angle and library(name) == "ours":
        if floor == "sink":
            return "the sink shares nothing with the sender"
        return None if name in ("libmimesend/mimesend.h", "libmimesend/mimesend-gmime-autoptr.h") else \
            "tools include <libmimesend/mimesend.h>"
    if angle:
        return None
    if floor == "sink":
        return "the sink shares nothing with the sender" if "/" in name and not name.startswith("sink/") else None
    if name in SHARED:
        return None
    if not os.path.exists(os.path.join(ROOT, "tools", name)):
        return "includes are written from tools/: no tools/%s" % name
    return arrow_fault(path, "tools/" + name)


def include_fault(path, name, angle):
    if path.startswith("tools/"):
        return tools_fault(path, name, angle)
    if path.count("/") == 1:
        return public_header_fault(name, angle) if path.endswith(".h") else None
    return library_fault(path, name, angle)


def includes():
    """(file, line number, what is included, in angle brackets?) of the library and the command."""
    for path in files(".c", ".h", under="libmimesend") + files(".c", ".h", under="tools"):
        for number, line in enumerate(without_comments(read(path)).split("\n"), 1):
            include = re.match(r'\s*#\s*include\s*([<"])([^>"]+)[>"]', line)
            if include:
                yield path, number, include[2], include[1] == "<"


# --- by symbol ---

def symbols(objects):
    """{file: (defined, undefined)} of objects and archives, whose members Meson names after their paths."""
    table = {}
    listed = subprocess.run(["nm", "-A", *objects], check=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    for line in listed.stdout.splitlines():
        where, _, row = line.rpartition(":")
        if len(row.split()) < 2:
            continue
        kind, name = row.split()[-2:]
        tree = "tools" if "/tools/" in where or where.startswith("tools/") else "libmimesend"
        member = re.search(r"([\w.-]+)\.c\.o$", where)
        if not member:
            continue
        path = "%s/%s.c" % (tree, member[1].replace("_", "/"))
        if not os.path.exists(os.path.join(ROOT, path)):
            continue
        defined, undefined = table.setdefault(path, (set(), set()))
        if kind in "TBDRCVW":
            defined.add(name)
        elif kind == "U":
            undefined.add(name)
    return table


def uses(table):
    """(file, file, symbol) of every symbol that one file has from another of its tree."""
    owners = {name: path for path, (defined, _) in table.items() for name in defined}
    for path, (_, undefined) in sorted(table.items()):
        for name in sorted(undefined):
            owner = owners.get(name)
            if owner and owner != path and place(owner)[0] == place(path)[0]:
                yield path, owner, name


def is_public(path):
    return path.startswith("libmimesend/") and path.count("/") == 1


# --- circles ---

def module(path, stems):
    """X.c, X-y.c, X.h and X-private.h are one module, and so is what includes smtp/client-private.h."""
    folder, name = os.path.split(os.path.splitext(path)[0])
    parts = name.split("-")
    for n in range(1, len(parts)):
        first = os.path.join(folder, "-".join(parts[:n]))
        if first in stems:
            return first
    return os.path.join(folder, name)


def circles(edges):
    """The sets of modules that know one another in a circle (Tarjan)."""
    index, low, stack, found = {}, {}, [], []

    def visit(node):
        index[node] = low[node] = len(index)
        stack.append(node)
        for other in sorted(edges.get(node, ())):
            if other not in index:
                visit(other)
                low[node] = min(low[node], low[other])
            elif other in stack:
                low[node] = min(low[node], index[other])
        if low[node] == index[node]:
            circle = stack[stack.index(node):]
            del stack[stack.index(node):]
            if len(circle) > 1:
                found.append(sorted(circle))

    for node in sorted(edges):
        if node not in index:
            visit(node)
    return found


def module_edges(pairs, in_core_client):
    stems = {os.path.splitext(path)[0] for path in files(".c", under="libmimesend") + files(".c", under="tools")}

    def of(path):
        return "libmimesend/smtp/client" if path in in_core_client else module(path, stems)
    edges = {}
    for user, used in pairs:
        if of(user) != of(used) and not is_public(user) and not is_public(used):
            edges.setdefault(of(user), set()).add(of(used))
    return edges


def main():
    faults, pairs, in_core_client = [], [], set()
    for path, number, name, angle in includes():
        why = include_fault(path, name, angle)
        if why:
            faults.append("%s:%d: %s: %s" % (path, number, name, why))
        if name == "smtp/client-private.h":
            in_core_client.add(path)
        if not angle and "/" in name:
            pairs.append((path, os.path.join(place(path)[0], name)))
    if len(sys.argv) > 1:
        table = symbols(glob.glob(os.path.join(sys.argv[1], "libmimesend/*.a")) +
                        glob.glob(os.path.join(sys.argv[1], "tools/mimesend.p/*.o")))
        if len(table) < 50:
            faults.append("only %d files of the project are in these objects" % len(table))
        for path, owner, name in uses(table):
            if is_public(path) or is_public(owner):
                continue
            why = arrow_fault(path, owner)
            if why:
                faults.append("%s uses %s () of %s: %s" % (path, name, owner, why))
            pairs.append((path, owner))
    faults += ["modules in a circle: " + ", ".join(circle) for circle in circles(module_edges(pairs, in_core_client))]
    return finish("rooms", faults)


if __name__ == "__main__":
    sys.exit(main())
