# SPDX-License-Identifier: LGPL-2.1-or-later
"""Exim 4.96 (the heavy build, GnuTLS)."""

from namespace import UIDS
from servers import sasl
from servers.server import SIZE_LIMIT, Server

_CONFIGURATION = """
primary_hostname = mail.example.test
spool_directory = @T@/spool
log_file_path = @T@/log/exim-%s
log_selector = +all_parents +received_recipients +smtp_protocol_error +smtp_syntax_error +tls_cipher
log_timezone = false
pid_file_path = @T@/spool/exim.pid
local_interfaces = <; 127.0.0.1
daemon_smtp_ports = @plain@ : @auth@ : @starttls@ : @tls@ : @bdat0@ : @few@
tls_advertise_hosts = ${if inlist{$received_port}{@plain@:@auth@:@bdat0@:@few@}{}{*}}
tls_certificate = @T@/ca/good.pem
tls_privatekey = @T@/ca/good.key
tls_on_connect_ports = @tls@

auth_advertise_hosts = *
message_size_limit = @SIZE@
smtputf8_advertise_hosts = *
dsn_advertise_hosts = *
chunking_advertise_hosts = ${if eq{$received_port}{@bdat0@}{}{*}}
pipelining_advertise_hosts = *
# Where PIPECONNECT is offered, commands in one packet with EHLO are taken: this is to judge early pipelining.
pipelining_connect_advertise_hosts =
accept_8bitmime = true
prdr_enable = true
smtp_enforce_sync = true
smtp_accept_max = 100
smtp_accept_max_per_host = 100
smtp_accept_max_per_connection = ${if eq{$received_port}{@few@}{10}{1000}}
smtp_accept_queue_per_connection = 0
smtp_max_unknown_commands = 20
recipients_max = 5000
host_lookup =
never_users = root
keep_environment =
check_spool_space = 0
check_log_space = 0
trusted_users = Debian-exim
message_logs = false
acl_smtp_mail = acl_mail
acl_smtp_rcpt = acl_rcpt
acl_smtp_data = acl_data

begin acl
acl_mail:
  accept condition = ${if inlist{$received_port}{@plain@:@bdat0@:@few@}}
  deny !authenticated = *
       message = 530 5.7.0 Authentication required
  accept
acl_rcpt:
  deny local_parts = ^refuse
       message = 550 5.1.1 no such user
  defer local_parts = ^later
       message = 451 4.2.1 try later
  accept local_parts = ^ok
       domains = example.test
  deny message = 550 5.7.1 relay refused
acl_data:
  accept

begin routers
record:
  driver = accept
  domains = example.test
  transport = record

begin transports
record:
  driver = pipe
  command = @T@/bin/record.sh @T@/store ENV $pipe_addresses
  user = store
  group = store
  batch_max = 1000
  message_prefix =
  message_suffix =
  home_directory = /tmp
  current_directory = /tmp
  return_fail_output
  path = /usr/bin:/bin

begin retry
* * F,1h,1m

begin authenticators
"""

_AUTHENTICATOR = """
%s:
  driver = dovecot
  public_name = %s
  server_socket = @T@/sasl/auth
  server_set_id = $auth1
  server_advertise_condition = ${if or {{def:tls_in_cipher}{eq{$received_port}{@auth@}}}}
"""


class Exim(Server):
    name = "exim"
    modes = ("plain", "auth", "starttls", "tls", "bdat0", "few")

    def start(self):
        exim = UIDS["Debian-exim"]
        self.keys(exim)
        self.folder.make("spool", 0o750, exim, exim)
        mechanisms = ("PLAIN", "LOGIN", "CRAM-MD5", "SCRAM-SHA-1", "SCRAM-SHA-256")
        authenticators = [_AUTHENTICATOR % ("a%d" % i, name) for i, name in enumerate(mechanisms)]
        # At the place compiled in, not by -C: the Exim that delivers would lose its privileges for that.
        self.folder.write("ns/etc/exim4/exim4.conf",
                          self.place(_CONFIGURATION + "".join(authenticators), SIZE=SIZE_LIMIT))
        sasl.start(self)
        daemon = self.run("exim", "/usr/sbin/exim4", "-bdf", "-q1m")
        self.await_ports(daemon)
