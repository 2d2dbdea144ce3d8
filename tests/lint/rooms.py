#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""The rooms: which #include lines may stand where. The arrows of the architecture, held by a test."""

import re
import sys

from project import files, finish, read, without_comments

# What each room may include beside itself: other rooms, its public headers, other people's libraries.
_CORE = {"rooms": {"octets"}, "public": set(), "libraries": {"glib"}}
ROOMS = {
    "octets": _CORE,
    "smtp": _CORE,
    "content": {"rooms": {"octets"}, "public": {"content", "part-stream"}, "libraries": {"glib", "gio", "gmime"}},
    # GMime brings GIO along; what is used of it is the type that belongs to a file name.
    "mime": {"rooms": {"octets"}, "public": {"part", "letter", "address"}, "libraries": {"glib", "gio", "gmime"}},
    "net": {"rooms": {"octets"}, "public": {"server", "retry"}, "libraries": {"glib", "gio", "gnutls", "gsasl"}},
    "client": {"rooms": {"octets", "smtp", "content", "mime", "net"}, "public": None,
               "libraries": {"glib", "gio", "gmime"}},
}
# smtp/ and octets/ do no I/O and read no clock, so what declares these is not included there at all.
_CORE_SYSTEM = {"assert.h", "ctype.h", "limits.h", "stdarg.h", "stdbool.h", "stddef.h", "stdint.h", "stdlib.h",
                "string.h", "immintrin.h", "emmintrin.h", "tmmintrin.h", "cpuid.h", "arm_neon.h"}
_LIBRARIES = (("glib", r"glib(\.h|-object\.h|/.*|-unix\.h)"), ("gio", r"gio/.*"), ("gmime", r"gmime/.*"),
              ("gnutls", r"gnutls/.*"), ("gsasl", r"gsasl(\.h|-.*)"), ("json", r"json-glib/.*"),
              ("ours", r"libmimesend/.*"))


def library(name):
    for known, pattern in _LIBRARIES:
        if re.fullmatch(pattern, name):
            return known
    return "system"


def in_room(room, name, angle):
    rules = ROOMS[room]
    if angle:
        used = library(name)
        if used == "system":
            return None if rules is not _CORE or name in _CORE_SYSTEM else "the core does no I/O"
        return None if used in rules["libraries"] else "%s is not for %s/" % (used, room)
    if "/" in name:
        other = name.split("/")[0]
        return None if other == room or other in rules["rooms"] else "%s/ does not know %s/" % (room, other)
    public = re.fullmatch(r"mimesend(?:-(.*))?\.h", name)
    if not public:
        return "includes are written from the root: \"%s/%s\"" % (room, name)
    if public[1] in ("error", "init") or rules["public"] is None or public[1] in rules["public"]:
        return None
    return "%s/ knows its own public headers alone" % room


def in_public(name, angle):
    if angle:
        return None if library(name) in ("glib", "gio", "gmime", "ours") else "public headers need glib, gio, gmime"
    return None if re.fullmatch(r"mimesend-.*\.h", name) else "a public header includes public headers alone"


def in_tools(path, name, angle):
    sink = path.startswith("tools/sink/")
    if angle and library(name) == "ours":
        if sink:
            return "the sink shares nothing with the sender"
        return None if name == "libmimesend/mimesend.h" else "tools include <libmimesend/mimesend.h>"
    if not angle:
        if "/" in name and not (name.startswith("sink/") and name.count("/") == 1):
            return "tools know no room"
        if name.startswith("mimesend") and name not in ("mimesend.h",):
            return "tools include <libmimesend/mimesend.h>"
    return None


def fault(path, name, angle):
    parts = path.split("/")
    if parts[0] == "tools":
        return in_tools(path, name, angle)
    if len(parts) == 2:
        return in_public(name, angle) if path.endswith(".h") else None
    if parts[1] not in ROOMS:
        return "a folder that is no room"
    return in_room(parts[1], name, angle)


def main():
    faults = []
    for path in files(".c", ".h", under="libmimesend") + files(".c", ".h", under="tools"):
        for number, line in enumerate(without_comments(read(path)).split("\n"), 1):
            include = re.match(r'\s*#\s*include\s*([<"])([^>"]+)[>"]', line)
            why = fault(path, include[2], include[1] == "<") if include else None
            if why:
                faults.append("%s:%d: %s: %s" % (path, number, include[2], why))
    return finish("rooms", faults)


if __name__ == "__main__":
    sys.exit(main())
