# SPDX-License-Identifier: LGPL-2.1-or-later
"""srv: and mx: by the system's resolver, against a DNS server of this test's own and real sockets."""

import json
import socket
import struct
import tempfile

import room

room.enter()

import dns
import support
from certificates import Authority
from dns import A, AAAA, MX, SRV
from support import Sink, run

WORLD = dns.Dns()
FOLDER = tempfile.TemporaryDirectory()
CA = Authority(FOLDER.name)
OF_DOMAIN = CA.issue('DNS:example.test')
OF_HOST = CA.issue('DNS:mail.example.test')
SUBMISSIONS, SUBMISSION = '_submissions._tcp.example.test', '_submission._tcp.example.test'


class Case(support.Case):
    def setUp(self):
        super().setUp()
        room.resolver()
        WORLD.table.clear()
        WORLD.asked.clear()
        for host, address in (('mail', '127.0.0.1'), ('backup', '127.0.0.2')):
            WORLD.table[host + '.example.test', A] = [dns.a(address)]

    def send(self, server, *args, code=0, words=(), **more):
        result = run('--json', '-S', server, '-f', 'me@example.com', '--ca-file', CA.file, *args, 'a@example.com',
                     input=b'x\n', **more)
        self.check(result, code)
        report = json.loads(result.stdout)
        for word in words:
            self.assertIn(word, report['error']['message'])
        return report


class Srv(Case):
    def setUp(self):
        super().setUp()
        WORLD.table[SUBMISSIONS, SRV] = [dns.srv(10, 0, 465, 'mail.example.test'), dns.srv(20, 0, 465, 'backup.example.test')]

    def test_first_is_dead(self):
        backup = Sink(self, '-l', '127.0.0.2:465', '--implicit-tls', *OF_DOMAIN)
        report = self.send('srv:example.test')
        self.assertEqual(report['server']['host'], 'backup.example.test')
        self.assertEqual(report['server']['address'], '127.0.0.2')
        self.assertTrue(report['tls']['verified'])
        self.assertEqual(len(backup.stop()), 1)

    def test_first_is_busy(self):
        """It is told at the greeting: nothing was sent."""
        busy = Sink(self, '-l', '127.0.0.1:465', '--implicit-tls', *OF_DOMAIN, script=['GREETING reply 421 4.3.2 later'])
        backup = Sink(self, '-l', '127.0.0.2:465', '--implicit-tls', *OF_DOMAIN)
        self.send('srv:example.test')
        self.assertEqual((len(busy.stop()), len(backup.stop())), (0, 1))

    def test_first_refuses(self):
        """A refusal of the message is no reason to ask elsewhere."""
        first = Sink(self, '-l', '127.0.0.1:465', '--implicit-tls', *OF_DOMAIN, script=['MAIL reply 550 5.7.1 no'])
        backup = Sink(self, '-l', '127.0.0.2:465', '--implicit-tls', *OF_DOMAIN)
        self.send('srv:example.test', code=69)
        self.assertEqual((len(first.stop()), len(backup.stop())), (0, 0))

    def test_behind_a_list(self):
        backup = Sink(self, '-l', '127.0.0.3:2525')
        report = self.send('srv:example.test,127.0.0.3:2525')
        self.assertEqual(report['server']['address'], '127.0.0.3')
        self.assertEqual(len(backup.stop()), 1)

    def test_starttls(self):
        """Where TLS from the first octet is not named; required, on loopback too: the port was the DNS's choice."""
        del WORLD.table[SUBMISSIONS, SRV]
        WORLD.table[SUBMISSION, SRV] = [dns.srv(0, 0, 587, 'mail.example.test')]
        clear = Sink(self, '-l', '127.0.0.1:587')
        self.send('srv:example.test', code=76, words=['STARTTLS'])
        self.assertEqual(clear.stop(), [])
        protected = Sink(self, '-l', '127.0.0.1:587', *OF_DOMAIN)
        self.assertTrue(self.send('srv:example.test')['tls']['verified'])
        self.assertEqual(len(protected.stop()), 1)

    def test_login_in_the_clear(self):
        """Allowed to a server on loopback that was named; not to one that the DNS says is there."""
        del WORLD.table[SUBMISSIONS, SRV]
        WORLD.table[SUBMISSION, SRV] = [dns.srv(0, 0, 587, 'mail.example.test')]
        sink = Sink(self, '-l', '127.0.0.1:587', '--auth', 'me:secret')
        for policy in ('none', 'opportunistic'):
            with self.subTest(policy):
                report = self.send('srv:example.test', '--tls', policy, '--user', 'me', code=77,
                                   env={'MIMESEND_PASSWORD': 'secret'})
                self.assertIsNone(report['auth'])
        self.assertEqual(sink.stop(), [])

    def test_which_service(self):
        """Both: the one with TLS from the first octet first. An own word on TLS chooses one."""
        WORLD.table[SUBMISSION, SRV] = [dns.srv(0, 0, 587, 'mail.example.test')]
        implicit = Sink(self, '-l', '127.0.0.1:465', '--implicit-tls', *OF_DOMAIN)
        starttls = Sink(self, '-l', '127.0.0.1:587', *OF_DOMAIN)
        self.assertEqual(self.send('srv:example.test')['server']['port'], 465)
        self.assertEqual(self.send('srv:example.test', '--tls', 'required')['server']['port'], 587)
        WORLD.asked.clear()
        self.assertEqual(self.send('srv:example.test', '--tls', 'implicit')['server']['port'], 465)
        self.assertNotIn((SUBMISSION, SRV), WORLD.asked)
        implicit.stop()
        self.assertEqual(self.send('srv:example.test')['server']['port'], 587)

    def test_name_of_the_certificate(self):
        """The domain, whatever the DNS has said; the error says what can be written instead, and that works."""
        host = Sink(self, '-l', '127.0.0.1:465', '--implicit-tls', *OF_HOST)
        report = self.send('srv:example.test', code=76,
                           words=['mail.example.test', 'must name that domain', 'write smtps://mail.example.test:465'])
        self.assertFalse(report['tls'] and report['tls']['verified'])
        self.assertEqual(self.send('smtps://mail.example.test:465')['exit'], 0)
        self.assertEqual(len(host.stop()), 1)

    def test_login_follows(self):
        good = Sink(self, '-l', '127.0.0.2:465', '--implicit-tls', '--auth', 'me:secret', *OF_DOMAIN)
        report = self.send('srv:example.test', '--user', 'me', env={'MIMESEND_PASSWORD': 'secret'})
        self.assertIsNotNone(report['auth'])
        self.assertEqual(len(good.stop()), 1)

    def test_not_offered(self):
        for records in ([dns.srv(0, 0, 0, '.')], [dns.srv(0, 0, 465, '.')]):
            WORLD.table[SUBMISSIONS, SRV] = WORLD.table[SUBMISSION, SRV] = records
            self.send('srv:example.test', code=68, words=['example.test', 'no server for submission', 'says'])
        WORLD.table[SUBMISSION, SRV] = [dns.srv(0, 0, 587, 'mail.example.test')]
        good = Sink(self, '-l', '127.0.0.1:587', *OF_DOMAIN)
        self.send('srv:example.test')
        self.assertEqual(len(good.stop()), 1)

    def test_none(self):
        del WORLD.table[SUBMISSIONS, SRV]
        self.send('srv:example.test', code=68, words=['example.test', 'RFC 6186', 'smtps://'])
        self.assertEqual(self.send('srv:gone.invalid', code=68)['exit'], 68)

    def test_later(self):
        for answer in (dns.SERVFAIL, dns.REFUSED, None):
            WORLD.table[SUBMISSIONS, SRV] = answer
            self.send('srv:example.test', code=75, words=['srv:example.test', 'trying again later is safe'])
        good = Sink(self, '-l', '127.0.0.1:587', *OF_DOMAIN)
        WORLD.table[SUBMISSION, SRV] = [dns.srv(0, 0, 587, 'mail.example.test')]
        self.send('srv:example.test')
        self.assertEqual(len(good.stop()), 1)

    def test_targets_without_address(self):
        WORLD.table.pop(('mail.example.test', A))
        WORLD.table['backup.example.test', A] = dns.SERVFAIL
        WORLD.table['backup.example.test', AAAA] = dns.SERVFAIL
        self.send('srv:example.test', code=75)
        WORLD.table[SUBMISSIONS, SRV].reverse()
        self.send('srv:example.test', code=75)
        for kind in (A, AAAA):
            WORLD.table.pop(('backup.example.test', kind))
        self.send('srv:example.test', code=68, words=['backup.example.test', 'for srv:example.test'])

    def test_aliases(self):
        WORLD.table['_s.provider.test', SRV] = [dns.srv(0, 0, 465, 'alias.example.test')]
        del WORLD.table[SUBMISSIONS, SRV]
        WORLD.alias(SUBMISSIONS, '_s.provider.test')
        WORLD.alias('alias.example.test', 'mail.example.test')
        good = Sink(self, '-l', '127.0.0.1:465', '--implicit-tls', *OF_DOMAIN)
        self.send('srv:example.test')
        self.assertEqual(len(good.stop()), 1)

    def test_targets_that_are_no_names(self):
        for host in ('127.0.0.1', '1.2.3', 'a b.example.test', 'a\nb.test', '-x.test', 'x@y.test', 'a%b.test'):
            with self.subTest(host):
                WORLD.table[SUBMISSIONS, SRV] = [dns.srv(0, 0, 465, host)]
                self.send('srv:example.test', code=68, words=['no host that could be connected to'])
        WORLD.table[SUBMISSIONS, SRV] = [dns.srv(0, 0, 0, 'mail.example.test')]
        self.send('srv:example.test', code=68)

    def test_thousand(self):
        """The answer comes by TCP; the first twenty are tried, and no more are waited for."""
        thousand = [dns.srv(i, 1, 1000 + i, 'mail.example.test') for i in range(1000)]
        WORLD.table[SUBMISSIONS, SRV] = thousand
        good = Sink(self, '-l', '127.0.0.1:1019', '--implicit-tls', *OF_DOMAIN)
        self.send('srv:example.test')
        self.assertEqual(len(good.stop()), 1)
        late = Sink(self, '-l', '127.0.0.1:1020', '--implicit-tls', *OF_DOMAIN)
        self.send('srv:example.test', code=75, words=['mail.example.test:1000'])
        self.assertEqual(late.stop(), [])

    def test_out_of_time(self):
        room.resolver(30)
        WORLD.table[SUBMISSIONS, SRV] = WORLD.table[SUBMISSION, SRV] = None
        self.send('srv:example.test', '--timeout', '1', code=75, words=['name service did not answer in time'])
        self.send('srv:example.test', '--deadline', '1', code=75, words=['the deadline of 1 s'])
        WORLD.table['mail.example.test', A] = WORLD.table['mail.example.test', AAAA] = None
        self.send('mail.example.test', '--deadline', '1', code=75, words=['the deadline of 1 s'])
        self.send('mail.example.test,mail.example.test:26', '--deadline', '1', code=75, words=['the deadline of 1 s'])

    def test_probe(self):
        good = Sink(self, '-l', '127.0.0.2:465', '--implicit-tls', *OF_DOMAIN)
        result = run('probe', '--json', '--ca-file', CA.file, 'srv:example.test')
        self.check(result, 0)
        found, = json.loads(result.stdout)["servers"]
        self.assertEqual((found['server'], found['address']), ('smtps://backup.example.test:465', '127.0.0.2'))
        self.assertTrue(found['tls']['verified'])
        self.assertEqual(found['found'], ['smtps://mail.example.test:465', 'smtps://backup.example.test:465'])
        self.assertIn(b'smtps://mail.example.test:465', run('probe', '--ca-file', CA.file, 'srv:example.test').stdout)
        good.stop()
        self.check(run('probe', 'srv:example.test'), 75, 'srv:example.test')


class Mx(Case):
    def setUp(self):
        super().setUp()
        WORLD.table['example.test', MX] = [dns.mx(20, 'backup.example.test'), dns.mx(10, 'mail.example.test')]

    def test_by_preference(self):
        first, backup = Sink(self, '-l', '127.0.0.1:25'), Sink(self, '-l', '127.0.0.2:25')
        self.assertEqual(self.send('mx:example.test')['server']['host'], 'mail.example.test')
        self.assertEqual((len(first.stop()), len(backup.stop())), (1, 0))

    def test_next_while_nothing_was_sent(self):
        backup = Sink(self, '-l', '127.0.0.2:25')
        self.send('mx:example.test')
        for greeting, code in (('421 4.3.2 later', 0), ('554 5.3.2 never', 0)):
            first = Sink(self, '-l', '127.0.0.1:25', script=['GREETING reply ' + greeting])
            self.send('mx:example.test', code=code)
            first.stop()
        first = Sink(self, '-l', '127.0.0.1:25', script=['RCPT reply 451 4.7.1 later'])
        self.send('mx:example.test', code=75)
        first.stop()
        self.assertEqual(len(backup.stop()), 3)

    def test_login_in_the_clear(self):
        """The DNS has led to this machine: that is no reason to show a password to what listens here."""
        sink = Sink(self, '-l', '127.0.0.1:25', '--auth', 'me:secret')
        for args, code in (((), 76), (('--tls', 'opportunistic'), 77), (('--tls', 'none'), 77)):
            with self.subTest(args):
                report = self.send('mx:example.test', '--user', 'me', *args, code=code, env={'MIMESEND_PASSWORD': 'secret'})
                self.assertIsNone(report['auth'])
        self.assertEqual(sink.stop(), [])

    def test_null(self):
        WORLD.table['example.test', A] = [dns.a('127.0.0.1')]
        WORLD.table['example.test', MX] = [dns.mx(0, '.')]
        never = Sink(self, '-l', '127.0.0.1:25')
        self.send('mx:example.test', code=68, words=['takes no mail'])
        self.assertEqual(never.stop(), [])

    def test_address_alone(self):
        del WORLD.table['example.test', MX]
        self.send('mx:example.test', code=68)
        WORLD.table['example.test', A] = [dns.a('127.0.0.1')]
        own = Sink(self, '-l', '127.0.0.1:25')
        self.send('mx:example.test')
        self.assertEqual(len(own.stop()), 1)

    def test_address_as_a_name(self):
        WORLD.table['example.test', MX] = [dns.mx(10, '127.0.0.1')]
        never = Sink(self, '-l', '127.0.0.1:25')
        self.send('mx:example.test', code=68, words=['no host that could be connected to'])
        self.assertEqual(never.stop(), [])
        WORLD.table['example.test', MX].append(dns.mx(20, 'backup.example.test'))
        backup = Sink(self, '-l', '127.0.0.2:25')
        self.send('mx:example.test')
        self.assertEqual(len(backup.stop()), 1)

    def test_later(self):
        """An address is not asked for in place of an MX that cannot be told now."""
        WORLD.table['example.test', A] = [dns.a('127.0.0.1')]
        never = Sink(self, '-l', '127.0.0.1:25')
        for answer in (dns.SERVFAIL, None):
            WORLD.table['example.test', MX] = answer
            self.send('mx:example.test', code=75, words=['trying again later is safe'])
        self.assertEqual(never.stop(), [])

    def test_gone(self):
        WORLD.table['example.test', MX] = [dns.mx(10, 'gone.example.test')]
        self.send('mx:example.test', code=68)
        WORLD.table['example.test', MX].append(dns.mx(20, 'mail.example.test'))
        self.send('mx:example.test', code=75, words=['mail.example.test'])

    def test_thousand(self):
        WORLD.table['example.test', MX] = [dns.mx(i, 'h%d.example.test' % i) for i in range(1000)]
        WORLD.table['h19.example.test', A] = [dns.a('127.0.0.1')]
        good = Sink(self, '-l', '127.0.0.1:25')
        self.send('mx:example.test')
        self.assertEqual(len(good.stop()), 1)


class Hostile(Case):
    """Answers that are none. Whatever is made of them, nothing is sent, and the command says so in words."""

    LOOP = b'\xc0'  # a pointer to itself, at the place that is filled in

    def answers(self, kind, fixed):
        def at_end(data, length=None, count=1):
            def answer(query):
                question = dns.question_of(query)[0]
                return dns.header(query, answers=count) + question + dns.record(b'\xc0\x0c', kind, data, length)
            return answer

        def loop(query):
            question = dns.question_of(query)[0]
            place = 12 + len(question) + 12 + len(fixed)
            return (dns.header(query, answers=1) + question +
                    dns.record(b'\xc0\x0c', kind, fixed + struct.pack('>H', 0xc000 | place)))

        def owner_loop(query):
            question = dns.question_of(query)[0]
            return (dns.header(query, answers=1) + question +
                    dns.record(struct.pack('>H', 0xc000 | 12 + len(question)), kind, fixed + dns.name('mail.example.test')))

        yield 'compression loop', loop
        yield 'loop in the owner', owner_loop
        yield 'pointer past the end', at_end(fixed + b'\xff\xff')
        yield 'label past the end', at_end(fixed + b'\x3fabc')
        yield 'reserved label', at_end(fixed + b'\x80abc\0')
        yield 'no data', at_end(b'', 0)
        yield 'data cut short', at_end(fixed[:1], len(fixed) + 20)
        yield 'length past the end', at_end(fixed + dns.name('mail.example.test'), 65535)
        yield 'more announced than there is', at_end(fixed + dns.name('mail.example.test')[:-3], count=65535)
        yield 'header alone', lambda query: dns.header(query, answers=1)
        yield 'question of somebody else', lambda query: (dns.header(query, answers=0) + dns.name('x.test') +
                                                          struct.pack('>HH', kind, 1))
        yield 'another id', lambda query: bytes([query[0] ^ 1]) + dns.header(query)[1:] + dns.question_of(query)[0]
        yield 'a query', lambda query: query
        yield 'one octet', lambda query: query[:1]
        yield 'nothing', lambda query: b''
        yield 'noise', lambda query: query[:2] + bytes(range(256)) * 2

    def check_all(self, server, owner, kind, fixed, port):
        never = Sink(self, '-l', '127.0.0.1:%d' % port)
        for what, answer in self.answers(kind, fixed):
            with self.subTest(what):
                WORLD.table[owner, kind] = answer
                result = run('-S', server, '-f', 'me@example.com', 'a@example.com', input=b'x\n')
                # A record behind one that is damaged may be readable: then it was connected to, and TLS ended it.
                self.assertIn(result.returncode, (68, 75, 76), result.stderr.decode())
                self.assertRegex(result.stderr.decode(), 'example.test')
                self.assertNotIn('CRITICAL', result.stderr.decode())
        self.assertEqual(never.stop(), [])

    def test_srv(self):
        self.check_all('srv:example.test', SUBMISSIONS, SRV, struct.pack('>HHH', 0, 0, 465), 465)

    def test_mx(self):
        for host in ('mail.example.test', 'backup.example.test'):
            WORLD.table.pop((host, A))
        self.check_all('mx:example.test', 'example.test', MX, struct.pack('>H', 0), 25)


support.main()
