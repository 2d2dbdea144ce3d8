# SPDX-License-Identifier: LGPL-2.1-or-later
"""A network of IPv4 alone: of IPv6 there is the loopback, and what is named there in /etc/hosts is reached."""

import room

room.enter(six=None)

import dns
import hosts
import support
from dns import A, AAAA

WORLD = dns.Dns()
HOSTS = """127.0.0.1 localhost
::1 ip6-localhost six.example.test
192.0.2.1 four.example.test
192.0.2.1 both.example.test
::1 both.example.test
"""


class OneFamily(hosts.Case):
    HOSTS, WORLD = HOSTS, WORLD

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
