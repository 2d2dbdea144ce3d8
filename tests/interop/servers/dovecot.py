# SPDX-License-Identifier: LGPL-2.1-or-later
"""Dovecot 2.3: submission (a proxy to the server that is given) and LMTP, over TCP and a Unix socket.

It listens on 127.0.0.2: where client and server have one address, Dovecot calls the connection secured and offers all
of AUTH ahead of STARTTLS. STARTTLS cannot be set for each port, so there are two instances.
"""

from delivered import Boxes
from namespace import UIDS
from servers.server import PASSWORD, SIZE_LIMIT, USER, Server

_CONFIGURATION = """
base_dir = @T@/@I@/run
state_dir = @T@/@I@/state
log_path = @T@/log/dovecot-@I@.log
protocols = submission lmtp
ssl_cert = <@T@/ca/good.pem
ssl_key = <@T@/ca/good.key
hostname = mail.example.test
login_trusted_networks =
auth_mechanisms = plain login cram-md5 scram-sha-1 scram-sha-256
auth_verbose = yes
auth_failure_delay = 0
first_valid_uid = 100
mail_location = maildir:@T@/boxes/%u:INDEX=MEMORY
mail_save_crlf = yes
submission_relay_host = 127.0.0.1
submission_relay_port = @BACKEND@
submission_max_mail_size = @SIZE@
submission_max_recipients = 1000
submission_backend_capabilities = 8BITMIME BINARYMIME DSN VRFY
lmtp_add_received_header = yes
lmtp_save_to_detail_mailbox = no
recipient_delimiter =
passdb {
  driver = passwd-file
  args = @T@/users
}
userdb {
  driver = passwd-file
  args = @T@/users
}
protocol lmtp {
  userdb {
    driver = checkpassword
    args = @T@/bin/checkpw.sh
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

_CLEAR = """
ssl = no
disable_plaintext_auth = no
service submission-login {
  inet_listener submission {
    address = 127.0.0.2
    port = @auth@
  }
}
service lmtp {
  user = store
  inet_listener lmtp {
    address = 127.0.0.2
    port = @lmtp@
  }
  unix_listener @T@/lmtp.socket {
    mode = 0666
  }
}
"""

_TLS = """
ssl = required
disable_plaintext_auth = yes
service submission-login {
  inet_listener submission {
    address = 127.0.0.2
    port = @starttls@
  }
  inet_listener submissions {
    address = 127.0.0.2
    port = @tls@
    ssl = yes
  }
}
service lmtp {
  user = store
  inet_listener lmtp {
    address = 127.0.0.2
    port = @lmtp_starttls@
  }
}
"""


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
        instances = (("clear", _CLEAR, ("auth", "lmtp")), ("tls", _TLS, ("starttls", "tls", "lmtp-starttls")))
        for instance, listeners, modes in instances:
            folder.make(instance)
            configuration = folder.write(instance + "/dovecot.conf", self.place(
                _CONFIGURATION + listeners, I=instance, BACKEND=self._backend, SIZE=SIZE_LIMIT))
            process = self.run("dovecot-" + instance, "dovecot", "-F", "-c", configuration)
            self.await_ports(process, modes)
