#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""hardening.py [--fortified] [--cet] LIBRARY COMMAND: what is built is hardened as meson.build says it is by default."""

import re
import subprocess
import sys

from project import finish


def said(*command):
    return subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout


def faults_of(path, fortified, cet):
    """All of it is in the file itself: the loader does the rest."""
    dynamic, segments = said("readelf", "-dW", path), said("readelf", "-lW", path)
    wanted = set(re.findall(r"\bU (\w+)", said("nm", "-D", "--undefined-only", path)))
    if not re.search(r"\(FLAGS_1\).*\bNOW\b", dynamic):
        yield "not all symbols are bound at the start (-z now)"
    if "GNU_RELRO" not in segments:
        yield "what is relocated stays writable (-z relro)"
    stack = re.search(r"GNU_STACK.*", segments)
    if not stack or "RWE" in stack[0]:
        yield "the stack is executable"
    if not any(name.startswith("__stack_chk_") for name in wanted):
        yield "no function guards its stack (-fstack-protector-strong)"
    if fortified and not any(re.fullmatch(r"__\w+_chk", name) for name in wanted):
        yield "nothing is fortified (_FORTIFY_SOURCE)"
    if cet and "endbr" not in said("objdump", "-d", "--section=.text", path):
        yield "no function begins with endbr (-fcf-protection)"


def main():
    options, paths = [word for word in sys.argv[1:] if word[:2] == "--"], [word for word in sys.argv[1:] if word[:2] != "--"]
    faults = ["%s: %s" % (path, fault) for path in paths for fault in
              faults_of(path, "--fortified" in options, "--cet" in options)]
    if not re.search(r"\(FLAGS_1\).*\bPIE\b", said("readelf", "-dW", paths[-1])):
        faults.append("%s: its place is fixed (-pie)" % paths[-1])
    return finish("hardening", faults)


if __name__ == "__main__":
    sys.exit(main())
