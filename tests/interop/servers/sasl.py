# SPDX-License-Identifier: LGPL-2.1-or-later
"""Dovecot as the SASL server of Postfix and Exim."""

from namespace import UIDS
from servers.server import PASSWORD, USER

_CONFIGURATION = """
base_dir = @T@/sasl/run
state_dir = @T@/sasl/state
log_path = @T@/log/sasl.log
protocols =
ssl = no
disable_plaintext_auth = no
auth_mechanisms = plain login cram-md5 scram-sha-1 scram-sha-256
auth_verbose = yes
auth_failure_delay = 0
passdb {
  driver = passwd-file
  args = @T@/sasl/users
}
userdb {
  driver = static
  args = uid=887 gid=887 home=/tmp
}
service auth {
  unix_listener @T@/sasl/auth {
    mode = 0666
  }
}
service anvil {
  chroot =
  # Or each wrong password makes the next login from this address wait longer.
  unix_listener anvil-auth-penalty {
    mode = 0
  }
}
service stats {
  chroot =
}
"""


def start(server):
    server.folder.make("sasl")
    server.folder.write("sasl/users", "%s:{PLAIN}%s\n" % (USER, PASSWORD), 0o640, gid=UIDS["dovecot"])
    configuration = server.folder.write("sasl/dovecot.conf", server.place(_CONFIGURATION))
    process = server.run("sasl", "dovecot", "-F", "-c", configuration)
    process.await_answer(server.folder.at("sasl/auth"))
