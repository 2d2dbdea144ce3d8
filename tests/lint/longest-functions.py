#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""longest-functions.py [N]: the N longest functions of the library and the tools, to look at (ten by default).

In this style a function's body is the block whose braces stand in the first column under a line that ends with ')'.
"""

import re
import sys

from project import files, read, without_comments


def functions(path):
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
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 10
    found = [row for top in ("libmimesend", "tools") for path in files(".c", under=top) for row in functions(path)]
    print("The %d longest functions:" % count)
    for length, name, place in sorted(found, reverse=True)[:count]:
        print("%5d lines  %s  %s" % (length, name, place))


if __name__ == "__main__":
    main()
