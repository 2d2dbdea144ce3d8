#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""longest-functions.py [N]: a function of the library or the tools fits on a screen. With N, the N longest ones, to look at.

In this style a function's body is the block whose braces stand in the first column under a line that ends with ')'.
"""

import re
import sys

from project import files, finish, read, without_comments

SCREEN = 60


def functions(path):
    """(lines from brace to brace, name, place)"""
    lines = without_comments(read(path)).split("\n")
    start = None
    for number, line in enumerate(lines, 1):
        if line == "{" and lines[number - 2].rstrip().endswith(")"):
            start, name = number, "?"
            for back in range(number - 2, -1, -1):
                found = re.match(r"(\w+) \(", lines[back])
                if found:
                    name = found[1]
                    break
        elif line == "}" and start:
            yield number - start + 1, name, "%s:%d" % (path, start)
            start = None


def main():
    found = [row for top in ("libmimesend", "tools") for path in files(".c", under=top) for row in functions(path)]
    if len(sys.argv) > 1:
        for row in sorted(found, reverse=True)[:int(sys.argv[1])]:
            print("%5d lines  %s  %s" % row)
        return 0
    faults = ["%s: %s () has %d lines: split it" % (place, name, length) for length, name, place in found if length > SCREEN]
    if len(found) < 1000:
        faults.append("only %d functions were found" % len(found))
    return finish("%d functions, each on a screen" % len(found), faults)


if __name__ == "__main__":
    sys.exit(main())
