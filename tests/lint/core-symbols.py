#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""core-symbols.py LIBRARY.a: octets/ and smtp/ do no I/O and read no clock. What they may ask of the world is listed
here; everything else that is undefined in their library is a fault."""

import re
import subprocess
import sys

from project import finish

_ALLOWED = re.compile(r"""
    g_(malloc|malloc0|malloc_n|malloc0_n|realloc|realloc_n|try_malloc|free|free_sized|clear_pointer|memdup2|slice_\w+)
  | g_(array|byte_array|bytes|ptr_array|queue|list|slist|hash_table|string|strv|checksum|utf8|unichar|ascii|quark)_\w+
  | g_(str\w+|direct_\w+|int64_\w+|int_\w+|base64_\w+|intern_\w+|once_init_\w+|hostname_\w+)
  | g_getenv  # MIMESEND_KERNEL: which kernel the tests want
  | g_(set_error|set_error_literal|error_\w+|clear_error|propagate_error|propagate_prefixed_error|prefix_error)
  | g_(assertion_message\w*|return_if_fail_warning|warn_message|log|atomic_\w+|rc_box_\w+|inet_\w+)
  | mem(cpy|move|set|chr|rchr|cmp|mem)(_chk)? | __mem\w+_chk
  | str(len|nlen|cmp|ncmp|chr|rchr|str|spn|cspn|casecmp|ncasecmp|pbrk) | bsearch | qsort | explicit_bzero
  | __stack_chk_fail | __cpu_model | __cpu_indicator_init | _GLOBAL_OFFSET_TABLE_
  | __(asan|ubsan|lsan|sanitizer|gcov|llvm)_\w+ | __start___sancov\w+ | __stop___sancov\w+
""", re.X)


def main():
    nm = subprocess.run(["nm", sys.argv[1]], check=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    undefined, defined = set(), set()
    for line in nm.stdout.splitlines():
        row = line.split()
        if len(row) == 2 and row[0] in ("U", "w"):
            undefined.add(row[1])
        elif len(row) == 3:
            defined.add(row[2])
    if not defined:
        return finish("core symbols", ["%s defines nothing" % sys.argv[1]])
    faults = [name for name in sorted(undefined - defined) if not _ALLOWED.fullmatch(name)]
    return finish("core symbols", ["the core may not use %s" % name for name in faults])


if __name__ == "__main__":
    sys.exit(main())
