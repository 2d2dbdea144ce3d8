# SPDX-License-Identifier: LGPL-2.1-or-later
"""Dovecot: submission (a proxy to the server that is given) and LMTP, over TCP and a Unix socket.

It listens on 127.0.0.2: where client and server have one address, Dovecot calls the connection secured and offers all
of AUTH ahead of STARTTLS. STARTTLS cannot be set for each port, so there are two instances.
"""

from delivered import Boxes
from namespace import UIDS
from packages import version_of
from servers import dovecot_settings
from servers.server import PASSWORD, SIZE_LIMIT, USER, Server

class Dovecot(Server):
    name = "dovecot"
    address = "127.0.0.2"
    modes = ("auth", "starttls", "tls", "lmtp", "lmtp-starttls")

    def __init__(self, root, certificates, backend):
        super().__init__(root, certificates)
        self._backend = backend

    def start(self):
        folder, store = self.folder, UIDS["store"]
        self.keys()
        folder.make("boxes", 0o755, store, store)
        self.boxes = Boxes(folder.at("boxes"))
        self.socket = folder.at("lmtp.socket")
        folder.write("users", "%s:{PLAIN}%s:%d:%d::/home::\n" % (USER, PASSWORD, store, store), 0o640,
                     gid=UIDS["dovecot"])
        version = version_of(folder.root, "dovecot-core")
        instances = (("clear", dovecot_settings.clear(version), ("auth", "lmtp")),
                     ("tls", dovecot_settings.tls(version), ("starttls", "tls", "lmtp-starttls")))
        for instance, settings, modes in instances:
            folder.make(instance)
            configuration = folder.write(instance + "/dovecot.conf", self.place(
                settings, I=instance, BACKEND=self._backend, SIZE=SIZE_LIMIT, USERS=folder.at("users")))
            process = self.run("dovecot-" + instance, "dovecot", "-F", "-c", configuration)
            self.await_ports(process, modes)
