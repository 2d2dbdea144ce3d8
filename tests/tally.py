#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""tally.py --meson BUILD [SETUP]  one line of the tally for what `meson test` has just run there
tally.py --sum FILE...     adds up such lines and prints `N passed, N failed`; fails if anything failed
tally.py --strict FILE...  as --sum, and what did not run counts as failed

A line of a tally is: NAME PASSED FAILED [NOT-RUN: WHY].
"""

import json
import os
import re
import sys
import xml.etree.ElementTree


def of_meson(build, setup=None):
    """Counts each point of a test that speaks TAP, and each other test as one."""
    log = os.path.join(build, "meson-logs", "testlog-" + setup if setup else "testlog")
    passed = failed = 0
    suites = xml.etree.ElementTree.parse(log + ".junit.xml").getroot()
    for case in suites.iter("testcase"):
        if case.find("failure") is not None or case.find("error") is not None:
            failed += 1
        elif case.find("skipped") is None:
            passed += 1
    with open(log + ".json") as file:
        results = [json.loads(line) for line in file]
    # One that crashed has no failed point.
    failed = max(failed, sum(result["result"] not in ("OK", "SKIP", "EXPECTEDFAIL") for result in results))
    not_run = "; ".join("%s (%s)" % (", ".join(names), why) for why, names in skipped(results).items())
    if passed + failed == 0:
        failed, not_run = 1, "no test was run"
    why = " NOT-RUN: " + not_run if not_run else ""
    print("%s %d %d%s" % (os.path.basename(build), passed, failed, why))


def skipped(results):
    """What did not run, by the reason that each test and point gave."""
    names = {}
    for result in results:
        test = result["name"].split(" / ")[-1]
        points = re.findall(r"^ *ok \d+ (?:- )?(.*?) # SKIP\b *(.*)$", result.get("stdout", ""), re.M | re.I)
        whole = re.findall(r"^1\.\.0 # SKIP\w* *(.*)$", result.get("stdout", ""), re.M | re.I)
        for point, why in points:
            names.setdefault(why, []).append("%s/%s" % (test, point.lstrip("/")))
        if result["result"] == "SKIP" and not points:
            names.setdefault(whole[0] if whole else "it gave no reason", []).append(test)
    return names


def add_up(paths, strict):
    passed = failed = 0
    not_run = []
    for path in paths:
        with open(path) as file:
            for line in file:
                counts, _, why = line.strip().partition(" NOT-RUN: ")
                name, good, bad = counts.split()
                passed += int(good)
                failed += int(bad)
                if why:
                    not_run.append(why if name == "interop" else "%s: %s" % (name, why))
                    failed += strict
    words = "%d passed, %d failed" % (passed, failed)
    if not_run:
        if strict:
            print("did not run: " + "; ".join(not_run))
        else:
            words += " (did not run: %s)" % "; ".join(not_run)
    print(words)
    return 1 if failed else 0


if __name__ == "__main__":
    if len(sys.argv) < 3 or sys.argv[1] not in ("--meson", "--sum", "--strict"):
        sys.exit(__doc__)
    if sys.argv[1] == "--meson":
        sys.exit(of_meson(os.path.normpath(sys.argv[2]), *sys.argv[3:]))
    sys.exit(add_up(sys.argv[2:], sys.argv[1] == "--strict"))
