# SPDX-License-Identifier: LGPL-2.1-or-later
"""The command `mimesend` as a black box: arguments in, exit code, words and JSON out."""

import json
import os
import subprocess


class Answer:
    def __init__(self, arguments, exit_code, out, err):
        self.arguments, self.exit, self.out, self.err = arguments, exit_code, out, err

    @property
    def json(self):
        return json.loads(self.out)

    def __str__(self):
        shown = " ".join(self.arguments)
        return "exit %d from: mimesend %s\n%s\n%s" % (self.exit, shown[:800], self.out[-3000:], self.err[-3000:])


class Command:
    def __init__(self, path, folder, ca_file):
        self._path = os.path.abspath(path)
        self._folder, self._ca_file = folder, ca_file
        self.window = os.path.join(os.path.dirname(self._path), "../tests/interop/window")

    def arguments(self, *arguments):
        subcommand = arguments[:1] if arguments[0] in ("build", "probe") else ()
        return [self._path, *subcommand, "--ca-file", self._ca_file, *map(str, arguments[len(subcommand):])]

    def start(self, *arguments, **more):
        # Nothing of the caller's environment: no settings of this user, no locale.
        environment = {"PATH": "/usr/bin:/bin", "HOME": self._folder, "XDG_CONFIG_HOME": self._folder}
        for name in ("ASAN_OPTIONS", "UBSAN_OPTIONS", "LSAN_OPTIONS", "GNUPGHOME"):
            if name in os.environ:
                environment[name] = os.environ[name]
        return subprocess.Popen(self.arguments(*arguments), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                stderr=subprocess.PIPE, env=environment, cwd=self._folder, text=True, **more)

    def finish(self, process, arguments, seconds=240):
        try:
            out, err = process.communicate(timeout=seconds)
        except subprocess.TimeoutExpired:
            process.kill()
            out, err = process.communicate()
            err += "\nstill running after %d s: killed" % seconds
        return Answer([str(argument) for argument in arguments], process.returncode, out, err)

    def run(self, *arguments):
        return self.finish(self.start(*arguments), arguments)
