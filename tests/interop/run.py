#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""run.py --mimesend COMMAND --work FOLDER [--tally FILE] [--write-docs] [NAME...]

Runs the command against the real servers, on loopback, and says which could not be started and why. NAME selects
tests by a part of their name (postfix/letter). The servers are unpacked into FOLDER once; where its parent is not root's,
their packages are kept there, and they are unpacked for each run.
"""

import argparse
import contextlib
import functools
import os
import shutil
import sys
import tempfile
import time
import traceback
import unittest

import ca
import namespace
import packages
import ran
from command import Command
from letters import Letters
from servers.postfix import Postfix
from test_aiosmtpd import AiosmtpdLmtpTest, AiosmtpdTest
from test_courier import CourierTest
from test_cyrus import CyrusLmtpTest
from test_dovecot import DovecotLmtpTest, DovecotSubmissionTest
from test_exim import EximTest
from test_haraka import HarakaTest
from test_opensmtpd import OpenSmtpdTest
from test_postfix import PostfixTest
from test_sendmail import SendmailTest

DOCS = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../docs/interop.md")
SUITES = {"postfix": PostfixTest, "exim": EximTest, "opensmtpd": OpenSmtpdTest, "dovecot": DovecotSubmissionTest,
          "dovecot-lmtp": DovecotLmtpTest, "haraka": HarakaTest, "courier": CourierTest, "sendmail": SendmailTest,
          "cyrus-lmtp": CyrusLmtpTest, "aiosmtpd": AiosmtpdTest, "aiosmtpd-lmtp": AiosmtpdLmtpTest}


class Report(unittest.TestResult):
    """A line for each test when it ends."""

    def startTest(self, test):
        super().startTest(test)
        self._faults, self._start = [], time.monotonic()

    def addFailure(self, test, error):
        self._faults.append(error)

    addError = addFailure

    def addSubTest(self, test, subtest, error):
        if error:
            self._faults.append(error)

    def addSuccess(self, test):
        pass

    passed = failed = 0

    def stopTest(self, test):
        super().stopTest(test)
        name = "%s/%s" % (test.suite, test._testMethodName.removeprefix("test_"))
        if self._faults:
            self.failed += 1
            for error in self._faults:
                words = "".join(traceback.format_exception(*error)).rstrip()
                print("".join("# %s\n" % line for line in words.splitlines()), end="")
        else:
            self.passed += 1
        print("%s %s (%.1f s)" % ("not ok" if self._faults else "ok", name, time.monotonic() - self._start), flush=True)


def tests_of(suite, wanted):
    kind = SUITES[suite]
    kind.suite = suite
    names = [name for name in dir(kind) if name.startswith("test_") and callable(getattr(kind, name))]
    return [kind(name) for name in names
            if not wanted or any(part in "%s/%s" % (suite, name.removeprefix("test_")) for part in wanted)]


def run_suites(work, root, command_path, wanted, what_ran):
    """Returns (passed, failed); a server that does not start fails each of its tests."""
    report = Report()
    with contextlib.ExitStack() as stack:
        folder = tempfile.mkdtemp(prefix="mi-", dir="/tmp")
        stack.callback(shutil.rmtree, folder)
        certificates = os.path.join(folder, "ca")
        ca.create(certificates)
        files = os.path.join(folder, "letters")
        os.mkdir(files)
        written = Letters(files)
        command = Command(command_path, folder, os.path.join(certificates, "ca.pem"))
        running = {}
        haraka = os.path.join(work, "haraka")
        try:
            packages.unpack_haraka(root, haraka)
        except packages.Unavailable as failure:
            what_ran.miss("Haraka", str(failure))

        def make(kind, backend=None):
            more = {}
            if kind.name == "dovecot":
                more = {"backend": backend or server(Postfix).ports["plain"]}
            elif kind.name == "haraka":
                more = {"where": haraka}
            return kind(root, certificates, **more)

        def server(kind):
            if kind not in running:
                running[kind] = stack.enter_context(make(kind))
            return running[kind]

        for suite in SUITES:
            tests = tests_of(suite, wanted) if SUITES[suite].title not in what_ran.missed else []
            for test in tests:
                kind = type(test)
                try:
                    kind.server = server(kind.kind)
                except Exception:
                    print("not ok %s: the server does not start\n%s" % (suite, traceback.format_exc()))
                    report.failed += len(tests)
                    break
                kind.command, kind.letters, kind.ran = command, written, what_ran
                kind.backend = running.get(Postfix)
                kind.fresh_server = staticmethod(functools.partial(make, kind.kind))  # nothing to bind it to
                kind.store = kind.store_of(kind.server)
                test.run(report)
    return report.passed, report.failed


def compare(work, root, what_ran, passed, failed, write_docs):
    """Writes what ran into WORK, and says whether docs/interop.md has the same of this system. Returns (passed, failed) with
    it. A system that the page knows nothing of (sid) is not compared."""
    with open(DOCS, encoding="utf-8") as file:
        page = ran.Page(file.read())
    system = ran.system()
    if system is None or system not in page.versions and not write_docs:
        print("docs: docs/interop.md has nothing of this system")
        return passed, failed
    faults = what_ran.differences(page, system)
    what_ran.write(page, system, root)
    path = os.path.join(work, "interop.md")
    with open(path, "w", encoding="utf-8") as file:
        file.write(page.text())
    if write_docs and not failed and not what_ran.missed:
        shutil.copyfile(path, DOCS)
        faults = []
    print("\n".join([*faults, "not ok docs: docs/interop.md is not what ran, which is in %s; --write-docs" % path])
          if faults else "ok docs")
    return (passed, failed + 1) if faults else (passed + 1, failed)


def run_all(work, options):
    """Returns (passed, failed, what did not run and why)."""
    with contextlib.ExitStack() as stack:
        root = os.path.join(work, "root")
        os.makedirs(work, exist_ok=True)
        owner = os.stat(os.path.dirname(work))
        if owner.st_uid != os.geteuid():
            # What is unpacked must be root's, and nothing in another user's build folder may be.
            stack.callback(packages.give_back, work, owner.st_uid, owner.st_gid)
            root = stack.enter_context(tempfile.TemporaryDirectory(prefix="mimesend-servers-", dir="/var/tmp"))
        try:
            if os.geteuid() != 0:
                raise packages.Unavailable("they need root: sudo ./bootstrap test")
            packages.unpack(root, os.path.join(work, "archives"))
            why = namespace.refusal(root)
        except packages.Unavailable as failure:
            why = str(failure)
        if why:
            return 0, 0, "%s (%s)" % (", ".join(SUITES), " ".join(why.split()))
        what_ran = ran.Ran()
        passed, failed = run_suites(work, root, options.mimesend, options.name, what_ran)
        if not options.name:
            passed, failed = compare(work, root, what_ran, passed, failed, options.write_docs)
        return passed, failed, "; ".join("%s (%s)" % pair for pair in what_ran.missed.items())


def main():
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--mimesend", default=os.environ.get("MIMESEND"), help="the command to test")
    arguments.add_argument("--work", required=True, help="where the servers are unpacked")
    arguments.add_argument("--tally", help="a file to which the counts are appended")
    arguments.add_argument("--write-docs", action="store_true", help="what ran becomes docs/interop.md")
    arguments.add_argument("name", nargs="*")
    options = arguments.parse_args()
    if not options.mimesend:
        arguments.error("--mimesend, or MIMESEND in the environment")
    passed, failed, why = run_all(os.path.abspath(options.work), options)
    if why:
        print("not run: " + why)
    if passed + failed:
        print("interop: %d passed, %d failed" % (passed, failed))
    if options.tally:
        with open(options.tally, "a") as file:
            file.write("interop %d %d%s\n" % (passed, failed, " NOT-RUN: " + why if why else ""))
    return 1 if failed or passed + failed == 0 and not why else 0


if __name__ == "__main__":
    sys.exit(main())
