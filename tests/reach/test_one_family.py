# SPDX-License-Identifier: LGPL-2.1-or-later
"""A network of IPv4 alone: of IPv6 there is the loopback, and what is named there in /etc/hosts is reached."""

import json

import room

room.enter(six=None)

import dns
import support
from dns import A, AAAA
from support import Sink, run

WORLD = dns.Dns()
HOSTS = """127.0.0.1 localhost
::1 ip6-localhost six.example.test
192.0.2.1 four.example.test
192.0.2.1 both.example.test
::1 both.example.test
"""


class OneFamily(support.Case):
    def setUp(self):
        super().setUp()
        room.resolver()
        WORLD.table.clear()
        room.hosts(HOSTS)

    def send(self, server, *args, code=0, words=(), address=None, **more):
        result = run('--json', '-S', server, '-f', 'me@example.com', *args, 'a@example.com', input=b'x\n', **more)
        self.check(result, code)
        report = json.loads(result.stdout)
        for word in words:
            self.assertIn(word, report['error']['message'])
        if address is not None:
            self.assertEqual(report['server']['address'], address)
        return report

    def listen(self, *addresses, port=25):
        return [Sink(self, '-l', ('[%s]:%d' if ':' in address else '%s:%d') % (address, port)) for address in addresses]

    def test_named_in_hosts(self):
        self.listen('192.0.2.1', '::1')
        for name, address in (('four.example.test', '192.0.2.1'), ('six.example.test', '::1'), ('ip6-localhost', '::1'), ('both.example.test', '192.0.2.1')):
            with self.subTest(name):
                self.send(name, address=address)

    def test_name_service(self):
        WORLD.table['dns.example.test', A] = [dns.a('192.0.2.1')]
        WORLD.table['dns.example.test', AAAA] = [dns.aaaa('2001:db8::7')]
        WORLD.table['dns6.example.test', AAAA] = [dns.aaaa('2001:db8::7')]
        self.listen('192.0.2.1')
        self.send('dns.example.test', address='192.0.2.1')
        self.send('dns6.example.test', code=75, words=['dns6.example.test'])
        self.send('gone.example.test', code=68, words=['no such host'])


support.main()
