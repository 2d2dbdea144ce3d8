# SPDX-License-Identifier: LGPL-2.1-or-later
"""Dovecot as the SASL server of Postfix and Exim."""

from namespace import UIDS
from packages import version_of
from servers import dovecot_settings
from servers.server import PASSWORD, USER


def start(server):
    server.folder.make("sasl")
    server.folder.write("sasl/users", "%s:{PLAIN}%s\n" % (USER, PASSWORD), 0o640, gid=UIDS["dovecot"])
    configuration = server.folder.write("sasl/dovecot.conf", server.place(
        dovecot_settings.sasl(version_of(server.folder.root, "dovecot-core")), USERS=server.folder.at("sasl/users"),
        STORE=UIDS["store"]))
    process = server.run("sasl", "dovecot", "-F", "-c", configuration)
    process.await_answer(server.folder.at("sasl/auth"))
