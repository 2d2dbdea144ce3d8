#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""What is said to people: the library speaks to programs in many languages and knows nothing of the command's options
(tools/output/advice.c says what to type); quotes are '…' in ASCII, so that they are readable in every locale."""

import re
import sys

from project import files, finish, read, without_comments

_STRING = re.compile(r'"((?:\\.|[^"\\\n])*)"')
# A page of Prometheus and a list of parts quote as their form wants it.
_QUOTES_OF_A_FORM = {"libmimesend/values/metrics-text.c", "tools/dry-run.c"}


def options():
    """As they stand in the table of the command, short and long."""
    names = re.findall(r'"(--?[A-Za-z][\w-]*)"', read("tools/options/option-table.c"))
    return re.compile(r"(?<![\w-])(%s|--[a-z][\w-]+)(?![\w-])|\bmimesend (probe|build|send|sink)\b" % "|".join(map(re.escape, set(names))))


def main():
    faults, option = [], options()
    for path in files(".c", ".h", under="libmimesend") + files(".c", ".h", under="tools"):
        for number, line in enumerate(without_comments(read(path)).split("\n"), 1):
            for text in _STRING.findall(line):
                where = "%s:%d: " % (path, number)
                if not text.isascii():
                    faults.append(where + "not ASCII: " + text)
                if re.search(r'\\"%[.\d]*s\\"', text) and path not in _QUOTES_OF_A_FORM:
                    faults.append(where + "quote it '%s': " + text)
                found = option.search(text) if path.startswith("libmimesend/") else None
                if found and found[0] != text:  # alone it is an argument for a program
                    faults.append(where + "the command's %s is for tools/output/advice.c: %s" % (found[0], text))
    return finish("messages", faults)


if __name__ == "__main__":
    sys.exit(main())
