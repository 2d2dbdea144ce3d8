# SPDX-License-Identifier: LGPL-2.1-or-later
"""From which address, to which of several, and how long."""

import json
import socket

import room

room.enter()

import dns
import support
from dns import A, AAAA
from support import Sink, run

WORLD = dns.Dns()
HERE, HERE_V6 = room.OFF_LOOPBACK, room.OFF_LOOPBACK_V6


class Case(support.Case):
    def setUp(self):
        super().setUp()
        WORLD.table.clear()
        WORLD.table['two.example.test', A] = [dns.a(HERE)]
        WORLD.table['two.example.test', AAAA] = [dns.aaaa(HERE_V6)]
        WORLD.table['four.example.test', A] = [dns.a(HERE)]
        WORLD.table['six.example.test', AAAA] = [dns.aaaa(HERE_V6)]

    def send(self, server, *args, code=0, words=()):
        result = run('--json', '-S', server, '-f', 'me@example.com', *args, 'a@example.com', input=b'x\n')
        self.check(result, code)
        report = json.loads(result.stdout)
        for word in words:
            self.assertIn(word, report['error']['message'])
        return report

    def mute(self, address, port):
        """Listens and accepts no connection; once its queue is full, the next one is not answered, as by a silent firewall."""
        family = socket.AF_INET6 if ':' in address else socket.AF_INET
        listener = socket.socket(family)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self.addCleanup(listener.close)
        listener.bind((address, port))
        listener.listen(0)
        for _ in range(4):
            waiting = socket.socket(family)
            self.addCleanup(waiting.close)
            waiting.setblocking(False)
            waiting.connect_ex((address, port))


class Source(Case):
    def listener(self, address='', family=socket.AF_INET):
        server = socket.create_server((address, 2525), family=family)
        self.addCleanup(server.close)
        server.settimeout(20)
        return server

    def seen(self, server, name, source):
        """The address that the server sees; it takes no client."""
        import threading
        peers = []

        def serve():
            peer, address = server.accept()
            peers.append(address[0])
            peer.sendall(b'421 4.3.2 later\r\n')
            peer.close()
        thread = threading.Thread(target=serve)
        thread.start()
        self.send(name, '--source-address', source, code=75)
        thread.join()
        return peers[0]

    def test_used(self):
        server = self.listener()
        for source in ('127.0.0.5', HERE):
            self.assertEqual(self.seen(server, '127.0.0.1:2525', source), source)
        self.assertEqual(self.seen(server, 'two.example.test:2525', HERE), HERE)

    def test_used_v6(self):
        server = self.listener(HERE_V6, socket.AF_INET6)
        self.assertEqual(self.seen(server, 'two.example.test:2525', HERE_V6), HERE_V6)
        self.assertEqual(self.seen(server, '[%s]:2525' % HERE_V6, '::1'), '::1')

    def test_not_ours(self):
        self.listener()
        for server in ('127.0.0.1:2525', 'two.example.test:2525', 'mx:four.example.test'):
            with self.subTest(server):
                self.send(server, '--source-address', '198.51.100.7', code=75,
                          words=['source address 198.51.100.7', "one of this machine's"])

    def test_other_family(self):
        self.listener()
        for server, source in (('127.0.0.1:2525', '::1'), ('[::1]:2525', '127.0.0.1')):
            self.check(run('-S', server, '-f', 'me@example.com', '--source-address', source, 'a@example.com', input=b'x\n'),
                       64, 'IPv4', 'IPv6', source)
        self.send('four.example.test:2525', '--source-address', HERE_V6, code=75, words=['source address', HERE_V6, 'IPv6'])
        self.send('six.example.test:2525', '--source-address', HERE, code=75, words=['source address', HERE, 'IPv4'])

    def test_no_address(self):
        for value in ('localhost', '127.0.0.1:25', '[::1]', '1.2.3', ''):
            with self.subTest(value):
                self.refuse(64, '-f', 'me@example.com', '--source-address', value, 'a@example.com', input=b'x\n',
                            words=['--source-address'])


class Addresses(Case):
    def test_one_is_dead(self):
        """The time for all would be used up by the first: the second is begun before it is given up (RFC 8305)."""
        for dead, alive in ((HERE_V6, HERE), (HERE, HERE_V6)):
            port = 2501 if dead == HERE else 2502
            self.mute(dead, port)
            sink = Sink(self, '-l', ('[%s]:%d' if ':' in alive else '%s:%d') % (alive, port))
            report = self.send('two.example.test:%d' % port, '--timeout', '5')
            self.assertEqual(report['server']['address'], alive)
            self.assertEqual(len(sink.stop()), 1)

    def test_refused_v6(self):
        sink = Sink(self, '-l', HERE + ':25')
        self.assertEqual(self.send('two.example.test')['server']['address'], HERE)
        self.assertEqual(len(sink.stop()), 1)

    def test_v6(self):
        sink = Sink(self, '-l', '[%s]:25' % HERE_V6)
        for name in ('two.example.test', 'six.example.test', '[%s]' % HERE_V6):
            self.assertEqual(self.send(name)['server']['address'], HERE_V6)
        self.assertEqual(len(sink.stop()), 3)

    def test_loopback_is_the_peer_s_address(self):
        """Neither the name nor that it is this machine: 127/8 and ::1."""
        WORLD.table['localhost', A] = [dns.a(HERE)]
        WORLD.table['far.example.test', A] = [dns.a('127.0.0.9')]
        elsewhere, here = Sink(self, '-l', HERE + ':587'), Sink(self, '-l', '127.0.0.9:587')
        self.send('smtp://four.example.test', code=76, words=['STARTTLS'])
        self.send('smtp://far.example.test')
        self.assertEqual((len(elsewhere.stop()), len(here.stop())), (0, 1))

    def test_all_mute(self):
        self.mute(HERE_V6, 25)
        self.mute(HERE, 25)
        self.send('two.example.test', '--timeout', '1', code=75, words=['two.example.test', 'port 25 is often closed'])
        self.send('two.example.test', '--deadline', '1', code=75, words=['the deadline of 1 s'])
        # one deadline over all servers
        self.send('two.example.test,four.example.test,six.example.test', '--timeout', '60', '--deadline', '2', code=75,
                  words=['the deadline of 2 s'])

    def test_ehlo(self):
        for name in ('x y', '/etc/mailname', '', 'a..b', '[1.2.3]', 'x\ty'):
            with self.subTest(name):
                self.refuse(64, '-f', 'me@example.com', '--ehlo', name, 'a@example.com', input=b'x\n', words=['--ehlo'])


support.main()
