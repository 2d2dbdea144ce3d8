# SPDX-License-Identifier: LGPL-2.1-or-later
"""What the servers have in common: a folder, ports by mode, certificates, processes, a store of what was delivered."""

import contextlib
import os
import shutil

from delivered import Store
from namespace import Folder, Process, free_port

USER, PASSWORD = "user@example.test", "password"
SIZE_LIMIT = 67108864


class Server:
    name = "?"
    address = "127.0.0.1"
    modes = ()          # each gets a port

    def __init__(self, root, certificates):
        self._root, self._certificates = root, certificates

    def __enter__(self):
        with contextlib.ExitStack() as stack:
            self.folder = stack.enter_context(Folder(self._root))
            self.path = self.folder.path
            self.store = Store(self.folder.at("store"))
            stack.callback(self.store.close)
            self.ports = {mode: free_port(self.address) for mode in self.modes}
            self._stack = stack
            self.start()
            self._stack = stack.pop_all()
        return self

    def __exit__(self, *unused):
        self._stack.close()

    def start(self):
        raise NotImplementedError

    def run(self, name, *arguments, environment=None):
        process = Process(self.folder, name, *arguments, environment=environment)
        self._stack.callback(process.stop)
        return process

    def await_ports(self, process, modes=None):
        process.await_answer(*[(self.address, self.ports[mode]) for mode in modes or self.modes])

    def keys(self, owner=0):
        """A copy of the certificates, readable by the server alone."""
        self.folder.make("ca")
        for name in os.listdir(self._certificates):
            copy = self.folder.at("ca", name)
            shutil.copy(os.path.join(self._certificates, name), copy)
            os.chown(copy, owner, owner)
            os.chmod(copy, 0o600)

    def place(self, text, **values):
        """Fills @NAME@ in a configuration: ports by mode, @T@ the folder, and what is given."""
        values.update({mode.replace("-", "_"): port for mode, port in self.ports.items()}, T=self.path)
        for name, value in values.items():
            text = text.replace("@%s@" % name, str(value))
        return text

    def logs(self):
        """The end of every log, for a failed test."""
        words = []
        for name in sorted(os.listdir(self.folder.at("log"))):
            with open(self.folder.at("log", name), errors="replace") as log:
                words.append("--- %s\n%s" % (name, log.read()[-3000:]))
        return "\n".join(words)
