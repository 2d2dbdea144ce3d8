# SPDX-License-Identifier: LGPL-2.1-or-later
"""TLS that is wrong, and logins with an eavesdropper: nothing secret leaves, nothing wrong is believed."""

import base64
import concurrent.futures
import os
import random
import socket
import ssl
import subprocess
import threading
import time
import warnings

import peer
import support
from peer import Peer, context, send, speak

ALL = os.environ.get('MIMESEND_HOSTILE') == 'all'
SEED = int(os.environ.get('MIMESEND_SEED', random.SystemRandom().randrange(1 << 30)))
RANDOM = random.Random(SEED)
ME = ('-f', 'me@example.com')
A = 'a@example.com'
MESSAGE = ('--message-text', 'Subject: x\n\nbody\n')
ENV = {'MIMESEND_PASSWORD': peer.PASSWORD}
LOGIN = ('--user', peer.USER)
CLEAR = ('--tls', 'none')


def port(server, host='127.0.0.1'):
    return '%s:%d' % (host, server.port)


class Wrong(support.Case):
    def play(self, serve, *args, code, host='127.0.0.1', scheme='', words=(), login=False, secret=False, wires=1):
        with Peer(serve) as server:
            result = send('-S', scheme + port(server, host), *ME, *MESSAGE, *(LOGIN if login else ()), *args, A,
                          env=ENV if login else None)
        self.assertFalse(server.faults, result.words())
        self.assertIn(result.code, code if isinstance(code, tuple) else (code,), result.words())
        for word in words:
            self.assertIn(word, result.err.decode(), result.words())
        if wires is not None:
            self.assertEqual(len(server.wires), wires, result.words())
        for wire in server.wires:
            for octets in peer.SECRETS:
                self.assertTrue(secret or octets not in wire.received, result.words())
            if code != 0:
                self.assertNotIn(b'MAIL', wire.received, result.words())
        return result, server

    # --- certificates ---

    def test_certificates(self):
        cases = (('good', '127.0.0.1', 0), ('good', 'localhost', 0), ('expired', '127.0.0.1', 76), ('self', '127.0.0.1', 76),
                 ('wrong', '127.0.0.1', 76), ('wrong', 'localhost', 76), ('ip', '127.0.0.1', 0), ('ip', 'localhost', 76),
                 ('dnsip', '127.0.0.1', 76))
        for certificate, host, code in cases:
            for login in (False, True):
                for args, how in ((('--tls', 'implicit'), {'implicit': context(certificate)}),
                                  (('--tls', 'required'), {'tls': context(certificate)})):
                    with self.subTest(certificate=certificate, host=host, login=login, args=args):
                        self.play(lambda wire: speak(wire, offers=('AUTH PLAIN',), **how), *args, '--ca-file', peer.ca(), host=host,
                                  login=login, code=code, secret=code == 0)

    def test_unverified_without_credentials(self):
        """A bare host: the certificate cannot be verified, TLS is used all the same, and it is said."""
        for certificate in ('expired', 'self', 'wrong'):
            with self.subTest(certificate):
                result, server = self.play(lambda wire: speak(wire, tls=context(certificate)), '--ca-file', peer.ca(), code=0)
                self.assertEqual(result.report['tls']['verified'], False, result.words())
                self.assertTrue(result.report['tls']['reason'], result.words())
                # with credentials it must verify
                self.play(lambda wire: speak(wire, offers=('AUTH PLAIN',), tls=context(certificate)), '--ca-file', peer.ca(),
                          '--tls', 'opportunistic', login=True, code=76)
                self.play(lambda wire: speak(wire, offers=('AUTH PLAIN',), tls=context(certificate)), '--ca-file', peer.ca(),
                          login=True, code=76)

    def test_old_versions(self):
        old = context()
        warnings.simplefilter('ignore', DeprecationWarning)
        old.set_ciphers('ALL:@SECLEVEL=0')
        old.minimum_version = ssl.TLSVersion.TLSv1
        old.maximum_version = ssl.TLSVersion.TLSv1_1
        for args, how in ((('--tls', 'implicit'), {'implicit': old}), (('--tls', 'required'), {'tls': old})):
            with self.subTest(args):
                self.play(lambda wire: speak(wire, offers=('AUTH PLAIN',), **how), *args, '--ca-file', peer.ca(), login=True, code=76)

    # --- a server that judges the client ---

    def judging(self, only=None):
        judge = context()
        judge.verify_mode = ssl.CERT_REQUIRED
        judge.load_verify_locations(peer.ca())
        if only is not None:
            judge.minimum_version = judge.maximum_version = only
        return judge

    def test_client_certificate(self):
        """Under TLS 1.3 the server's verdict comes behind our last word of the handshake; it is told like that of 1.2."""
        folder = peer.certificates()

        def pair(name):
            return '--client-cert', os.path.join(folder, name + '.pem'), '--client-key', os.path.join(folder, name + '.key')
        for only in (ssl.TLSVersion.TLSv1_3, ssl.TLSVersion.TLSv1_2, None):
            for tls, how in ((('--tls', 'implicit'), 'implicit'), (('--tls', 'required'), 'tls')):
                for own, code, words in (((), 76, 'broke TLS off'), (pair('self'), 76, 'broke TLS off'), (pair('good'), 0, '')):
                    for login in (False, True):
                        with self.subTest(only=only, tls=tls, own=own, login=login):
                            judge = self.judging(only)
                            result, _ = self.play(lambda wire: speak(wire, offers=('AUTH PLAIN', 'PIPELINING'), **{how: judge}), *tls, '--ca-file', peer.ca(), *own,
                                                  login=login, code=code, words=(words,), secret=code == 0)
                            if code != 0:
                                self.assertEqual(result.report['error']['stage'], 'tls', result.words())
                            if code != 0 and only != ssl.TLSVersion.TLSv1_2:
                                self.assertIn('client certificate', result.report['error']['message'])
                            if own == () and only != ssl.TLSVersion.TLSv1_2:
                                self.assertIn('--client-cert', result.err.decode())

    def test_client_certificate_probed(self):
        for scheme, how in (('smtps://', 'implicit'), ('smtp://', 'tls')):
            judge = self.judging(ssl.TLSVersion.TLSv1_3)
            with Peer(lambda wire: speak(wire, **{how: judge})) as server:
                said = self.probe(scheme + port(server), '--ca-file', peer.ca())
            self.assertIn('it wants a client certificate', said)

    def test_client_certificate_on_a_bare_host(self):
        """Without credentials it goes in the clear, whichever version says no."""
        for only in (ssl.TLSVersion.TLSv1_3, ssl.TLSVersion.TLSv1_2):
            with self.subTest(only):
                judge = self.judging(only)
                result, server = self.play(lambda wire: speak(wire, tls=judge), code=0, wires=2)
                self.assertIn('broke TLS off', ' '.join(result.report['warnings']), result.words())

    # --- the wrong port ---

    def probe(self, server, *args):
        done = subprocess.run([support.MIMESEND, 'probe', '--json', server, *args], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                              stderr=subprocess.PIPE, env=support.environment(), timeout=60)
        self.assertNotEqual(done.returncode, 0)
        return done.stdout.decode()

    def test_tls_to_a_plain_port(self):
        def plain(wire):
            wire.say(b'220 host ESMTP\r\n')
            wire.drain()
        for greeting in (b'220 host ESMTP\r\n', b'220-a\r\n220 b\r\n', b'220\r\n'):
            def serve(wire):
                wire.say(greeting)
                wire.drain()
            _, server = self.play(serve, '--tls', 'implicit', code=76, words=('in the clear where TLS was due: this port wants STARTTLS',))
        result, server = self.play(plain, '--tls', 'implicit', code=76)
        self.assertIn('write smtp://127.0.0.1:%d' % server.port, result.err.decode())
        self.assertIn('write smtp://127.0.0.1:%d' % server.port, result.report['error']['message'])
        with Peer(plain) as server:
            self.assertIn('this port wants STARTTLS: write smtp://127.0.0.1:%d' % server.port, self.probe('smtps://' + port(server)))
        for octets in (b'\x15\x03\x01\x00\x02\x02\x28', b'\x16\x03\x03', b'\0' * 5, b'HTTP/1.0 400 x\r\n', b'\xff' * 20000):
            with self.subTest(octets[:8]):
                def serve(wire):
                    wire.say(octets)
                    wire.sock.shutdown(1)
                    wire.drain()
                result, _ = self.play(serve, '--tls', 'implicit', '--timeout', '2', code=76 if octets[:3] != b'\x16\x03\x03' else 75)

    def test_turned_away_in_the_clear(self):
        """A server that takes no client now, or not this one, may say so ahead of any TLS. It is quoted; it proves nothing."""
        def once(reply, end, apart=False):
            def serve(wire):
                for octets in [bytes([c]) for c in reply] if apart else [reply]:
                    wire.say(octets)
                if end:
                    wire.sock.shutdown(socket.SHUT_WR)
                wire.drain()
            return serve
        for reply, code in ((b'421 4.3.2 too many connections\r\n', 75), (b'450 4.7.1 later\r\n', 75), (b'554 blocked, see https://bl.example\r\n', 76),
                            (b'554-blocked\r\n554 see https://bl.example\r\n', 76), (b'521 not here\r\n', 76)):
            text = ' '.join(line[4:] for line in reply.decode().split('\r\n')).strip()
            for end in (False, True):
                for apart in (False, True):
                    with self.subTest(reply=reply, end=end, apart=apart):
                        result, _ = self.play(once(reply, end, apart), '--tls', 'implicit', code=code, words=(reply[:3].decode() + ' ' + text, 'unauthenticated'))
                        self.assertNotIn('STARTTLS', result.report['error']['message'])
                        self.assertEqual(result.report['outcome'], 'deferred' if code == 75 else 'not-tried')

                        def behind(wire):
                            wire.say(b'220 go\r\n')
                            wire.fill()  # the client begins
                            once(reply, end, apart)(wire)
                        result, _ = self.play(lambda wire: speak(wire, offers=('AUTH PLAIN',), tls=context(), answers={'STARTTLS': behind}), '--tls', 'required',
                                              login=True, code=code, words=(reply[:3].decode() + ' ' + text, 'unauthenticated'))
        with Peer(once(b'421 busy\r\n', True)) as server:
            self.assertIn('421 busy', self.probe('smtps://' + port(server)))
            result = send('-S', 'smtps://%s,smtps://%s' % (port(server), port(server)), *ME, *MESSAGE, A)
        self.assertEqual(result.code, 75, result.words())
        self.assertEqual(len(server.wires), 3)

    def test_plain_to_a_tls_port(self):
        """Such a server waits, and at its own end says so in TLS or goes without a word."""
        def waits(wire):
            speak(wire, implicit=context())

        def goes(wire):
            wire.sock.shutdown(1)
            wire.drain()
        for scheme in ('', 'smtp://', 'smtp+insecure://'):
            for serve in (waits, goes):
                with self.subTest(scheme=scheme, serve=serve.__name__):
                    result, server = self.play(serve, '--timeout', '1', scheme=scheme, code=75,
                                               words=('a port that wants TLS from the first octet is as silent',))
                    self.assertIn('write smtps://127.0.0.1:%d' % server.port, result.report['error']['message'])
        with Peer(waits) as server:
            self.assertIn('write smtps://127.0.0.1:%d' % server.port, self.probe('smtp://' + port(server), '--timeout', '1'))
        for octets in (b'\x15\x03\x01\x00\x02\x02\x28', b'\x16\x03\x03\x00\x01'):
            def serve(wire):
                wire.say(octets)
                wire.sock.shutdown(1)
                wire.drain()
            with self.subTest(octets):
                result, server = self.play(serve, '--timeout', '2', code=76, words=('spoke TLS where SMTP was due',))
                self.assertIn('write smtps://127.0.0.1:%d' % server.port, result.err.decode())
                with Peer(serve) as server:
                    self.assertIn('write smtps://127.0.0.1:%d' % server.port, self.probe('smtp://' + port(server)))

    # --- STARTTLS ---

    def test_hidden(self):
        for login in (False, True):
            _, server = self.play(lambda wire: speak(wire, offers=('AUTH PLAIN',)), '--tls', 'required', login=login, code=76,
                                  words=('STARTTLS',))
            self.assertNotIn(b'AUTH', server.wires[0].received)
        for odd in ('STARTTLSX', 'XSTARTTLS', 'START TLS', 'STARTTL\x01S'):
            self.play(lambda wire: speak(wire, offers=('AUTH PLAIN', odd)), '--tls', 'required', login=True, code=76)

    def test_refused(self):
        for octets, code in ((b'454 4.7.0 not now\r\n', 75), (b'500 what\r\n', 76), (b'554 no\r\n', 76), (b'250 odd\r\n', 76),
                             (b'354 odd\r\n', 76), (b'220-a\r\n250 b\r\n', 76), (b'421 bye\r\n', 75)):
            with self.subTest(octets):
                self.play(lambda wire: speak(wire, tls=context(), answers={'STARTTLS': octets}), '--tls', 'required', code=code)

    def test_refused_on_a_bare_host(self):
        """Once more, in the clear, and it is said; never with credentials."""
        result, server = self.play(lambda wire: speak(wire, tls=context(), answers={'STARTTLS': b'454 no\r\n'}), code=0, wires=2)
        self.assertTrue(result.report['warnings'], result.words())
        self.assertIsNone(result.report['tls'])
        self.play(lambda wire: speak(wire, offers=('AUTH PLAIN',), tls=context(), answers={'STARTTLS': b'454 no\r\n'}), '--tls',
                  'opportunistic', login=True, code=75, wires=1)

    def test_injection(self):
        """What comes behind the 220 was meant to be believed under TLS."""
        for octets in (b'250 injected\r\n', b'250-host\r\n250 AUTH PLAIN\r\n', b'2', b'\0', b'454 no\r\n', b'\x16\x03\x01'):
            def together(wire):
                wire.say(b'220 go\r\n' + octets)
                wire.drain()

            def apart(wire):
                wire.say(b'220 go\r\n')
                wire.say(octets)
                wire.sock.shutdown(1)
                wire.drain()
            for how in (together, apart):
                if how is apart and octets in (b'2', b'\0', b'\x16\x03\x01'):
                    continue  # the beginning of a record, which is cut
                # apart it may be read as the answer to our handshake, and 4yz there is “later”
                code = (76, 75) if how is apart and octets.startswith(b'4') else (76,)
                with self.subTest(octets=octets, how=how.__name__):
                    words = ('unauthenticated, it said: ' + octets[:3].decode(),) if len(octets) > 3 else ()
                    if how is together:
                        words += ('behind its 220 to STARTTLS, ahead of the TLS handshake',)
                    self.play(lambda wire: speak(wire, offers=('AUTH PLAIN',), tls=context(), answers={'STARTTLS': how}), '--tls',
                              'required', '--ca-file', peer.ca(), '--timeout', '2', login=True, code=code, words=words)

    def test_injection_on_a_bare_host(self):
        """It is no excuse to go on in the clear."""
        def together(wire):
            wire.say(b'220 go\r\n250 injected\r\n')
            wire.drain()
        self.play(lambda wire: speak(wire, tls=context(), answers={'STARTTLS': together}), code=76, wires=1)

    def test_capabilities_are_forgotten(self):
        def serve(wire):
            def ehlo(wire):
                if isinstance(wire.sock, ssl.SSLSocket):
                    return b'250-host\r\n250 AUTH SCRAM-SHA-256\r\n'
                return b'250-host\r\n250-STARTTLS\r\n250-AUTH PLAIN LOGIN\r\n250-SIZE 1\r\n250-PIPELINING\r\n250 CHUNKING\r\n'
            speak(wire, tls=context(), answers={'EHLO': ehlo})
        result, server = self.play(serve, '--tls', 'required', '--ca-file', peer.ca(), login=True, code=0)
        self.assertEqual(result.report['auth'], 'SCRAM-SHA-256')
        self.assertNotIn(b'BDAT', server.wires[0].received)
        self.assertNotIn(b'SIZE', server.wires[0].received)

        def none_left(wire):
            speak(wire, tls=context(), answers={'EHLO': lambda wire: b'250 host\r\n' if isinstance(wire.sock, ssl.SSLSocket)
                                                else b'250-host\r\n250-STARTTLS\r\n250 AUTH PLAIN\r\n'})
        self.play(none_left, '--tls', 'required', '--ca-file', peer.ca(), login=True, code=77)

    def test_one_server_s_fault_is_not_another_s(self):
        """The second of a list spoils its handshake, and is spoken to in the clear; the first is not for that."""
        tls = context()
        firsts, seconds = iter((b'421 4.3.2 later\r\n',)), iter((b'220 host\r\n',))

        def spoil(wire):
            wire.put(b'220 2.0.0 go\r\n')
            wire.fill()
            wire.put(b'no record of TLS\r\n')
            raise peer.Cut

        def second(wire):
            speak(wire, offers=('STARTTLS',), greeting=next(seconds, b'421 4.3.2 later\r\n'), answers={'STARTTLS': spoil})
        with Peer(lambda wire: speak(wire, tls=tls, greeting=next(firsts, b'220 host\r\n'))) as one, Peer(second) as two:
            result = send('-S', '%s,%s' % (one.name, two.name), '--retry', '1', *ME, *MESSAGE, A)
        self.assertEqual(result.code, 0, result.words())
        self.assertEqual(len(two.wires), 2)
        self.assertIn(b'STARTTLS', one.wires[-1].received)
        self.assertIsNotNone(result.report['tls'])

    def test_starttls_twice(self):
        """Offered again under TLS: not taken."""
        def serve(wire):
            speak(wire, tls=context(), answers={'EHLO': b'250-host\r\n250 STARTTLS\r\n'})
        _, server = self.play(serve, '--tls', 'required', '--ca-file', peer.ca(), code=0)
        self.assertEqual(server.wires[0].received.count(b'STARTTLS'), 1)

    def test_replies_with_the_handshake(self):
        """A greeting of its own right after the handshake: it is not due."""
        def serve(wire):
            speak(wire, tls=context(), answers={'EHLO': lambda wire: b'220 again\r\n250 host\r\n'
                                                if isinstance(wire.sock, ssl.SSLSocket) else b'250-host\r\n250 STARTTLS\r\n'})
        self.play(serve, '--tls', 'required', '--ca-file', peer.ca(), code=76)

    # --- the octets of TLS itself ---

    def relay(self, inner, most, how):
        """To a right server; of what that says only `most` octets pass."""
        def serve(wire):
            up = socket.create_connection(('127.0.0.1', inner.port))

            def upwards():
                try:
                    while True:
                        octets = wire.sock.recv(65536)
                        if not octets:
                            break
                        up.sendall(octets)
                    up.shutdown(1)
                except OSError:
                    pass
            thread = threading.Thread(target=upwards, daemon=True)
            thread.start()
            left = most
            try:
                while left > 0:
                    octets = up.recv(min(left, 65536))
                    if not octets:
                        break
                    left -= len(octets)
                    if how == 'split':
                        for i in range(len(octets)):
                            wire.put(octets[i:i + 1])
                    else:
                        wire.put(octets)
                    wire.passed = most - left
                if how == 'reset':
                    wire.sock.shutdown(socket.SHUT_RD)
                    thread.join(10)  # the last who uses it
                    wire.reset()
                elif how == 'stall':
                    thread.join(10)  # until the client goes
                else:
                    wire.sock.shutdown(socket.SHUT_RDWR)
            finally:
                up.close()
                thread.join(10)
        return Peer(serve)

    def through(self, most, how, args, **more):
        with Peer(lambda wire: speak(wire, **more)) as inner, self.relay(inner, most, how) as relay:
            result = send('-S', relay.name, *ME, *MESSAGE, *args, '--ca-file', peer.ca(), '--timeout', '1', '--final-timeout', '1', A)
        return result, inner.wires[0] if inner.wires else None, relay.wires[0]

    def test_records_are_cut(self):
        """Any octet of the records, whatever they hold: no success that was not given, no doubt that there is none."""
        for args, more in ((('--tls', 'implicit'), {'implicit': context()}), (('--tls', 'required'), {'tls': context(), 'offers': ('PIPELINING',)})):
            result, _, relay = self.through(1 << 30, 'pass', args, **more)
            self.assertEqual(result.code, 0, result.words())
            total = relay.passed
            result, _, _ = self.through(1 << 30, 'split', args, **more)
            self.assertEqual(result.code, 0, result.words())
            points = range(0, total) if ALL else sorted(RANDOM.sample(range(total), 30)) + list(range(total - 12, total))
            for how in ('close', 'reset', 'stall'):
                def one(point):
                    result, wire, _ = self.through(point, how, args, **more)
                    where = '%s at %d of %d: %s' % (how, point, total, result.words())
                    ended = wire is not None and wire.ended
                    said = ended and any(r.startswith(b'250 2.0.0 queued') for r in wire.replies)
                    if result.code == 0:
                        assert said, where
                    elif result.code == 74:
                        assert ended, where
                    else:
                        assert result.code == 75 and not ended, where
                some = [p for p in points if how != 'stall' or ALL or p % 4 == 0]
                with concurrent.futures.ThreadPoolExecutor(12) as pool:
                    for future in [pool.submit(one, point) for point in some]:
                        future.result()

    def test_handshake_drips(self):
        """Octets that drip in reset no timer, and the deadline holds for the handshake."""
        for option in ('--timeout', '--deadline'):
            def serve(wire):
                wire.fill()
                for i in range(1000):
                    wire.put((b'\x16\x03\x03\x40\x00\x02\x00\x3f\xfc' + b'\x03' * 1000)[i:i + 1])
                    time.sleep(0.05)  # this is the attack, not a wait
            with self.subTest(option), Peer(serve) as server:
                result = send('-S', server.name, *ME, *MESSAGE, '--tls', 'implicit', option, '1', A)
            self.assertIn(result.code, (75, 76), result.words())
            self.assertLess(result.seconds, 20)

    def test_handshake_floods(self):
        for octets in (b'\x16\x03\x03\x40\x00' + b'\x02\xff\xff\xff' + b'A' * 16380, b'\x15\x03\x03\x00\x02\x01\x00' * 2000,
                       b'\x17\x03\x03\x40\x00' + b'A' * 16384, b'\x14\x03\x03\x00\x01\x01' * 2000):
            def serve(wire):
                wire.fill()
                for _ in range(1000):
                    wire.put(octets)
                wire.drain()
            with self.subTest(octets[:9]), Peer(serve) as server:
                result = send('-S', server.name, *ME, *MESSAGE, '--tls', 'implicit', '--timeout', '2', A)
            self.assertIn(result.code, (75, 76), result.words())

    def test_nobody_accepts(self):
        """A listener whose queue is full: connecting hangs, but not for long."""
        listener = socket.create_server(('127.0.0.1', 0), backlog=0)
        fill = []
        for _ in range(4):
            one = socket.socket()
            one.setblocking(False)
            one.connect_ex(listener.getsockname())
            fill.append(one)
        for option in ('--timeout', '--deadline'):
            result = send('-S', '127.0.0.1:%d' % listener.getsockname()[1], *ME, *MESSAGE, option, '1', A)
            self.assertEqual(result.code, 75, result.words())
        for one in fill:
            one.close()
        listener.close()

    # --- logins ---

    def login(self, code, *offers, words=(), secret=False, wires=1, **answers):
        return self.play(lambda wire: speak(wire, offers=offers, answers=answers), *CLEAR, scheme='smtp+insecure://', login=True,
                         code=code, words=words, secret=secret, wires=wires)

    def test_plain(self):
        self.login(0, 'AUTH PLAIN', secret=True)
        for octets, code in ((b'535 5.7.8 no\r\n', 77), (b'454 4.7.0 later\r\n', 75), (b'432 later\r\n', 75), (b'504 no\r\n', 77), (b'421 bye\r\n', 75),
                             (b'250 odd\r\n', 76), (b'354 odd\r\n', 76), (b'235-a\r\n535 b\r\n', 76), (b'334 VXNlcjo=\r\n', None)):
            with self.subTest(octets):
                if code is None:
                    continue
                self.login(code, 'AUTH PLAIN', AUTH=octets, secret=True)

    def test_no_common_mechanism(self):
        for offer in ('AUTH', 'AUTH GSSAPI NTLM', 'AUTH PLA\x01IN', 'AUTH PLAIN\x1b', 'AUTH \xffPLAIN', 'AUTH PLAIN,LOGIN', 'AUTH ANONYMOUS EXTERNAL',
                      'XAUTH PLAIN', 'AUTH "PLAIN"', 'AUTH PLAIN\0'):
            with self.subTest(offer):
                self.login(76 if '\0' in offer else 77, offer)

    def test_challenges(self):
        def script(*replies):
            def serve(wire):
                wire.say(b'220 host\r\n')
                wire.line()
                wire.say(b'250-host\r\n250 AUTH LOGIN\r\n')
                wire.line()
                for reply in replies:
                    wire.say(reply)
                    wire.line()
                wire.drain()
            return serve
        name, word, done = b'334 VXNlcm5hbWU6\r\n', b'334 UGFzc3dvcmQ6\r\n', b'235 ok\r\n'
        for replies, code in (((name, done), None), ((done,), None), ((name, b'334 ' + b'QUFB' * 4000 + b'\r\n'), 76), ((name, b'535 no\r\n'), 77),
                              ((name, b'354 odd\r\n'), 76)):
            with self.subTest(replies):
                with Peer(script(*replies)) as server:
                    result = send('-S', 'smtp+insecure://' + server.name, *ME, *MESSAGE, *LOGIN, *CLEAR, '--timeout', '1', A, env=ENV)
                self.assertIn(result.code, (76, 77) if code is None else (code,), result.words())
                for octets in peer.SECRETS:
                    self.assertNotIn(octets, server.wires[0].received, result.words())

    def converse(self, offer, replies, good):
        """The server's side of one login, line by line, and what the client says to each."""
        def serve(wire):
            wire.say(b'220 host\r\n')
            wire.line()
            wire.say(b'250-host\r\n250 AUTH ' + offer + b'\r\n')
            wire.answers = [wire.line()]
            for reply in replies:
                wire.say(reply)
                wire.answers.append(wire.line())
            if good:
                wire.say(b'235 ok\r\n')
                speak(wire, greeting=b'')
            wire.drain()
        with Peer(serve) as server:
            result = send('-S', 'smtp+insecure://' + server.name, *ME, *MESSAGE, *LOGIN, *CLEAR, '--timeout', '1', A, env=ENV)
        self.assertFalse(server.faults, result.words())
        return result, server.wires[0].answers

    def test_prompts_that_mean_nothing(self):
        """LOGIN has no specification: its prompts are prose, with base64 around it or without, or nothing at all."""
        user, password = base64.b64encode(peer.USER.encode()) + b'\r\n', base64.b64encode(peer.PASSWORD.encode()) + b'\r\n'
        for prompts in ((b'VXNlcm5hbWU6', b'UGFzc3dvcmQ6'), (b'Username:', b'Password:'), (b'give me your name, please', b'UGFzc3dvcmQ6'),
                        (b'', b''), (b'VXNlcm5hbWU6', b'Password:'), (b'%%%', b'A'), (b'AA=A', b'\xff\xfe'), (b'Username', b'Password')):
            with self.subTest(prompts):
                result, answers = self.converse(b'LOGIN', [b'334 ' + prompt + b'\r\n' for prompt in prompts], True)
                self.assertEqual(result.code, 0, result.words())
                self.assertEqual(answers, [b'AUTH LOGIN\r\n', user, password])
        result, answers = self.converse(b'LOGIN', [b'334-your\r\n334 name\r\n', b'334-your\r\n334 password\r\n'], True)
        self.assertEqual(result.code, 0, result.words())

    def test_challenges_that_are_none(self):
        """The exchange is cancelled; nothing is said of the user, and no other command comes within it."""
        for offer, first in ((b'CRAM-MD5', ()), (b'SCRAM-SHA-256', ()), (b'SCRAM-SHA-1', ())):
            for text in (b'', b'%%%', b'Challenge:', b'AA=A', b'A', b'\xff'):
                with self.subTest(offer=offer, text=text[:20]):
                    result, answers = self.converse(offer, [b'334 ' + text + b'\r\n'], False)
                    self.assertEqual(answers[1], b'*\r\n', result.words())
                    self.assertEqual(result.code, 76, result.words())
                    self.assertNotIn('user', result.report['error']['message'].replace('smtp://me@', ''), result.words())

    def test_initial_response_is_passed_over(self):
        for reply in (b'334 \r\n', b'334\r\n', b'334 go ahead\r\n'):
            for offer in (b'PLAIN',):
                with self.subTest(reply=reply, offer=offer):
                    result, answers = self.converse(offer, [reply], True)
                    self.assertEqual(result.code, 0, result.words())
                    self.assertEqual(answers[0], b'AUTH PLAIN ' + answers[1])
                    self.assertEqual(answers[1].strip(), peer.SECRETS[2])

    def test_initial_response_is_refused(self):
        for reply in (b'501 5.5.2 no initial response\r\n', b'501 Syntax: AUTH mechanism\r\n'):
            with self.subTest(reply):
                result, answers = self.converse(b'PLAIN', [reply, b'334 \r\n'], True)
                self.assertEqual(result.code, 0, result.words())
                self.assertEqual(answers[1:], [b'AUTH PLAIN\r\n', peer.SECRETS[2] + b'\r\n'])

    def test_challenges_without_end(self):
        def serve(wire):
            wire.say(b'220 host\r\n')
            wire.line()
            wire.say(b'250-host\r\n250 AUTH LOGIN\r\n')
            while True:
                wire.line()
                wire.say(b'334 VXNlcm5hbWU6\r\n')
        with Peer(serve) as server:
            result = send('-S', 'smtp+insecure://' + server.name, *ME, *MESSAGE, *LOGIN, *CLEAR, '--timeout', '1', A, env=ENV)
        self.assertIn(result.code, (76, 77), result.words())
        self.assertLess(server.wires[0].received.count(b'\n'), 40)

    def scram(self, step=None, iterations=4096, code=0, words=()):
        return self.login(code, 'AUTH PLAIN SCRAM-SHA-256', words=words, SCRAM=step, ITERATIONS=iterations)

    def test_scram(self):
        result, _ = self.scram()
        self.assertEqual(result.report['auth'], 'SCRAM-SHA-256')

    def test_scram_iterations(self):
        for n in (1, 4095, 600001, 10 ** 9, 10 ** 30):
            with self.subTest(n):
                def serve(wire):
                    wire.say(b'220 host\r\n')
                    wire.line()
                    wire.say(b'250-host\r\n250 AUTH SCRAM-SHA-256\r\n')
                    nonce = base64.b64decode(wire.line().split()[2]).split(b'r=')[1]
                    wire.say(b'334 ' + base64.b64encode(b'r=%sx,s=c2FsdA==,i=%d' % (nonce, n)) + b'\r\n')
                    wire.drain()
                begun = time.monotonic()
                with Peer(serve) as server:
                    result = send('-S', 'smtp+insecure://' + server.name, *ME, *MESSAGE, *LOGIN, *CLEAR, '--timeout', '1', A, env=ENV)
                self.assertIn(result.code, (76, 77), result.words())
                self.assertEqual(server.wires[0].received.count(b'\n'), 3, result.words())  # EHLO, AUTH, and "*"
                self.assertLess(time.monotonic() - begun, 20)

    def test_scram_is_false(self):
        def change(**said):
            return lambda name, octets: said.get(name, octets)

        def encode(text):
            return b'334 ' + base64.b64encode(text) + b'\r\n'
        wrong = encode(b'v=' + base64.b64encode(b'\1' * 32))
        for step in (change(verifier=wrong), change(verifier=encode(b'v=')), change(verifier=encode(b'')), change(verifier=b'334 \r\n'),
                     change(verifier=b'235 2.7.0 welcome\r\n'), change(first=b'235 2.7.0 welcome\r\n'), change(verifier=encode(b'x=1')),
                     change(verifier=encode(b'e=other-error')), change(first=encode(b'r=short,s=c2FsdA==,i=4096')), change(first=encode(b'')),
                     change(first=encode(b'r=,s=,i=')), change(first=encode(b'\0' * 9000)), change(first=b'334 \r\n'), change(verifier=b'334 ***\r\n'),
                     change(first=encode(b'm=x,r=a,s=c2FsdA==,i=4096'))):
            # no PLAIN after it, either
            with self.subTest(step):
                with Peer(lambda wire: speak(wire, offers=('AUTH PLAIN SCRAM-SHA-256',), answers={'SCRAM': step})) as server:
                    result = send('-S', 'smtp+insecure://' + server.name, *ME, *MESSAGE, *LOGIN, *CLEAR, '--timeout', '1', A, env=ENV)
                self.assertIn(result.code, (76, 77), result.words())
                self.assertNotIn(b'MAIL', server.wires[0].received, result.words())
                self.assertNotIn(b'AUTH PLAIN', server.wires[0].received, result.words())
                for octets in peer.SECRETS:
                    self.assertNotIn(octets, server.wires[0].received)

    def test_no_secret_is_shown(self):
        for offer in ('PLAIN', 'LOGIN', 'SCRAM-SHA-256'):
            for answer in (None, b'535 5.7.8 ' + base64.b64encode(b'\0me\0' + peer.PASSWORD.encode())[:20] + b'\r\n'):
                with self.subTest(offer=offer, answer=answer):
                    answers = {} if answer is None else {'AUTH': answer}
                    with Peer(lambda wire: speak(wire, offers=('AUTH ' + offer,), answers=answers)) as server:
                        result = send('-v', '-S', 'smtp+insecure://' + server.name, *ME, *MESSAGE, *LOGIN, *CLEAR, A, env=ENV)
                    self.assertIn(result.code, (0, 77), result.words())

    def test_secrets_come_back(self):
        """A server that repeats what it was told, as those do who took it for a command: “unrecognized command: …”."""
        def repeat(wire):
            said = bytes(wire.received).split(b'AUTH ')[-1].split(b'\r\n')
            wire.say(b'535 5.7.8 bad: ' + b' '.join(said) + b' ' + peer.PASSWORD.encode() + b' ' + peer.SECRETS[1] + b'\r\n')
            wire.drain()

        def serve(wire, mechanism):
            wire.say(b'220 host\r\n')
            wire.line()
            wire.say(b'250-host\r\n250 AUTH ' + mechanism + b'\r\n')
            wire.line()
            for _ in range(2 if mechanism == b'LOGIN' else 0):
                wire.say(b'334 \r\n')
                wire.line()
            repeat(wire)
        for mechanism in (b'PLAIN', b'LOGIN'):
            with self.subTest(mechanism):
                with Peer(lambda wire: serve(wire, mechanism)) as server:
                    result = send('-v', '-S', 'smtp+insecure://' + server.name, *ME, *MESSAGE, *LOGIN, *CLEAR, A, env=ENV)
                self.assertEqual(result.code, 77, result.words())
                self.assertIn(b'535 5.7.8 bad: ', result.err)
                self.assertIn(b'****', result.err)

    def test_password_in_the_url(self):
        for url in ('smtp://me:%s@127.0.0.1', 'smtps://me:%s@host', '//me:%s@host', 'me:%s@host', 'smtp://me;AUTH=x:%s@host', 'lmtp://me:%s@x'):
            with self.subTest(url):
                result = send('-S', url % peer.PASSWORD, *ME, *MESSAGE, A, json=False)
                self.assertNotEqual(result.code, 0)

    def test_passwords_that_break_lines(self):
        for secret in (b'a\rb', b'a\nb', b'a\0b', b'a\r\nRSET', b'\n\n', b'a\n\n'):
            with self.subTest(secret):
                with Peer(lambda wire: speak(wire, offers=('AUTH PLAIN LOGIN',))) as server:
                    result = send('-S', 'smtp+insecure://' + server.name, *ME, *MESSAGE, *LOGIN, *CLEAR, '--password-file',
                                  self.file('secret', secret), A)
                self.assertIn(result.code, (64, 65, 77), result.words())
                for wire in server.wires:
                    self.assertNotIn(b'AUTH', wire.received)


if __name__ == '__main__':
    print('# seed %d' % SEED)
    support.main()
