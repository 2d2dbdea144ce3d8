#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Texts are for strangers: comments, pages and tests name the caller, the server, the callback, and riddles with "whom" and the
like do not. What is public cites RFCs; the list of requirements that the tests carry is explained in one table of the README
alone."""

import re
import sys

from project import files, finish, read

_COMMENT = re.compile(r'"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])+\'|(/\*.*?\*/|//[^\n]*)', re.S)
_RIDDLE = re.compile(r"\b(some(body|one)|any(body|one)|every(body|one)|nobody|no one|who(so)?ever|whom(ever)?|s?he|him(self)?|his"
                     r"|(those|one|of|to|for|from|by|with) who|who (asks?|asked|waits?|waited|wants?))\b", re.I)
_NUMBER = re.compile(r"\bcontract,? \(?[SN]\d|\(([SN]\d+(, | to |–)?)+\)|\bthe seed(?!/)\b", re.I)
_PUBLIC = ("libmimesend/", "tools/", "docs/", "data/")
_PAGES = ("README.md", "NEWS", "docs/application.md", "docs/ARCHITECTURE.md", "docs/json.md", "docs/sink.md")


def faults_of(path, text):
    """Of one file; a comment counts in C alone, in the pages of the documentation every line."""
    found = []
    is_c = path.endswith((".c", ".h"))
    spans = [(m.start(1), m[1]) for m in _COMMENT.finditer(text) if m[1]] if is_c else [(0, text)]
    for start, span in spans:
        for pattern, advice in ((_RIDDLE, "name the caller, the callback, the server, …"), (_NUMBER, "cite the RFC")):
            if pattern is _RIDDLE and not (is_c or path in _PAGES) or pattern is _NUMBER and path in ("README.md", "NEWS"):
                continue
            for match in pattern.finditer(span):
                line = text.count("\n", 0, start + match.start()) + 1
                found.append("%s:%d: '%s': %s" % (path, line, match[0], advice))
    return found


def opens(path, texts):
    """Does the file, or the header of the same name, say in its first lines what it is?"""
    first = [texts.get(name, "").split("\n")[1:2] for name in (path, path[:-1] + "h")]
    return any(line and line[0].startswith("/* ") for line in first)


def main():
    sources = {path: read(path) for path in files(".c", ".h") if path.startswith(_PUBLIC)}
    faults = ["%s:2: say what the file is" % path for path in sources if not opens(path, sources)]
    for path in files(".c", ".h", ".md", ".1"):
        if path.startswith(_PUBLIC):
            faults += faults_of(path, read(path))
    for path in files(".c", ".h"):
        if path.startswith(("tests/", "bench/")):
            faults += [fault for fault in faults_of(path, read(path)) if "cite the RFC" not in fault]
    faults += faults_of("README.md", read("README.md")) + faults_of("NEWS", read("NEWS"))
    if len(faults_of("libmimesend/x.c", "/* Whoever waits (contract S4) */ \"nobody\"")) != 2:
        faults.append("the lint itself finds no riddle in a comment, or one in a string")
    return finish("words", faults)


if __name__ == "__main__":
    sys.exit(main())
