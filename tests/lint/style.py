#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Small rules for every file: the licence line, the length, no tabs, and nothing of the machine it was written on."""

import re
import sys

from project import files, finish, read

LONGEST_CODE = 500  # lines that are more than a comment or a blank
LONGEST = 800
_MACHINE = re.compile(r"(?<![\w.}])/(?:work|root|home|Users|tmp/build)[/-]\w[\w./-]*")


def lines_of_code(text):
    """How many lines hold more than comments and blanks."""
    without = re.sub(r"/\*.*?\*/", lambda comment: "\n" * comment[0].count("\n"), text, flags=re.S)
    return sum(bool(line.strip()) for line in without.split("\n"))


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
            code = lines_of_code("\n".join(lines))
            if code > LONGEST_CODE or len(lines) - 1 > LONGEST:
                faults.append("%s: %d lines, %d of them code: split it by question" % (path, len(lines) - 1, code))
            faults += ["%s:%d: a tab or a blank at the end" % (path, number)
                       for number, line in enumerate(lines, 1) if "\t" in line or line != line.rstrip()]
            faults += ["%s:%d: 32 bits hold 4,294 s of microseconds: G_TIME_SPAN_SECOND has 64" % (path, number)
                       for number, line in enumerate(lines, 1)
                       if "G_USEC_PER_SEC" in line and path.startswith(("libmimesend/", "tools/"))]
    return finish("style", faults)


if __name__ == "__main__":
    sys.exit(main())
