#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""headers.py BUILD: each public header compiles alone, as C11 without extensions and as C++17, under every compiler here.
One of them is made when the library is built."""

import os
import shutil
import subprocess
import sys

from project import ROOT, files, finish

_DIALECTS = (("c", "-std=c11", ("gcc", "clang")), ("c++", "-std=c++17", ("g++", "clang++")))


def main():
    flags = subprocess.run(["pkg-config", "--cflags", "gmime-3.0", "gio-2.0"], check=True, stdout=subprocess.PIPE,
                           text=True).stdout.split()
    # Other people's headers are not judged here.
    flags = [flag.replace("-I", "-isystem", 1) if flag.startswith("-I") else flag for flag in flags]
    faults = []
    tried = 0
    for header in files(".h", under="libmimesend"):
        if header.count("/") != 1:
            continue
        for language, standard, compilers in _DIALECTS:
            for compiler in filter(shutil.which, compilers):
                tried += 1
                answer = subprocess.run(
                    [compiler, "-x", language, standard, "-pedantic", "-Wall", "-Wextra", "-Werror", "-fsyntax-only",
                     "-I", ROOT, "-I", sys.argv[1], *flags, "-"], input="#include <%s>\n" % header, cwd=os.sep, text=True,
                    stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
                if answer.returncode != 0:
                    faults.append("%s %s: %s\n%s" % (compiler, standard, header, answer.stdout))
    for language, _, compilers in _DIALECTS:
        if not any(map(shutil.which, compilers)):
            faults.append("no compiler for " + language)
    return finish("headers alone, %d compilations" % tried, faults)


if __name__ == "__main__":
    sys.exit(main())
