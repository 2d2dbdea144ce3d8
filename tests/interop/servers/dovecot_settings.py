# SPDX-License-Identifier: LGPL-2.1-or-later
"""Dovecot's settings, in the words of 2.3 and in those of 2.4, where next to all of them have other names."""

_OLD_AUTH = """
auth_mechanisms = plain login cram-md5 scram-sha-1 scram-sha-256
auth_verbose = yes
auth_failure_delay = 0
passdb {
  driver = passwd-file
  args = @USERS@
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
_NEW_AUTH = """
auth_mechanisms = plain login cram-md5 scram-sha-1 scram-sha-256
auth_verbose = yes
auth_failure_delay = 0
auth_internal_failure_delay = 0
passdb passwd-file {
  passwd_file_path = @USERS@
}
service anvil {
  chroot =
  unix_listener anvil-auth-penalty {
    mode = 0
  }
}
service stats {
  chroot =
}
"""

_OLD_SASL = """
base_dir = @T@/sasl/run
state_dir = @T@/sasl/state
log_path = @T@/log/sasl.log
protocols =
ssl = no
disable_plaintext_auth = no
userdb {
  driver = static
  args = uid=@STORE@ gid=@STORE@ home=/tmp
}
service auth {
  unix_listener @T@/sasl/auth {
    mode = 0666
  }
}
"""
_NEW_SASL = """
base_dir = @T@/sasl/run
state_dir = @T@/sasl/state
log_path = @T@/log/sasl.log
protocols =
ssl = no
auth_allow_cleartext = yes
userdb static {
  fields {
    uid = @STORE@
    gid = @STORE@
    home = /tmp
  }
}
service auth {
  unix_listener @T@/sasl/auth {
    mode = 0666
  }
}
"""

# LMTP asks a script which recipients exist: a file of users cannot say "try later".
_OLD_MAIL = """
base_dir = @T@/@I@/run
state_dir = @T@/@I@/state
log_path = @T@/log/dovecot-@I@.log
protocols = submission lmtp
ssl_cert = <@T@/ca/good.pem
ssl_key = <@T@/ca/good.key
hostname = mail.example.test
login_trusted_networks =
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
userdb {
  driver = passwd-file
  args = @USERS@
}
protocol lmtp {
  userdb {
    driver = lua
    args = file=@T@/bin/recipient.lua blocking=yes
  }
}
"""
_NEW_MAIL = """
base_dir = @T@/@I@/run
state_dir = @T@/@I@/state
log_path = @T@/log/dovecot-@I@.log
protocols = submission lmtp
ssl_server_cert_file = @T@/ca/good.pem
ssl_server_key_file = @T@/ca/good.key
hostname = mail.example.test
login_trusted_networks =
first_valid_uid = 100
mail_driver = maildir
mail_path = @T@/boxes/%{user}
mail_index_path = MEMORY
mail_save_crlf = yes
submission_relay_host = 127.0.0.1
submission_relay_port = @BACKEND@
submission_max_mail_size = @SIZE@
submission_max_recipients = 1000
submission_backend_capabilities {
  8BITMIME = yes
  BINARYMIME = yes
  DSN = yes
  VRFY = yes
}
lmtp_add_received_header = yes
lmtp_save_to_detail_mailbox = no
recipient_delimiter =
userdb passwd-file {
  passwd_file_path = @USERS@
}
protocol lmtp {
  userdb lua {
    lua_file = @T@/bin/recipient.lua
  }
}
"""

_OLD_CLEAR = "\nssl = no\ndisable_plaintext_auth = no\n"
_NEW_CLEAR = "\nssl = no\nauth_allow_cleartext = yes\n"
_OLD_TLS = "\nssl = required\ndisable_plaintext_auth = yes\n"
_NEW_TLS = "\nssl = required\nauth_allow_cleartext = no\n"

# The addresses of a listener are @ADDRESS@: the word for them was renamed.
_CLEAR_PORTS = """
service submission-login {
  inet_listener submission {
    @ADDRESS@ = 127.0.0.2
    port = @auth@
  }
  inet_listener submissions {
    port = 0
  }
}
service lmtp {
  user = store
  inet_listener lmtp {
    @ADDRESS@ = 127.0.0.2
    port = @lmtp@
  }
  unix_listener @T@/lmtp.socket {
    mode = 0666
  }
}
"""
_TLS_PORTS = """
service submission-login {
  inet_listener submission {
    @ADDRESS@ = 127.0.0.2
    port = @starttls@
  }
  inet_listener submissions {
    @ADDRESS@ = 127.0.0.2
    port = @tls@
    ssl = yes
  }
}
service lmtp {
  user = store
  inet_listener lmtp {
    @ADDRESS@ = 127.0.0.2
    port = @lmtp_starttls@
  }
}
"""
# It has to be the first setting of all.
_NEW_HEAD = "dovecot_config_version = 2.4.0\ndovecot_storage_version = 2.4.0\n"


def _settings(version, old, new):
    if version < (2, 4):
        return "".join(old).replace("@ADDRESS@", "address")
    return _NEW_HEAD + "".join(new).replace("@ADDRESS@", "listen")


def sasl(version):
    return _settings(version, [_OLD_SASL, _OLD_AUTH], [_NEW_SASL, _NEW_AUTH])


def clear(version):
    return _settings(version, [_OLD_MAIL, _OLD_AUTH, _OLD_CLEAR, _CLEAR_PORTS], [_NEW_MAIL, _NEW_AUTH, _NEW_CLEAR, _CLEAR_PORTS])


def tls(version):
    return _settings(version, [_OLD_MAIL, _OLD_AUTH, _OLD_TLS, _TLS_PORTS], [_NEW_MAIL, _NEW_AUTH, _NEW_TLS, _TLS_PORTS])
