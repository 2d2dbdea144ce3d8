#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""rfcs.py: the files and tests that docs/RFCs.md names are there."""

import os
import re

from project import ROOT, files, finish, read


def main():
    text = read("docs/RFCs.md")
    sources = "\n".join(read(path) for path in files(".c", under="tests"))
    names = re.findall(r'"(/[\w./+-]+)', sources)
    faults = []
    for quoted in re.findall(r"`([^`]{4,})`", text):
        if quoted.startswith("/"):
            # a path that a test builds from its first words counts by them
            if quoted not in names and not any(quoted.startswith(name) for name in names if name.endswith("/")):
                faults.append("docs/RFCs.md: there is no test %s" % quoted)
        elif quoted.endswith((".c", ".py")):
            if not any(os.path.exists(os.path.join(ROOT, folder, quoted)) for folder in ("libmimesend", "tests")):
                faults.append("docs/RFCs.md: there is no file %s" % quoted)
    for dialogue in re.findall(r"\*([\w-]+)\*", text):
        if dialogue != "italics" and not os.path.exists(os.path.join(ROOT, "tests/dialogues", dialogue + ".dialogue")):
            faults.append("docs/RFCs.md: there is no dialogue %s" % dialogue)
    return finish("RFCs", faults)


if __name__ == "__main__":
    raise SystemExit(main())
