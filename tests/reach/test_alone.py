# SPDX-License-Identifier: LGPL-2.1-or-later
"""Without a network: nothing is up but the loopback, as on a laptop under way and in a container. What is named in /etc/hosts,
and what a name service on this machine says, is reached all the same."""

import json
import socket
import struct
import threading

import room

room.enter(four=None, six=None)

import dns
import hosts
import support
from dns import A, AAAA, MX, SRV
from support import Sink, run

WORLD = dns.Dns()
HOSTS = """127.0.0.1 localhost
::1 localhost ip6-localhost
127.0.1.1 four.example.test four
::1 six.example.test
127.0.1.1 both.example.test
::1 both.example.test
127.0.1.2 many.example.test
127.0.1.3 many.example.test
127.0.1.1 xn--bcher-kva.example.test
"""


class Socks:
    """SOCKS5 (RFC 1928) without a login: connects where it is told, by name or not, and notes it."""

    def __init__(self, case, address, to):
        self.listener = socket.create_server((address, 1080), family=socket.AF_INET6 if ':' in address else socket.AF_INET)
        self.to, self.asked = to, []
        case.addCleanup(self.listener.close)
        threading.Thread(target=self.serve, daemon=True).start()

    def serve(self):
        try:
            client, _ = self.listener.accept()
        except OSError:
            return
        client.recv(2 + 255)
        client.sendall(b'\5\0')
        request = client.recv(300)
        self.asked.append(request[5:5 + request[4]].decode() if request[3] == 3 else request[3])
        server = socket.create_connection(self.to)
        client.sendall(b'\5\0\0\1' + bytes(6))

        def carry(source, sink):
            try:
                while octets := source.recv(65536):
                    sink.sendall(octets)
                sink.shutdown(socket.SHUT_WR)
            except OSError:
                pass
        other = threading.Thread(target=carry, args=(server, client), daemon=True)
        other.start()
        carry(client, server)
        other.join()
        client.close()
        server.close()


class Alone(hosts.Case):
    HOSTS, WORLD = HOSTS, WORLD

    def test_named_in_hosts(self):
        self.listen('127.0.1.1', '::1')
        for name, address in (('four.example.test', '127.0.1.1'), ('six.example.test', '::1'), ('ip6-localhost', '::1'), ('four', '127.0.1.1'),
                              ('both.example.test', None), ('b\u00fccher.example.test', '127.0.1.1'), ('FOUR.example.test', '127.0.1.1'),
                              ('smtp+insecure://four.example.test', '127.0.1.1')):
            with self.subTest(name):
                self.send(name, address=address)

    def test_one_family_listens(self):
        """The other one refuses: the next address is tried."""
        for address in ('127.0.1.1', '::1'):
            with self.subTest(address):
                sink, = self.listen(address)
                self.send('both.example.test', address=address)
                sink.stop()
        sink, = self.listen('127.0.1.3')
        self.send('many.example.test', address='127.0.1.3')

    def test_literals_and_localhost(self):
        for address, names in (('127.0.0.1', ('127.0.0.1', 'localhost', 'foo.localhost', 'localhost.')), ('::1', ('[::1]', 'localhost'))):
            sink, = self.listen(address)
            for name in names:
                with self.subTest(name):
                    self.send(name, address=address)
            sink.stop()
        self.send('192.0.2.7', code=75)

    def test_loopback_is_loopback(self):
        """A name in /etc/hosts that leads here: STARTTLS is not required, and a login may go in the clear."""
        sink = Sink(self, '-l', '127.0.1.1:587', '--auth', 'me:secret')
        report = self.send('smtp://four.example.test', '--user', 'me', env={'MIMESEND_PASSWORD': 'secret'})
        self.assertIsNotNone(report['auth'])
        self.assertIsNotNone(sink.message()['auth'])

    def test_nothing_listens(self):
        for name in ('four.example.test', 'both.example.test'):
            self.send(name, code=75, words=[name, 'refused'])

    def test_name_service_here(self):
        WORLD.table['dns.example.test', A] = [dns.a('127.0.1.1')]
        WORLD.table['dns6.example.test', AAAA] = [dns.aaaa('::1')]
        self.listen('127.0.1.1', '::1')
        self.send('dns.example.test', address='127.0.1.1')
        self.send('dns6.example.test', address='::1')

    def test_no_such_name(self):
        self.send('gone.example.test', code=68, words=['no such host'])
        WORLD.table['later.example.test', A] = WORLD.table['later.example.test', AAAA] = dns.SERVFAIL
        self.send('later.example.test', code=75, words=['name service could not answer'])
        WORLD.table['mute.example.test', A] = WORLD.table['mute.example.test', AAAA] = None
        self.send('mute.example.test', code=75, words=['name service could not answer'])
        room.resolver(30)
        self.send('mute.example.test', '--timeout', '1', code=75, words=['name service did not answer in time'])
        self.send('mute.example.test', '--deadline', '1', code=75, words=['the deadline of 1 s'])

    def test_found(self):
        """What srv: and mx: name, in the DNS or in /etc/hosts."""
        WORLD.table['_submissions._tcp.example.test', SRV] = [dns.srv(0, 0, 465, 'gone.example.test'), dns.srv(1, 0, 465, 'four.example.test')]
        WORLD.table['example.test', MX] = [dns.mx(5, 'gone.example.test'), dns.mx(10, 'six.example.test'), dns.mx(20, 'four.example.test')]
        sink = Sink(self, '-l', '127.0.1.1:465', '--implicit-tls', '--tls-self-signed')
        self.send('srv:example.test', code=76, words=['certificate'])
        sink.stop()
        self.listen('127.0.1.1')
        self.send('mx:example.test', address='127.0.1.1')

    def test_in_a_list(self):
        self.listen('127.0.1.1')
        self.send('gone.example.test,six.example.test,four.example.test', address='127.0.1.1')

    def test_source_address(self):
        self.listen('127.0.1.1', '::1')
        self.send('both.example.test', '--source-address', '127.0.0.5', address='127.0.1.1')
        self.send('both.example.test', '--source-address', '::1', address='::1')

    def test_probe(self):
        self.listen('127.0.1.1')
        result = run('probe', '--json', 'four.example.test')
        self.check(result, 0)
        self.assertEqual(json.loads(result.stdout)['servers'][0]['address'], '127.0.1.1')

    def test_proxy(self):
        """The proxy has the name; the server's is its affair."""
        self.listen('127.0.0.1')
        for name, address in (('four.example.test', '127.0.1.1'), ('six.example.test', '::1'), ('both.example.test', '127.0.1.1')):
            with self.subTest(name):
                proxy = Socks(self, address, ('127.0.0.1', 25))
                self.send('far.example.com', '--proxy', 'socks5://' + name)
                self.assertEqual(proxy.asked, ['far.example.com'])
                proxy.listener.close()
        self.send('far.example.com', '--proxy', 'socks5://gone.example.test', code=68, words=['the proxy', 'gone.example.test'])
        self.send('far.example.com', '--proxy', 'socks5://both.example.test', code=75, words=['the proxy', 'both.example.test'])


support.main()
