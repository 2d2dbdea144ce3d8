#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""public-symbols.py [--write] [--library FILE]

Derives the list of public functions from the public headers and compares it with the version map, and with what the
built library exports. --write puts the list into the map.
"""

import argparse
import os
import re
import subprocess
import sys

from project import ROOT, files, finish, read, without_comments

MAP = "libmimesend/libmimesend.map"
NODE = "LIBMIMESEND_1"


def types_of_enumerations(header):
    """What glib-mkenums makes of a header: it wants one value a line. A header that hides things from the scanner is for
    C alone."""
    if "__GI_SCANNER__" in read(header):
        return set()
    names = re.findall(r"\btypedef\s+enum\s*\{[^{}]*\}\s*(\w+)\s*;", without_comments(read(header)))
    return {re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower() + "_get_type" for name in names}


def declared():
    """Functions that the public headers declare for callers: neither inline, nor there only to refuse a call."""
    names = set()
    for header in files(".h", under="libmimesend"):
        if header.count("/") != 1:
            continue
        names |= types_of_enumerations(header)
        text = without_comments(read(header))
        text = re.sub(r"^[ \t]*#(?:[^\n\\]|\\.|\\\n)*", "", text, flags=re.M)
        text = re.sub(r'"(?:\\.|[^"\\])*"', '""', text)
        for prefix in re.findall(r"\bG_DECLARE_(?:FINAL|DERIVABLE)_TYPE\s*\(\s*\w+\s*,\s*(\w+)", text):
            names.add(prefix + "_get_type")
        text = re.sub(r"\bG_(?:DECLARE|DEFINE)_\w+\s*\([^()]*\)", ";", text)
        text = re.sub(r"\bG_(?:BEGIN|END)_DECLS\b", ";", text)
        while re.search(r"\{[^{}]*\}", text):
            text = re.sub(r"\{[^{}]*\}", ";", text)
        for statement in text.split(";"):
            if re.search(r"\b(typedef|static|MIMESEND_REFUSED)\b", statement):
                continue
            function = re.search(r"\b(mimesend_\w+)\s*\(", statement)
            if function:
                names.add(function[1])
    return names


def mapped():
    text = re.sub(r"/\*.*?\*/|#[^\n]*", "", read(MAP), flags=re.S)
    listed = re.search(r"global:(.*?)local:", text, re.S)
    return set(re.findall(r"[\w*]+", listed[1])) if listed else set()


def exported(library):
    symbols = subprocess.run(["nm", "-D", "--defined-only", library], check=True, stdout=subprocess.PIPE, text=True)
    rows = (line.split() for line in symbols.stdout.splitlines())
    return {row[2].split("@")[0] for row in rows if len(row) == 3 and row[1] != "A"}


def differences(want, have, what):
    return (["%s: %s is not there" % (what, name) for name in sorted(want - have)]
            + ["%s: %s is in no public header" % (what, name) for name in sorted(have - want)])


def main():
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--write", action="store_true")
    arguments.add_argument("--library")
    options = arguments.parse_args()
    functions = declared()
    if options.write:
        with open(os.path.join(ROOT, MAP), "w") as file:
            file.write("%s {\n  global:\n%s  local: *;\n};\n"
                       % (NODE, "".join("    %s;\n" % name for name in sorted(functions))))
    faults = differences(functions, mapped(), MAP)
    if options.library:
        faults += differences(functions, exported(options.library), os.path.basename(options.library))
    return finish("public symbols, %d functions" % len(functions), faults)


if __name__ == "__main__":
    sys.exit(main())
