# SPDX-License-Identifier: LGPL-2.1-or-later
"""Sendmail 8.17. Its configuration is made by m4 from its own macros, in the namespace."""

import socket

from namespace import UIDS
from servers.server import PASSWORD, SIZE_LIMIT, USER, Server

_CONFIGURATION = r"""divert(-1)
include(`/usr/share/sendmail/cf/m4/cf.m4')
OSTYPE(`linux')
define(`confDOMAIN_NAME', `mail.example.test')
define(`QUEUE_DIR', `@T@/queue')
define(`ALIAS_FILE', `')
define(`STATUS_FILE', `@T@/status')
define(`HELP_FILE', `')
define(`confPID_FILE', `@T@/pid')
define(`confCW_FILE', `-o @T@/none')
define(`confCT_FILE', `-o @T@/none')
define(`confCR_FILE', `-o @T@/none')
define(`confDEF_USER_ID', `@STORE@:@STORE@')
define(`confDONT_BLAME_SENDMAIL', `TrustStickyBit')
define(`confTO_IDENT', `0')
define(`confDONT_PROBE_INTERFACES', `True')
define(`confLOG_LEVEL', `14')
define(`confMAX_MESSAGE_SIZE', `@SIZE@')
define(`confMAX_DAEMON_CHILDREN', `200')
define(`confQUEUE_LA', `1000')
define(`confREFUSE_LA', `1000')
define(`confDELAY_LA', `0')
define(`confCACERT_PATH', `@T@/ca')
define(`confCACERT', `@T@/ca/ca.pem')
define(`confSERVER_CERT', `@T@/ca/good.pem')
define(`confSERVER_KEY', `@T@/ca/good.key')
define(`confAUTH_MECHANISMS', `PLAIN LOGIN CRAM-MD5 DIGEST-MD5 SCRAM-SHA-1 SCRAM-SHA-256')
define(`confAUTH_REALM', `example.test')
FEATURE(`no_default_msa')
FEATURE(`accept_unresolvable_domains')
FEATURE(`accept_unqualified_senders')
FEATURE(`nocanonify')
DAEMON_OPTIONS(`Name=plain, Addr=127.0.0.1, Port=@plain@, M=AS')
DAEMON_OPTIONS(`Name=auth, Addr=127.0.0.1, Port=@auth@, M=aS')
DAEMON_OPTIONS(`Name=starttls, Addr=127.0.0.1, Port=@starttls@, M=a')
DAEMON_OPTIONS(`Name=tls, Addr=127.0.0.1, Port=@tls@, M=as')
LOCAL_DOMAIN(`example.test')
LOCAL_CONFIG
Krefuse regex -a@MATCH ^<?refuse
Klater regex -a@MATCH ^<?later
LOCAL_RULE_0
R$+ < @ example.test . >	$#record $@ example.test $: $1 @ example.test
LOCAL_RULESETS
SLocal_check_rcpt
R$*		$: $1 $| $(refuse $1 $)
R$* $| @MATCH	$#error $@ 5.1.1 $: "550 no such user"
R$* $| $*	$: $1 $| $(later $1 $)
R$* $| @MATCH	$#error $@ 4.2.1 $: "451 try later"
R$* $| $*	$: $1
MAILER_DEFINITIONS
Mrecord, P=@T@/bin/record.sh, F=DFMnmu8, S=EnvFromL, R=EnvToL, E=\n, T=DNS/RFC822/X-Unix, U=@STORE@:@STORE@,
	A=record.sh @T@/store $g $u
MAILER(`local')
MAILER(`smtp')
"""
_SASL = """
pwcheck_method: auxprop
auxprop_plugin: sasldb
sasldb_path: @T@/sasldb2
"""
_START = """
m4 "$1/sendmail.mc" > "$1/sendmail.cf"
printf %s "$2" | saslpasswd2 -p -c -f "$1/sasldb2" -u "${3#*@}" "${3%@*}"
exec /usr/libexec/sendmail/sendmail -bD -q5m -C "$1/sendmail.cf"
"""


class Sendmail(Server):
    name = "sendmail"
    modes = ("plain", "auth", "starttls", "tls")

    def start(self):
        folder = self.folder
        self.keys()
        folder.make("queue", 0o700)
        for name in ("sasl2/Sendmail.conf", "mail/sasl/Sendmail.conf.2"):
            folder.write("ns/etc/" + name, self.place(_SASL))
        folder.write("status", "")
        # It waits a minute for a name of this host that has a dot, and asks the DNS of every name.
        folder.write("ns/etc/hosts", "127.0.0.1 localhost mail.example.test\n127.0.1.1 %s.example.test %s\n"
                     % ((socket.gethostname(),) * 2))
        folder.write("ns/etc/nsswitch.conf", "passwd: files\ngroup: files\nhosts: files\nservices: files\n")
        folder.write("ns/etc/mail/service.switch", "hosts files\naliases files\n")
        folder.write("sendmail.mc", self.place(_CONFIGURATION, SIZE=SIZE_LIMIT, STORE=UIDS["store"]))
        self.await_ports(self.run("sendmail", "sh", "-c", _START, "start", self.path, PASSWORD, USER))
