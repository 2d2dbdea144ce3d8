# SPDX-License-Identifier: LGPL-2.1-or-later
"""Haraka 3.3 from npm, with a plugin of ours (helpers/haraka.js)."""

import json
import os
import re
import shutil
import subprocess

from servers.server import SIZE_LIMIT, Server

_SMTP = """
listen=127.0.0.1:@plain@,127.0.0.1:@auth@,127.0.0.1:@starttls@,127.0.0.1:@tls@
smtps_port=@tls@
nodes=0
"""
_TLS = """
key=@T@/ca/good.key
cert=@T@/ca/good.pem
no_starttls_ports[]=@plain@
no_starttls_ports[]=@auth@
"""


class Haraka(Server):
    name = "haraka"
    modes = ("plain", "auth", "starttls", "tls")

    def __init__(self, root, certificates, where):
        super().__init__(root, certificates)
        self._where = where  # what packages.unpack_haraka () filled

    def start(self):
        folder = self.folder
        self.keys()
        package = os.path.join(self._where, "node_modules/Haraka")
        with open(os.path.join(package, "config/connection.ini")) as file:  # a file of ours replaces all of it
            connection = re.sub("^bytes=.*", "bytes=@SIZE@", file.read(), flags=re.M)
        for name, text in (("smtp.ini", _SMTP), ("connection.ini", connection), ("tls.ini", _TLS),
                           ("plugins", "tls\ninterop\n"), ("me", "mail.example.test\n"), ("loglevel", "NOTICE\n"),
                           ("interop.json", json.dumps({"folder": self.path, "ports": {
                               port: mode for mode, port in self.ports.items()}}))):
            folder.write("haraka/config/" + name, self.place(text, SIZE=SIZE_LIMIT))
        # or it spends its first seconds on finding a prime
        subprocess.run(["openssl", "genpkey", "-genparam", "-algorithm", "DH", "-pkeyopt", "group:ffdhe2048", "-out",
                        folder.at("haraka/config/dhparams.pem")], check=True, stderr=subprocess.PIPE)
        folder.make("haraka/plugins")
        shutil.copy(folder.at("bin/haraka.js"), folder.at("haraka/plugins/interop.js"))
        self.await_ports(self.run("haraka", "node", package + "/bin/haraka", "-c", folder.at("haraka")))
