# SPDX-License-Identifier: LGPL-2.1-or-later
"""Every mechanism against a server that knows how it ends: in the clear, over STARTTLS, over TLS from the first octet."""

import base64
import json
import select
import socket
import ssl
import subprocess
import threading

import support
from support import Sink, run

USER, SECRET = 'me', 'pencil-7-secret'
BOUND = ('SCRAM-SHA-256-PLUS', 'SCRAM-SHA-1-PLUS')
PASSWORDS = ('SCRAM-SHA-256', 'SCRAM-SHA-1', 'CRAM-MD5', 'PLAIN', 'LOGIN')
TOKENS = ('OAUTHBEARER', 'XOAUTH2')
NO_KERBEROS = {'KRB5_CONFIG': '/nonexistent', 'KRB5CCNAME': 'FILE:/nonexistent'}
A = 'a@example.com'


def port_of(name):
    return name.rpartition(':')[2]


class Relay:
    """Octets from one side to the other, and what the client said. With TLS of its own on the client's side, and to the
    server like any client, it is the man in the middle; `change` sees what the server says."""

    def __init__(self, case, server, own=None, trust=None, change=None):
        self.listener = socket.create_server(('127.0.0.1', 0))
        self.name = '127.0.0.1:%d' % self.listener.getsockname()[1]
        self.server = server.rpartition(':')[::2]
        self.own, self.trust, self.change = own, trust, change
        self.said = bytearray()
        self.thread = threading.Thread(target=self.serve, daemon=True)
        self.thread.start()
        case.addCleanup(self.close)

    def close(self):
        try:
            self.listener.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass
        self.listener.close()
        self.thread.join(10)

    def serve(self):
        try:
            client, _ = self.listener.accept()
            server = socket.create_connection((self.server[0], int(self.server[1])))
            if self.own is not None:
                server = self.trust.wrap_socket(server, server_hostname='localhost')
                client = self.own.wrap_socket(client, server_side=True)
        except OSError:
            return
        try:
            self.carry(client, server)
        except OSError:
            pass
        client.close()
        server.close()

    def carry(self, client, server):
        """In one thread: two must not use a socket of TLS at once."""
        while True:
            waiting = [s for s in (client, server) if isinstance(s, ssl.SSLSocket) and s.pending()]
            for source in waiting or select.select([client, server], [], [])[0]:
                octets = source.recv(65536)
                if not octets:
                    return
                if source is client:
                    self.said += octets
                    server.sendall(octets)
                else:
                    client.sendall(self.change(octets) if self.change else octets)


class Auth(support.Case):
    def sink(self, *mechanisms, tls=True, user=USER, more=(), script=(), only_1_2=False):
        words = [word for name in mechanisms for word in ('--mechanism', name)]
        sink = Sink(self, '--auth', '%s:%s' % (user, SECRET), *words, *(['--tls-self-signed'] if tls else []), *more, script=script,
                    env={'G_TLS_GNUTLS_PRIORITY': 'NORMAL:-VERS-TLS1.3'} if only_1_2 else None)
        if tls and sink.certificate:
            self.ca = self.file('ca.pem', sink.certificate.encode())
        return sink

    def send(self, server, *args, code=0, secret=SECRET, tls=True, user=USER):
        result = run('-v', '--json', '-S', server, '-f', 'me@example.com', *(['--user', user] if user else []),
                     *(['--ca-file', self.ca] if tls else []), *args, A, input=b'x\n', env={**NO_KERBEROS, **({'MIMESEND_PASSWORD': secret} if user else {})})
        self.check(result, code)
        for octets in (SECRET.encode(), base64.b64encode(SECRET.encode()), base64.b64encode(('\0%s\0%s' % (USER, SECRET)).encode())):
            self.assertNotIn(octets, result.stdout + result.stderr)
        return json.loads(result.stdout), result.stderr.decode()

    def urls(self, sink):
        return 'smtps://localhost:' if '--implicit-tls' in sink.process.args else 'smtp://localhost:'

    # --- it goes well ---

    def test_every_mechanism(self):
        for more in ((), ('--implicit-tls',)):
            for name in BOUND + PASSWORDS + TOKENS + ('ANONYMOUS',):
                with self.subTest(name=name, more=more):
                    sink = self.sink(name, more=more)
                    report, _ = self.send(self.urls(sink) + port_of(sink.name), '--auth', name, *(['--oauth'] if name in TOKENS else []))
                    self.assertEqual(report['auth'], name)
                    self.assertEqual(sink.message()['auth'], {'mechanism': name, 'user': USER})
                    sink.stop()

    def test_bound_to_tls_1_2(self):
        for name in BOUND:
            sink = self.sink(name, only_1_2=True)
            report, _ = self.send('smtp://localhost:' + port_of(sink.name))
            self.assertEqual(report['auth'], name)
            self.assertEqual(report['tls']['version'], 'TLS1.2')
            self.assertEqual(sink.message()['tls']['version'], 'tls-1-2')

    def test_the_strongest(self):
        """Whatever the order in which they are offered."""
        order = BOUND + PASSWORDS
        for i, name in enumerate(order):
            with self.subTest(name):
                sink = self.sink(*reversed(order[i:]))
                report, _ = self.send('smtp://localhost:' + port_of(sink.name))
                self.assertEqual(report['auth'], name)
                sink.stop()
        for i, name in enumerate(TOKENS):
            sink = self.sink(*reversed(TOKENS[i:]), *PASSWORDS)
            self.assertEqual(self.send('smtp://localhost:' + port_of(sink.name), '--oauth')[0]['auth'], name)

    def test_forbidden(self):
        sink = self.sink(*BOUND, *PASSWORDS)
        for words, name in (('!SCRAM-SHA-256-PLUS', 'SCRAM-SHA-1-PLUS'), ('!SCRAM-SHA-256-PLUS,!SCRAM-SHA-1-PLUS', 'SCRAM-SHA-256'),
                            ('PLAIN,LOGIN', 'PLAIN'), ('CRAM-MD5', 'CRAM-MD5')):
            with self.subTest(words):
                self.assertEqual(self.send('smtp://localhost:' + port_of(sink.name), '--auth', words)[0]['auth'], name)

    def test_long_tokens(self):
        """As long as a line takes (RFC 4954 section 4), and no longer: then no connection is made."""
        for name in TOKENS:
            for n, code in ((300, 0), (8192, 0), (8193, None)):
                with self.subTest(name=name, n=n):
                    token = 'x' * n
                    path = self.file('token', token.encode())
                    if code is None:
                        self.refuse(65, '-f', 'me@example.com', '--user', USER, '--oauth', '--password-file', path, A, input=b'x\n',
                                    words=['8192'])
                        continue
                    sink = Sink(self, '--auth', '%s:%s' % (USER, token), '--mechanism', name)
                    report, _ = self.send(sink.name, '--tls', 'none', '--oauth', '--password-file', path, tls=False)
                    self.assertEqual(report['auth'], name)
                    self.assertEqual(sink.message()['violations'], [])

    # --- it does not ---

    def test_wrong_password(self):
        for name in BOUND + PASSWORDS + TOKENS:
            with self.subTest(name):
                sink = self.sink(name)
                report, _ = self.send('smtp://localhost:' + port_of(sink.name), *(['--oauth'] if name in TOKENS else []), code=77,
                                      secret='another-secret')
                self.assertIn('535', report['error']['message'])
                self.assertEqual('status: invalid_token' in report['error']['message'], name in TOKENS)
                self.assertEqual(sink.stop(), [])

    def test_nothing_in_the_clear(self):
        """Loopback may be spoken to in the clear; here it is told not to."""
        for name in PASSWORDS + TOKENS:
            with self.subTest(name):
                sink = self.sink(name, tls=False)
                for args in ((), ('--tls', 'required')):
                    relay = Relay(self, sink.name)
                    report, _ = self.send('smtp+insecure://' + relay.name if not args else relay.name, *args, code=76 if args else 0, tls=False,
                                          *(['--oauth'] if name in TOKENS else []))
                    relay.close()
                    self.assertEqual(b'AUTH' in relay.said, not args)

    # --- another one ---

    def attempts(self, trace):
        return [line.split()[2] for line in trace.splitlines() if '> AUTH ' in line]

    def test_another_mechanism(self):
        """Behind what is about the mechanism, never behind what is about the user; at most three; and it is said."""
        for more in ((), ('--implicit-tls',)):
            for script, code, tried in ((['AUTH#1 reply 504 5.5.4 unknown'], 0, ['SCRAM-SHA-256', 'PLAIN']),
                                        (['AUTH#1 reply 534 5.7.9 too weak'], 0, ['SCRAM-SHA-256', 'PLAIN']),
                                        (['AUTH#1 reply 432 4.7.12 transition'], 0, ['SCRAM-SHA-256', 'PLAIN']),
                                        (['AUTH#1-2 reply 501 5.5.2 no initial response'], 0, ['SCRAM-SHA-256', 'SCRAM-SHA-256', 'PLAIN']),
                                        (['AUTH#1 reply 501 5.5.2 no initial response'], 0, ['SCRAM-SHA-256', 'SCRAM-SHA-256']),
                                        (['AUTH#1 raw "334 %%%\\r\\n"'], 0, ['SCRAM-SHA-256', 'PLAIN']),
                                        (['AUTH#1 raw "334 \\r\\n"'], 0, ['SCRAM-SHA-256', 'PLAIN']),
                                        (['AUTH#1 reply 334 cj1z'], 0, ['SCRAM-SHA-256', 'PLAIN']),
                                        (['AUTH#1-2 reply 504 no'], 0, ['SCRAM-SHA-256', 'PLAIN', 'LOGIN']),
                                        (['AUTH reply 504 no'], 77, ['SCRAM-SHA-256', 'PLAIN', 'LOGIN']),
                                        (['AUTH#1 reply 504 no', 'AUTH#2 reply 535 5.7.8 no'], 77, ['SCRAM-SHA-256', 'PLAIN']),
                                        (['AUTH#1 reply 535 5.7.8 no'], 77, ['SCRAM-SHA-256']), (['AUTH#1 reply 454 4.7.0 no'], 75, ['SCRAM-SHA-256']),
                                        (['RESPONSE#1 reply 535 no'], 77, ['SCRAM-SHA-256']), (['RESPONSE#1 reply 501 no'], 0, ['SCRAM-SHA-256', 'PLAIN'])):
                with self.subTest(script=script, more=more):
                    sink = self.sink('SCRAM-SHA-256', 'PLAIN', 'LOGIN', more=more, script=script)
                    report, trace = self.send(self.urls(sink) + port_of(sink.name), code=code)
                    self.assertEqual(self.attempts(trace), tried)
                    self.assertEqual(report['auth'], tried[-1])
                    self.assertEqual(len(sink.stop()), 1 if code == 0 else 0)
                    warned = ' '.join(report['warnings'])
                    for one, other in zip(tried, tried[1:]) if code == 0 else ():
                        self.assertEqual('by %s did not do' % one in warned and '%s was tried' % other in warned, one != other, warned)

    def test_not_bound_after_all(self):
        """Cyrus 3.6 offers -PLUS under TLS 1.3, does not know its binding, and answers 501."""
        for reply in ('501 5.5.4 SASL protocol error', '504 5.5.4 no', '534 no'):
            for name in BOUND:
                with self.subTest(reply=reply, name=name):
                    sink = self.sink('SCRAM-SHA-1', name, name[:-5], 'PLAIN', script=['AUTH#1 reply ' + reply])
                    report, trace = self.send('smtp://localhost:' + port_of(sink.name))
                    self.assertEqual(self.attempts(trace), [name, name[:-5]])
                    self.assertIn('not bound to TLS', ' '.join(report['warnings']))
                    self.assertIn(reply, ' '.join(report['warnings']))
                    sink.stop()
        sink = self.sink(BOUND[0], BOUND[1], script=['AUTH#1 reply 504 no'])
        self.send('smtp://localhost:' + port_of(sink.name), code=77)
        sink = self.sink(BOUND[0], 'SCRAM-SHA-256', script=['RESPONSE#1 reply 334 ' + base64.b64encode(b'e=channel-bindings-dont-match').decode()])
        report, trace = self.send('smtp://localhost:' + port_of(sink.name), code=77)
        self.assertEqual(self.attempts(trace), [BOUND[0]])
        self.assertIn('in between', report['error']['message'])

    def test_newer_characters(self):
        """SASLprep knows those of Unicode 3.2: what needs it is not even begun."""
        for secret in ('pencil-\u20bd', '\U0001f511', '\u0627a'):
            sink = Sink(self, '--auth', '%s:%s' % (USER, secret), '--tls-self-signed', *[w for n in ('PLAIN', 'LOGIN', 'CRAM-MD5', 'SCRAM-SHA-256', 'SCRAM-SHA-1')
                                                                                         for w in ('--mechanism', n)])
            self.ca = self.file('ca.pem', sink.certificate.encode())
            with self.subTest(secret):
                report, trace = self.send('smtp://localhost:' + port_of(sink.name), secret=secret)
                self.assertEqual(self.attempts(trace), ['PLAIN'])
                self.assertIn('SASLprep', ' '.join(report['warnings']))
                report, trace = self.send('smtp://localhost:' + port_of(sink.name), '--auth', '!PLAIN,!LOGIN', secret=secret, code=77)
                self.assertEqual(self.attempts(trace), [])
                self.assertIn('SASLprep', report['error']['message'])
            sink.stop()

    def test_a_password_that_is_changed(self):
        """SASLprep makes another one of it; a server that has stored what was typed refuses that."""
        for secret in ('pencil\u00a07', '\ufb01ne', 'x\u00ad1', '\u2168'):
            sink = Sink(self, '--auth', '%s:%s' % (USER, secret), '--mechanism', 'SCRAM-SHA-256', '--mechanism', 'PLAIN')
            with self.subTest(secret):
                report, trace = self.send(sink.name, secret=secret, code=77, tls=False)
                self.assertEqual(self.attempts(trace), ['SCRAM-SHA-256'])
                self.assertIn('PLAIN', report['error']['message'])
                self.assertIn('--auth PLAIN', trace)
                self.send(sink.name, '--auth', 'PLAIN', secret=secret, tls=False)
            sink.stop()
        sink = self.sink('SCRAM-SHA-256', tls=False)
        _, trace = self.send(sink.name, secret='another-secret', code=77, tls=False)
        self.assertNotIn('--auth PLAIN', trace)

    # --- what lies behind it ---

    def test_offered_behind_the_login(self):
        """Every extension that a message can ask for; a server may keep it for those it knows."""
        before = 'EHLO#%d raw "250-s\\r\\n250-8BITMIME\\r\\n%s250 AUTH PLAIN\\r\\n"'
        for tls in (False, True):
            for args, to, seen in ((('--notify', 'success'), A, 'NOTIFY=SUCCESS'), (('--return', 'full'), A, 'RET=FULL'),
                                   (('--envelope-id', 'x1'), A, 'ENVID=x1'), ((), 'j\u00fcrgen@example.com', 'SMTPUTF8')):
                with self.subTest(args=args, to=to, tls=tls):
                    script = before % (2 if tls else 1, '')
                    sink = self.sink('PLAIN', tls=tls, script=[script])
                    result = run('-v', '--json', '-S', ('smtp://localhost:' if tls else 'smtp+insecure://127.0.0.1:') + port_of(sink.name), '-f', 'me@example.com', '--user', USER,
                                 *(['--ca-file', self.ca] if tls else []), *args, to, input=b'x\n', env={'MIMESEND_PASSWORD': SECRET})
                    self.check(result, 0)
                    message = sink.message()
                    self.assertIn(seen, message['mail_parameters'] + ' '.join(message['recipient_parameters']))
                    self.assertEqual(json.loads(result.stdout)['warnings'], [])
                    self.assertEqual(result.stderr.decode().count('> EHLO'), 3 if tls else 2)
                    sink.stop()

    # --- other credentials than those that are wanted ---

    def test_other_credentials(self):
        for names, args, words, advice in ((TOKENS, (), ('an access token', 'a password'), '--oauth'), (('XOAUTH2',), (), ('an access token',), '--oauth'),
                                           (('EXTERNAL',), (), ('a client certificate', 'a password'), '--client-cert'),
                                           (('EXTERNAL', 'XOAUTH2'), (), ('an access token', 'a client certificate'), '--client-cert'),
                                           (('PLAIN',), ('--oauth',), ('a password', 'an access token'), 'without --oauth'),
                                           (('SCRAM-SHA-256',), ('--oauth',), ('a password',), 'without --oauth')):
            with self.subTest(names=names, args=args):
                sink = self.sink(*names)
                report, trace = self.send('smtp://localhost:' + port_of(sink.name), *args, code=77)
                self.assertEqual(self.attempts(trace), [])
                self.assertIn(' '.join(names), report['error']['message'])
                for word in words:
                    self.assertIn(word, report['error']['message'])
                self.assertIn(advice, trace)
                self.assertIn(advice, report['error']['advice'])
                sink.stop()

    # --- what is shown of it ---

    def test_the_trace(self):
        """Nothing that the client said within AUTH, nor what it can be guessed from, is shown."""
        for name in PASSWORDS + TOKENS:
            for secret, code in ((SECRET, 0), ('another-secret', 77)):
                with self.subTest(name=name, code=code):
                    sink = self.sink(name, tls=False)
                    heard = []

                    def hear(octets):
                        heard.append(octets)
                        return octets
                    relay = Relay(self, sink.name, change=hear)
                    _, trace = self.send('smtp+insecure://' + relay.name, *(['--oauth'] if name in TOKENS else []), code=code, secret=secret, tls=False)
                    relay.close()
                    self.assertIn('> AUTH ' + name, trace)
                    within = bytes(relay.said).partition(b'AUTH ' + name.encode())[2].partition(b'MAIL')[0].partition(b'QUIT')[0]
                    words = [w for w in within.split() if w]
                    words += [w for line in b''.join(heard).split(b'\r\n') if line.startswith(b'334 ') for w in line.split()[1:]
                              if name.startswith('SCRAM')]
                    self.assertTrue(words)
                    for word in words:
                        self.assertNotIn(word.decode(), trace)
                        decoded = base64.b64decode(word).decode()
                        if decoded.strip('\1') and decoded != USER:  # the user is no secret
                            self.assertNotIn(decoded, trace)

    # --- the man in the middle ---

    def in_the_middle(self, sink, change=None, only_1_2=False):
        """Its certificate is one that the client trusts: no more protects it than the binding."""
        key, certificate = self.dir + '/mitm.key', self.dir + '/mitm.pem'
        subprocess.run(['openssl', 'req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-keyout', key,
                        '-out', certificate, '-days', '2', '-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost'],
                       check=True, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
        own = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        own.load_cert_chain(certificate, key)
        if only_1_2:
            own.maximum_version = ssl.TLSVersion.TLSv1_2
        relay = Relay(self, sink.name, own=own, trust=ssl.create_default_context(cafile=self.ca), change=change)
        self.ca = certificate
        return relay

    def test_man_in_the_middle(self):
        for only_1_2 in (False, True):
            for name in BOUND:
                with self.subTest(name=name, only_1_2=only_1_2):
                    sink = self.sink(name, 'PLAIN', more=('--implicit-tls',), only_1_2=only_1_2)
                    relay = self.in_the_middle(sink, only_1_2=only_1_2)
                    report, _ = self.send('smtps://localhost:' + port_of(relay.name), code=77)
                    self.assertIn('535', report['error']['message'])
                    relay.close()
                    self.assertEqual(report['tls']['version'], 'TLS1.2' if only_1_2 else 'TLS1.3')
                    self.assertIn(b'AUTH ' + name.encode(), relay.said)
                    self.assertNotIn(b'AUTH PLAIN', relay.said)
                    self.assertNotIn(b'MAIL', relay.said)
                    self.assertEqual(sink.stop(), [])

    def test_man_in_the_middle_takes_the_binding_away(self):
        """SCRAM without it goes well; who demands the binding sends nothing."""
        def strip(octets):
            return octets.replace(b'SCRAM-SHA-256-PLUS ', b'')
        for args, code in (((), 0), (('--auth', 'SCRAM-SHA-256-PLUS'), 77)):
            sink = self.sink('SCRAM-SHA-256-PLUS', 'SCRAM-SHA-256', more=('--implicit-tls',))
            relay = self.in_the_middle(sink, change=strip)
            report, _ = self.send('smtps://localhost:' + port_of(relay.name), *args, code=code)
            relay.close()
            self.assertEqual(b'AUTH' in relay.said, code == 0)
            sink.stop()

    def test_false_signature(self):
        """A server that knows all but the password."""
        false = base64.b64encode(b'v=' + base64.b64encode(b'\1' * 32)).decode()
        for name in BOUND + ('SCRAM-SHA-256', 'SCRAM-SHA-1'):
            with self.subTest(name):
                sink = self.sink(name, script=['RESPONSE#1 reply 334 ' + false])
                report, trace = self.send('smtp://localhost:' + port_of(sink.name), code=77)
                self.assertIn('did not prove that it knows the password', report['error']['message'])
                self.assertIn('501 5.7.0 given up', trace)
                self.assertEqual(sink.stop(), [])

    def test_welcome_without_a_proof(self):
        for name in BOUND + ('SCRAM-SHA-256', 'SCRAM-SHA-1'):
            with self.subTest(name):
                sink = self.sink(name, script=['RESPONSE#1 reply 235 2.7.0 fine'])
                report, _ = self.send('smtp://localhost:' + port_of(sink.name), code=77)
                self.assertIn('before it had shown', report['error']['message'])
                self.assertEqual(sink.stop(), [])

    # --- without a password ---

    def test_gssapi_without_a_ticket(self):
        """It is tried where it is named, gives way to what is named beside it, and else is as if it were not offered."""
        sink = self.sink('GSSAPI', 'PLAIN')
        server = 'smtp://localhost:' + port_of(sink.name)
        report, trace = self.send(server, '--auth', 'gssapi', user=None, code=77)
        self.assertIn('GSSAPI: there is no ticket', report['error']['message'])
        self.assertNotIn('> AUTH', trace)
        for args in ((), ('--auth', 'GSSAPI,PLAIN')):
            report, trace = self.send(server, *args)
            self.assertEqual(report['auth'], 'PLAIN')
            self.assertNotIn('> AUTH GSSAPI', trace)
        self.send(server, '--auth', 'GSSAPI,PLAIN', secret='another-secret', code=77)

    def test_external(self):
        key, certificate = self.dir + '/joe.key', self.dir + '/joe.pem'
        subprocess.run(['openssl', 'req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-keyout', key,
                        '-out', certificate, '-days', '2', '-subj', '/CN=joe'], check=True, stdin=subprocess.DEVNULL,
                       stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
        mine = ('--client-cert', certificate, '--client-key', key)
        for only_1_2 in (False, True):
            sink = self.sink('EXTERNAL', 'PLAIN', user='joe', more=('--client-ca', certificate), only_1_2=only_1_2)
            for args, user, code in ((mine + ('--auth', 'external'), None, 0), (mine + ('--auth', 'EXTERNAL'), 'joe', 0),
                                     (mine + ('--auth', 'EXTERNAL'), 'ann', 77), (('--auth', 'EXTERNAL'), None, 77)):
                with self.subTest(args=args, user=user, only_1_2=only_1_2):
                    report, _ = self.send('smtp://localhost:' + port_of(sink.name), *args, user=user, code=code)
                    self.assertEqual(report['auth'], 'EXTERNAL' if code == 0 else report['auth'])
            sink.stop()


if __name__ == '__main__':
    support.main()
