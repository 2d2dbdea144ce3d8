# SPDX-License-Identifier: LGPL-2.1-or-later
"""What the lints share: the files of the project, and C without its comments."""

import os
import re

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
_OUTSIDE = re.compile(r"^(\.git|\.cache|build.*|__pycache__)$")


def files(*endings, under=""):
    """Paths from the root, sorted. Whatever is built or hidden in .git is not of the project: a build folder may have any
    name, and is one by what Meson keeps there."""
    found = []
    for folder, folders, names in os.walk(os.path.join(ROOT, under)):
        folders[:] = [name for name in folders if not _OUTSIDE.match(name)
                      and not os.path.isdir(os.path.join(folder, name, "meson-private"))]
        for name in names:
            if name != ".git" and (not endings or name.endswith(endings)):  # a worktree has a file of that name
                found.append(os.path.relpath(os.path.join(folder, name), ROOT))
    return sorted(found)


def read(path):
    with open(os.path.join(ROOT, path), encoding="utf-8") as file:
        return file.read()


def blank(match):
    """The replacement that keeps line numbers."""
    return re.sub(r"[^\n]", " ", match.group())


def without_comments(text):
    strings_or_comments = r'"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])+\'|/\*.*?\*/|//[^\n]*'
    return re.sub(strings_or_comments, lambda m: blank(m) if m.group()[0] == "/" else m.group(), text, flags=re.S)


def finish(what, faults):
    """Prints the faults, and is the exit status."""
    for fault in faults:
        print(fault)
    print("%s: %s" % (what, "%d faults" % len(faults) if faults else "ok"))
    return 1 if faults else 0
