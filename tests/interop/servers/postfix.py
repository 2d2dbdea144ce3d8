# SPDX-License-Identifier: LGPL-2.1-or-later
"""Postfix 3.7, one master with a port for each manner of behaving."""

import os
import time

from namespace import POSTDROP, UIDS
from servers import sasl
from servers.server import SIZE_LIMIT, Server

_MAIN = """
compatibility_level = 3.6
queue_directory = @T@/spool
data_directory = @T@/data
daemon_directory = /usr/lib/postfix/sbin
command_directory = /usr/sbin
shlib_directory = /usr/lib/postfix
meta_directory = @T@/conf
mail_owner = postfix
setgid_group = postdrop
default_privs = nobody
maillog_file = @T@/log/mail.log
maillog_file_prefixes = @T@
myhostname = mail.example.test
mydomain = example.test
mydestination =
mynetworks = 127.255.255.255/32
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
smtpd_peername_lookup = no
alias_maps =
alias_database =
local_recipient_maps =
virtual_mailbox_domains = example.test
virtual_mailbox_maps = regexp:@T@/conf/boxes
virtual_transport = record
record_destination_recipient_limit = 1000
default_transport = error:no relaying
message_size_limit = @SIZE@
mailbox_size_limit = 0
virtual_mailbox_limit = 0
queue_minfree = 0
default_process_limit = 50
smtpd_recipient_restrictions = check_recipient_access regexp:@T@/conf/rcpt, reject_unauth_destination
smtpd_relay_restrictions = reject_unauth_destination
smtpd_tls_chain_files = @T@/ca/good.key, @T@/ca/good.pem
smtpd_tls_loglevel = 1
smtpd_tls_received_header = yes
tls_random_source = dev:/dev/urandom
smtpd_sasl_type = dovecot
smtpd_sasl_path = @T@/sasl/auth
smtpd_sasl_security_options = noanonymous
smtp_host_lookup = native
smtpd_forbid_unauth_pipelining = no
smtpd_forbid_bare_newline = no
"""

# Refusals must not slow down or end the other tests. The port "defaults" goes without these: it is what the world has.
_PATIENT = ("-o smtpd_recipient_overshoot_limit=1000 -o smtpd_soft_error_limit=1000 -o smtpd_hard_error_limit=1000 "
            "-o smtpd_error_sleep_time=0")
_AUTH = ("-o smtpd_sasl_auth_enable=yes -o smtpd_delay_reject=no -o {smtpd_sender_restrictions="
         "permit_sasl_authenticated, check_sender_access static:{530 5.7.0 Authentication required}}")
_CLEAR = "-o smtpd_tls_security_level=none"
_STARTTLS = "-o smtpd_tls_security_level=may -o smtpd_tls_auth_only=yes"
_TLS = "-o smtpd_tls_wrappermode=yes -o smtpd_tls_security_level=encrypt"
_STRICT = ("-o smtpd_forbid_unauth_pipelining=yes -o {smtpd_data_restrictions=reject_unauth_pipelining} "
           "-o smtpd_forbid_bare_newline=reject -o smtpd_forbid_bare_newline_exclusions= "
           "-o strict_rfc821_envelopes=yes -o smtpd_helo_required=yes -o strict_mime_encoding_domain=yes")


def _certificate(name):
    return "-o {smtpd_tls_chain_files=@T@/ca/%s.key, @T@/ca/%s.pem}" % (name, name)


_PORTS = {
    "plain": [_PATIENT, _CLEAR],
    "auth": [_PATIENT, _CLEAR, _AUTH],
    "starttls": [_PATIENT, _STARTTLS, _AUTH],
    "tls": [_PATIENT, _TLS, _AUTH],
    "strict": [_PATIENT, _CLEAR, _STRICT],
    "strict-tls": [_PATIENT, _TLS, _STRICT, _AUTH],
    "bdat0": [_PATIENT, _CLEAR, "-o smtpd_discard_ehlo_keywords=chunking,silent-discard"],
    "serial": [_PATIENT, _CLEAR, "-o smtpd_discard_ehlo_keywords=chunking,pipelining,silent-discard"],
    "sevenbit": [_PATIENT, _CLEAR, "-o smtpd_discard_ehlo_keywords=8bitmime,smtputf8,silent-discard"],
    "tls-bare": [_PATIENT, _TLS, "-o smtpd_discard_ehlo_keywords=chunking,pipelining,8bitmime,smtputf8,size,dsn,"
                 "enhancedstatuscodes,silent-discard"],
    "tiny": [_PATIENT, _CLEAR, "-o message_size_limit=4096 -o smtpd_recipient_limit=3"],
    "defaults": [_CLEAR],
    "starttls-untrusted": [_PATIENT, _STARTTLS, _certificate("untrusted")],
    "tls-untrusted": [_PATIENT, _TLS, _certificate("untrusted")],
    "tls-expired": [_PATIENT, _TLS, _certificate("expired")],
    "tls-wronghost": [_PATIENT, _TLS, _certificate("wronghost")],
}

_SERVICES = """
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
tlsmgr unix - - n 1000? 1 tlsmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
verify unix - - n - 1 verify
flush unix n - n 1000? 0 flush
proxymap unix - - n - - proxymap
error unix - - n - - error
retry unix - - n - - error
discard unix - - n - - discard
anvil unix - - n - 1 anvil
scache unix - - n - 1 scache
smtp unix - - n - - smtp
postlog unix-dgram n - n - 1 postlogd
record unix - n n - 20 pipe user=store:store null_sender= argv=@T@/bin/record.sh @T@/store ${sender} ${recipient}
"""

_RECIPIENTS = r"""
/^refuse.*@example\.test$/ 550 5.1.1 no such user
/^later.*@example\.test$/ 451 4.2.1 try later
/^ok.*@example\.test$/ DUNNO
/./ 550 5.7.1 relay refused
"""


class Postfix(Server):
    name = "postfix"
    modes = tuple(_PORTS)

    def start(self):
        folder, postfix = self.folder, UIDS["postfix"]
        self.keys()
        folder.make("data", 0o755, postfix, postfix)
        folder.make("spool")
        for queue in ("active", "bounce", "corrupt", "defer", "deferred", "flush", "hold", "incoming", "private",
                      "saved", "trace"):
            folder.make("spool/" + queue, 0o700, postfix)
        folder.make("spool/maildrop", 0o1730, postfix, POSTDROP)
        folder.make("spool/public", 0o2710, postfix, POSTDROP)
        folder.make("spool/pid")
        folder.write("conf/main.cf", self.place(_MAIN, SIZE=SIZE_LIMIT))
        ports = ["127.0.0.1:%d inet n - n - - smtpd -o syslog_name=postfix/%s %s"
                 % (self.ports[mode], mode, " ".join(options)) for mode, options in _PORTS.items()]
        folder.write("conf/master.cf", self.place("\n".join(ports) + _SERVICES))
        folder.write("conf/rcpt", _RECIPIENTS)
        folder.write("conf/boxes", "/^ok.*@example\\.test$/ ok\n")
        for name in os.listdir(folder.at("conf")):  # a file changed within the last second is read again and again
            os.utime(folder.at("conf", name), (time.time() - 60,) * 2)
        sasl.start(self)
        master = self.run("postfix", "/usr/lib/postfix/sbin/master", "-d", "-c", folder.at("conf"),
                          environment={"PATH": os.environ["PATH"], "MAIL_CONFIG": folder.at("conf")})
        self.await_ports(master)
