# SPDX-License-Identifier: LGPL-2.1-or-later
"""A server process in a mount and pid namespace of its own.

Everything a server is compiled to expect (its programs, its users, its /var/spool) is laid over the system for it
alone; nothing of the system is written. Killing the one outer process, or its parent, ends every process and mount.
"""

import os
import select
import shutil
import signal
import socket
import subprocess
import tempfile
import time

HELPERS = os.path.join(os.path.dirname(os.path.abspath(__file__)), "helpers")
UIDS = {"postfix": 881, "Debian-exim": 882, "opensmtpd": 883, "opensmtpq": 884, "dovecot": 885, "dovenull": 886,
        "store": 887, "courier": 889, "cyrus": 890, "smmta": 891, "smmsp": 892}
POSTDROP = 888
_CHAIN = ["setpriv", "--pdeathsig", "KILL", "unshare", "--mount", "--pid", "--fork", "--kill-child", "--mount-proc",
          "--propagation", "private"]


def refusal(root):
    """Why root may not have namespaces here, or None. Tries what the servers need, rather than guessing."""
    with Folder(root) as folder:
        probe = subprocess.run(folder.command("true"), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                               stderr=subprocess.STDOUT, text=True)
    if probe.returncode != 0:
        return "no private namespaces; in a container, as by docker run --privileged: " + (probe.stdout.strip() or "exit %d" % probe.returncode)
    return None


def free_port(address="127.0.0.1"):
    with socket.socket() as probe:
        probe.bind((address, 0))
        return probe.getsockname()[1]


class Folder:
    """The temporary folder T of one server. Its path is short, and every user may walk there: Unix sockets are limited
    to 107 octets, and the daemons run as users of their own."""

    def __init__(self, root):
        self.root = root

    def __enter__(self):
        self.path = tempfile.mkdtemp(prefix="mi-", dir="/tmp")
        os.chmod(self.path, 0o755)
        for name in ("root", "bin", "log", "ns/etc", "store/tmp", "store/new"):
            self.make(name)
        for name in os.listdir(HELPERS):
            shutil.copy(os.path.join(HELPERS, name), self.at("bin", name))
            os.chmod(self.at("bin", name), 0o755)
        self._users()
        for name in ("store", "store/tmp", "store/new"):
            shutil.chown(self.at(name), UIDS["store"], UIDS["store"])
        os.mkfifo(self.at("store/bell"))
        shutil.chown(self.at("store/bell"), UIDS["store"], UIDS["store"])
        os.chmod(self.at("log"), 0o777)
        return self

    def __exit__(self, *unused):
        shutil.rmtree(self.path, ignore_errors=True)

    def _users(self):
        with open("/etc/passwd") as passwd, open("/etc/group") as group:
            ours = set(UIDS)
            users = [line for line in passwd if line.split(":")[0] not in ours]
            groups = [line for line in group if line.split(":")[0] not in ours | {"postdrop"}]
        for name, uid in UIDS.items():
            home = self.at("store") if name == "store" else "/nonexistent"
            users.append("%s:x:%d:%d::%s:/bin/sh\n" % (name, uid, uid, home))
            groups.append("%s:x:%d:\n" % (name, uid))
        groups.append("postdrop:x:%d:\n" % POSTDROP)
        self.write("ns/etc/passwd", "".join(users))
        self.write("ns/etc/group", "".join(groups))

    def at(self, *names):
        return os.path.join(self.path, *names)

    def make(self, name, mode=0o755, uid=0, gid=0):
        path = self.at(name)
        os.makedirs(path, exist_ok=True)
        os.chown(path, uid, gid)
        os.chmod(path, mode)
        return path

    def write(self, name, text, mode=0o644, uid=0, gid=0):
        path = self.at(name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w") as file:
            file.write(text)
        os.chown(path, uid, gid)
        os.chmod(path, mode)
        return path

    def command(self, *arguments):
        return [*_CHAIN, "sh", self.at("bin/ns.sh"), self.root, self.path, *arguments]


class Process:
    """A daemon under Folder.command (); what it prints goes to a log in the folder."""

    def __init__(self, folder, name, *arguments, environment=None):
        self.log = folder.at("log", name + ".out")
        self.name = name
        with open(self.log, "wb") as log:
            self._process = subprocess.Popen(folder.command(*arguments), stdin=subprocess.DEVNULL, stdout=log,
                                             stderr=subprocess.STDOUT, env=environment, start_new_session=True)

    def alive(self):
        return self._process.poll() is None

    def stop(self):
        if self.alive():
            self._process.send_signal(signal.SIGKILL)
        self._process.wait()

    def await_answer(self, *addresses, seconds=20):
        """Returns when every address (host and port, or a socket's path) takes connections. That another process listens
        is no event that could be awaited, so it is tried again and again; the end of the process is one."""
        deadline = time.monotonic() + seconds
        end = os.pidfd_open(self._process.pid)
        try:
            for address in addresses:
                while (failure := self._try(address)) is not None:
                    over = select.select([end], [], [], 0.01)[0]
                    if over or time.monotonic() > deadline:
                        with open(self.log, errors="replace") as log:
                            words = log.read()[-2000:]
                        raise RuntimeError("%s does not answer at %s: %s\n%s" % (self.name, address, failure, words))
        finally:
            os.close(end)

    @staticmethod
    def _try(address):
        with socket.socket(socket.AF_UNIX if isinstance(address, str) else socket.AF_INET) as probe:
            try:
                probe.connect(address)
            except OSError as failure:
                return failure
        return None
