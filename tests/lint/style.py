#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Small rules for every file: the licence line, the length, no tabs, and nothing of the machine it was written on."""

import re
import sys

from project import files, finish, read

LONGEST = 500
_MACHINE = re.compile(r"(?<![\w.}])/(?:work|root|home|Users|tmp/build)[/-]\w[\w./-]*")


def main():
    faults = []
    for path in files():
        try:
            lines = read(path).split("\n")
        except UnicodeDecodeError:
            continue  # data
        for number, line in enumerate(lines, 1):
            machine = _MACHINE.search(line)
            if machine and not path.startswith("tests/data/"):
                faults.append("%s:%d: a path of some machine: %s" % (path, number, machine[0]))
        if path.endswith((".c", ".h")):
            if lines[0] != "/* SPDX-License-Identifier: LGPL-2.1-or-later */":
                faults.append("%s:1: the licence line is missing" % path)
            if len(lines) - 1 > LONGEST:
                faults.append("%s: %d lines: split it by question" % (path, len(lines) - 1))
            faults += ["%s:%d: a tab or a blank at the end" % (path, number)
                       for number, line in enumerate(lines, 1) if "\t" in line or line != line.rstrip()]
    return finish("style", faults)


if __name__ == "__main__":
    sys.exit(main())
