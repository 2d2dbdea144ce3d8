# SPDX-License-Identifier: LGPL-2.1-or-later
"""SOCKS5 and HTTP CONNECT, through the proxies of Debian."""

import json
import os
import tempfile
import threading

import proxies
import room
import unpacked

FOLDER = os.environ['MIMESEND_TEST_PACKAGES']
room.enter(lambda: unpacked.unpack(FOLDER))

import socket

import dns
import support
from certificates import Authority
from dns import A, AAAA, SRV
from support import Sink

WORLD = dns.Dns()
PLACE = tempfile.TemporaryDirectory()
CA = Authority(PLACE.name)
OF_HOST = CA.issue('DNS:mail.example.test')
OF_DOMAIN = CA.issue('DNS:example.test')
SOCKS, HTTP = 'socks5://127.0.0.1:1080', 'http://127.0.0.1:8888'


# GIO's modules for proxies look for the settings of a desktop, and make folders for them.
SETTINGS = {name: PLACE.name for name in ('HOME', 'XDG_CACHE_HOME', 'XDG_RUNTIME_DIR')}


def run(*args, env=None, **more):
    return support.run(*args, env={**SETTINGS, **(env or {})}, **more)


class Case(support.Case):
    def setUp(self):
        super().setUp()
        WORLD.table.clear()
        WORLD.asked.clear()
        WORLD.table['mail.example.test', A] = [dns.a('127.0.0.1')]
        WORLD.table['proxy.example.test', A] = [dns.a('127.0.0.1')]

    def both(self):
        proxies.socks(self, FOLDER, 1080)
        proxies.http(self, FOLDER, 8888)
        return SOCKS, HTTP

    def send(self, server, proxy, *args, code=0, words=(), **more):
        args = ('--proxy', proxy, *args) if proxy is not None else args
        result = run('--json', '-S', server, '-f', 'me@example.com', '--ca-file', CA.file, *args, 'a@example.com',
                     input=b'x\n', **more)
        self.check(result, code)
        report = json.loads(result.stdout)
        for word in words:
            self.assertIn(word, report['error']['message'])
        return report


class Through(Case):
    def test_message(self):
        sink = Sink(self, '-l', '127.0.0.1:465', '--implicit-tls', *OF_HOST)
        for proxy in self.both():
            with self.subTest(proxy):
                report = self.send('smtps://mail.example.test', proxy)
                self.assertTrue(report['tls']['verified'])
                self.assertEqual(report['server']['address'], 'mail.example.test through the proxy 127.0.0.1')
                self.assertEqual(report['server']['port'], 465)
        report = self.send('smtps://mail.example.test', 'socks5://proxy.example.test')
        self.assertEqual(len(sink.stop()), 3)

    def test_configured(self):
        self.both()
        sink = Sink(self, '-l', '127.0.0.1:25')
        self.file('mimesend.conf', b'proxy = %s\n' % SOCKS.encode())
        env = {'XDG_CONFIG_HOME': self.dir}
        self.assertIn('proxy', self.send('mail.example.test', None, env=env)['server']['address'])
        self.assertIn('proxy', self.send('mail.example.test', HTTP, env=env)['server']['address'])
        self.assertEqual(self.send('mail.example.test', 'none', env=env)['server']['address'], '127.0.0.1')
        self.assertEqual(self.send('mail.example.test', 'system')['server']['address'], '127.0.0.1')
        self.file('mimesend.conf', b'proxy = nonsense\n')
        result = run('-S', 'mail.example.test', '-f', 'me@example.com', 'a@example.com', input=b'x\n', env=env)
        self.check(result, 78, 'proxy', 'socks5://')
        self.assertEqual(len(sink.stop()), 4)

    def test_environment_is_no_proxy(self):
        """Those of a shell are for its web browser; they are not for mail."""
        sink = Sink(self, '-l', '127.0.0.1:25')
        env = {name: 'http://127.0.0.1:1' for name in ('http_proxy', 'https_proxy', 'all_proxy', 'ALL_PROXY')}
        self.send('mail.example.test', None, env=env)
        self.assertEqual(len(sink.stop()), 1)

    def test_name_is_the_server_s(self):
        sink = Sink(self, '-l', '127.0.0.1:465', '--implicit-tls', *OF_DOMAIN)
        for proxy in self.both():
            with self.subTest(proxy):
                self.send('smtps://mail.example.test', proxy, code=76, words=['example.test'])
        self.assertEqual(sink.stop(), [])

    def test_proxy_resolves(self):
        """The name goes to the proxy, which is asked for no other."""
        sink = Sink(self, '-l', '127.0.0.1:25')
        for proxy in self.both():
            with self.subTest(proxy):
                WORLD.asked.clear()
                self.send('mail.example.test', proxy)
                self.assertEqual({owner for owner, _ in WORLD.asked}, {'mail.example.test'})
                self.send('gone.example.test', proxy, code=75, words=['through the proxy ' + proxy])
        self.assertEqual(len(sink.stop()), 2)

    def test_srv(self):
        WORLD.table['_submissions._tcp.example.test', SRV] = [dns.srv(0, 0, 464, 'mail.example.test'),
                                                               dns.srv(1, 0, 465, 'mail.example.test')]
        sink = Sink(self, '-l', '127.0.0.1:465', '--implicit-tls', *OF_DOMAIN)
        for proxy in self.both():
            with self.subTest(proxy):
                self.assertTrue(self.send('srv:example.test', proxy)['tls']['verified'])
        self.assertEqual(len(sink.stop()), 2)

    def test_probe(self):
        self.both()
        Sink(self, '-l', '127.0.0.1:25')
        result = run('probe', '--json', '--proxy', SOCKS, 'mail.example.test:25')
        self.check(result, 0)
        self.assertIn('proxy', json.loads(result.stdout)['servers'][0]['address'])

    def test_unix_socket_needs_none(self):
        path = self.dir + '/socket'
        sink = Sink(self, '--lmtp', '-l', '127.0.0.1:24')
        self.addCleanup(sink.stop)
        result = run('-S', 'lmtp:' + path, '-f', 'me@example.com', '--proxy', 'socks5://127.0.0.1:1', 'a@example.com',
                     input=b'x\n')
        self.check(result, 75, 'no such socket')
        self.check(run('-S', 'program:/bin/true', '-f', 'me@example.com', '--proxy', SOCKS, 'a@example.com', input=b'x\n'),
                   64, '--proxy', 'program')


class Loopback(Case):
    """A proxy on this machine does not make of a server elsewhere one on this machine."""

    def test_starttls_stays_required(self):
        sink = Sink(self, '-l', '127.0.0.1:587')
        self.send('smtp://mail.example.test', None)  # loopback, and no TLS there
        for proxy in self.both():
            with self.subTest(proxy):
                self.send('smtp://mail.example.test', proxy, code=76, words=['STARTTLS'])
        self.assertEqual(len(sink.stop()), 1)

    def test_no_login_in_the_clear(self):
        sink = Sink(self, '-l', '127.0.0.1:25', '--auth', 'me:secret')
        env = {'MIMESEND_PASSWORD': 'secret'}
        self.send('smtp+insecure://mail.example.test', None, '--user', 'me', env=env)
        for proxy in self.both():
            with self.subTest(proxy):
                self.send('smtp+insecure://mail.example.test', proxy, '--user', 'me', code=77, env=env)
        self.assertEqual(len(sink.stop()), 1)


class Login(Case):
    USERS = ('-u', 'me', '-P', 'secret'), ('BasicAuth me secret',)

    def setUp(self):
        super().setUp()
        proxies.socks(self, FOLDER, 1080, *self.USERS[0])
        proxies.http(self, FOLDER, 8888, *self.USERS[1])
        self.sink = Sink(self, '-l', '127.0.0.1:25')

    def test_good(self):
        secret = self.file('secret', b'secret\n')
        for proxy in ('socks5://me@127.0.0.1:1080', 'http://me@127.0.0.1:8888'):
            with self.subTest(proxy):
                self.send('mail.example.test', proxy, '--proxy-password-file', secret)
                self.send('mail.example.test', proxy, env={'MIMESEND_PROXY_PASSWORD': 'secret'})
        self.assertEqual(len(self.sink.stop()), 4)

    def test_bad(self):
        # tinyproxy says 401 to a wrong password, which is no proxy's word for it (RFC 9110 15.5.8: 407).
        for proxy, code, word in (('socks5://me@127.0.0.1:1080', 77, 'password'), ('http://me@127.0.0.1:8888', 77, 'password'),
                                  (SOCKS, 77, 'password'), (HTTP, 77, 'password')):
            with self.subTest(proxy):
                report = self.send('mail.example.test', proxy, code=code, env={'MIMESEND_PROXY_PASSWORD': 'wr0ng'},
                                   words=['the proxy', word])
                self.assertNotIn('wr0ng', json.dumps(report))
        self.assertEqual(self.sink.stop(), [])

    def test_arguments(self):
        for args, words in ((('--proxy', 'socks5://me:s3cret@h'), ['--proxy', 'password']),
                            (('--proxy', 'ftp://h'), ['--proxy', 'socks5://']),
                            (('--proxy', SOCKS, '--proxy-password-file', self.file('s', b'x')), ['--proxy', 'no user'])):
            with self.subTest(args):
                said = self.refuse(64, '-f', 'me@example.com', *args, 'a@example.com', input=b'x\n', words=words)
                self.assertNotIn(b's3cret', said.stderr)
        self.refuse(66, '-f', 'me@example.com', '--proxy', 'socks5://me@h', '--proxy-password-file', '/nonexistent',
                    'a@example.com', input=b'x\n', words=['--proxy-password-file'])


class Failure(Case):
    def test_nobody_there(self):
        for proxy in (SOCKS, HTTP):
            with self.subTest(proxy):
                self.send('mail.example.test', proxy, code=75, words=['the proxy ' + proxy])
        self.send('mail.example.test', 'socks5://gone.example.test', code=68, words=['name of the proxy'])
        WORLD.table['gone.example.test', A] = WORLD.table['gone.example.test', AAAA] = dns.SERVFAIL
        self.send('mail.example.test', 'socks5://gone.example.test', code=75, words=['name of the proxy'])

    def test_server_is_down(self):
        for proxy in self.both():
            with self.subTest(proxy):
                self.send('mail.example.test', proxy, code=75, words=['through the proxy ' + proxy])

    def test_not_allowed(self):
        proxies.http(self, FOLDER, 8888, 'ConnectPort 465')
        self.send('mail.example.test', HTTP, code=69, words=['the proxy ' + HTTP, 'does not let'])

    def hostile(self, octets, keep=False):
        """A proxy that says this to whatever it hears, and then nothing more."""
        server = socket.create_server(('127.0.0.1', 0))
        self.addCleanup(server.close)
        held = []

        def serve():
            try:
                while True:
                    peer, _ = server.accept()
                    held.append(peer)
                    peer.recv(4096)
                    peer.sendall(octets)
                    if not keep:
                        peer.close()
            except OSError:
                pass
        threading.Thread(target=serve, daemon=True).start()
        return server.getsockname()[1]

    def test_hostile(self):
        for octets in (b'', b'\0', b'\5', b'\5\0', b'\5\0\5\0\0\3\xff', b'\4\x5a' + bytes(6),
                       b'HTTP/1.1 2', b'HTTP/1.1 999 x\r\n\r\n', b'\r\n\r\n', b'A' * 100000, b'220 mail ESMTP\r\n'):
            for scheme in ('socks5', 'http'):
                with self.subTest((scheme, octets[:20])):
                    port = self.hostile(octets)
                    self.send('mail.example.test', '%s://127.0.0.1:%d' % (scheme, port), '--timeout', '20', code=75,
                              words=['the proxy %s://127.0.0.1:%d' % (scheme, port)])

    def test_silent(self):
        for scheme in ('socks5', 'http'):
            with self.subTest(scheme):
                port = self.hostile(b'', keep=True)
                proxy = '%s://127.0.0.1:%d' % (scheme, port)
                self.send('mail.example.test', proxy, '--timeout', '1', code=75, words=['no connection in time through the proxy ' + proxy])
                self.send('mail.example.test', proxy, '--deadline', '1', code=75, words=['the deadline of 1 s'])


support.main()
