# SPDX-License-Identifier: LGPL-2.1-or-later
"""Certificates that must be refused, each in its own words, and those that must not."""

import json
import os
import shutil
import socket
import subprocess
import tempfile

import peer
import support
from authority import Authority
from peer import Peer, send, speak

ME = ('-f', 'me@example.com')
A = 'a@example.com'
MESSAGE = ('--message-text', 'Subject: x\n\nbody\n')


class Stapler:
    """openssl's own server with an answer of OCSP at hand; it speaks SMTP as far as its lines go."""

    def __init__(self, case, certificate, key, answer, version):
        with socket.create_server(('127.0.0.1', 0)) as probe:
            self.port = probe.getsockname()[1]
        self.process = subprocess.Popen(['openssl', 's_server', '-accept', '127.0.0.1:%d' % self.port, '-naccept', '1', '-cert', certificate,
                                         '-key', key, version, *(['-status_file', answer] if answer else [])],
                                        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        case.addCleanup(self.end)
        while b'ACCEPT' not in self.process.stdout.readline():
            pass

    def end(self):
        self.process.kill()
        self.process.communicate()

    def play(self):
        """One message; the lines of the client stand between openssl's own."""
        replies = {b'EHLO': b'250 host\r\n', b'MAIL': b'250 ok\r\n', b'RCPT': b'250 ok\r\n', b'DATA': b'354 go\r\n', b'.': b'250 2.0.0 stored\r\n',
                   b'QUIT': b'221 bye\r\n'}
        self.say(b'220 host\r\n')
        for line in self.process.stdout:
            verb = line.split(b' ')[0].rstrip()
            if verb in replies:
                self.say(replies[verb])
            if verb == b'QUIT':
                return

    def say(self, octets):
        try:
            self.process.stdin.write(octets)
            self.process.stdin.flush()
        except BrokenPipeError:
            pass


class Certificates(support.Case):
    @classmethod
    def setUpClass(cls):
        cls.top = tempfile.mkdtemp(prefix='mimesend-hostile-')
        cls.ca = Authority(cls.top + '/ca')
        cls.other = Authority(cls.top + '/other', 'stranger')

    @classmethod
    def tearDownClass(cls):
        shutil.rmtree(cls.top)

    def refused(self, context, fingerprint, *words, args=(), host='localhost'):
        """Over both ways to TLS: exit code 76, the words on standard error and in the report; nothing was said."""
        for tls, how in (('implicit', {'implicit': context}), ('required', {'tls': context})):
            with Peer(lambda wire: speak(wire, offers=('AUTH PLAIN',), **how)) as server:
                result = send('-S', '%s:%d' % (host, server.port), *ME, *MESSAGE, '--tls', tls, '--user', 'me', *args, A,
                              env={'MIMESEND_PASSWORD': peer.PASSWORD})
            self.assertEqual(result.code, 76, result.words())
            self.assertFalse(server.faults)
            for said in (result.err.decode(), result.report['error']['message']):
                for word in (host, fingerprint, *words):
                    self.assertIn(word, said)
            self.assertEqual(result.report['error']['stage'], 'tls')
            for wire in server.wires:
                self.assertNotIn(b'AUTH', wire.received)

    def taken(self, context, *args, host='localhost'):
        with Peer(lambda wire: speak(wire, implicit=context)) as server:
            result = send('-S', '%s:%d' % (host, server.port), *ME, *MESSAGE, '--tls', 'implicit', *args, A)
        self.assertEqual(result.code, 0, result.words())
        self.assertTrue(result.report['tls']['verified'])

    def of(self, *names):
        return self.ca.context(*names), self.ca.fingerprint(names[0])

    def trust(self):
        return '--ca-file', self.ca.trusted

    def test_dates(self):
        self.refused(*self.of(self.ca.issue('old', since=-3, until=-1)), 'it expired on 20', args=self.trust())
        self.refused(*self.of(self.ca.issue('young', since=1)), 'it is not valid before 20', args=self.trust())

    def test_names(self):
        good = self.ca.context(self.ca.issue('good'))
        self.taken(good, *self.trust())
        self.taken(good, *self.trust(), host='127.0.0.1')
        self.refused(*self.of(self.ca.issue('elsewhere', names='DNS:mail.example.com')),
                     'it is not for localhost: it names mail.example.com', args=self.trust())
        self.refused(*self.of(self.ca.issue('name-alone', names='DNS:localhost')), 'it is not for 127.0.0.1: it names localhost',
                     args=self.trust(), host='127.0.0.1')
        self.refused(*self.of(self.ca.issue('many', names=','.join('DNS:h%d.example' % i for i in range(2000)))),
                     'it names h0.example, h1.example', args=self.trust())

    def test_issuers(self):
        self.refused(self.other.context(self.other.issue('theirs')), self.other.fingerprint('theirs'), 'its issuer is unknown: CN=stranger',
                     args=self.trust())
        self.other.openssl('req', '-x509', '-key', 'theirs.key', '-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost',
                           '-out', 'own.pem', '-days', '2')
        shutil.copy(self.other.at('theirs.key'), self.other.at('own.key'))
        self.refused(self.other.context('own'), self.other.fingerprint('own'), 'it is self-signed', args=self.trust())
        self.refused(*self.of(self.ca.issue('lonely', by=self.ca.below('between'))), 'its issuer is unknown: CN=between', args=self.trust())
        self.taken(self.ca.context('lonely', 'between'), *self.trust())
        self.refused(*self.of(self.ca.issue('by-nobody', by=self.ca.below('no-ca', is_ca=False)), 'no-ca'), 'may not issue certificates',
                     args=self.trust())
        self.refused(*self.of(self.ca.issue('by-the-late', by=self.ca.below('late', until=-0.5)), 'late'), 'in its chain has expired',
                     args=self.trust())
        self.refused(*self.of(self.ca.issue('client', extra='extendedKeyUsage=clientAuth\n')), 'it is not meant for servers', args=self.trust())

    def test_long_chains(self):
        last, above = None, []
        for i in range(20):
            last = self.ca.below('ca%d' % i, by=last)
            above.insert(0, last)
        leaf = self.ca.issue('deep', by=last)
        context = self.ca.context(leaf, *above)
        with Peer(lambda wire: speak(wire, implicit=context)) as server:
            result = send('-S', 'localhost:%d' % server.port, *ME, *MESSAGE, '--tls', 'implicit', *self.trust(), A)
        self.assertEqual(result.code, 76, result.words())
        self.assertIn('localhost', result.report['error']['message'])
        huge = self.ca.context(self.ca.issue('wide'), *(['many'] if os.path.exists(self.ca.at('many.pem')) else []), *([above[0]] * 1000))
        with Peer(lambda wire: speak(wire, implicit=huge)) as server:
            result = send('-S', 'localhost:%d' % server.port, *ME, *MESSAGE, '--tls', 'implicit', *self.trust(), A)
        self.assertEqual(result.code, 76, result.words())
        self.assertFalse(server.wires[0].received, result.words())

    def test_revoked_by_a_list(self):
        self.ca.issue('gone')
        before = self.ca.revoked('before.pem')
        self.taken(self.ca.context('gone'), *self.trust(), '--crl-file', before)
        self.ca.revoke('gone')
        after = self.ca.revoked('after.pem')
        self.refused(*self.of('gone'), 'it was revoked', args=(*self.trust(), '--crl-file', after))
        self.taken(self.ca.context(self.ca.issue('still-good')), *self.trust(), '--crl-file', after)
        stale = self.ca.revoked('stale.pem', '-crl_lastupdate', '20200101000000Z', '-crl_nextupdate', '20200102000000Z')
        foreign = self.other.revoked('foreign.pem')
        for path in (stale, foreign):
            with Peer(lambda wire: speak(wire, implicit=self.ca.context('still-good'))) as server:
                result = send('-S', 'localhost:%d' % server.port, *ME, *MESSAGE, '--tls', 'implicit', *self.trust(), '--crl-file', path, A)
            self.assertEqual(result.code, 76, result.words())
            for word in (path, 'out of date, or no trusted CA has signed it'):
                self.assertIn(word, result.report['error']['message'])

    def stapled(self, name, answer, version, *words):
        server = Stapler(self, self.ca.at(name + '.pem'), self.ca.at(name + '.key'), answer, version)
        client = subprocess.Popen([support.MIMESEND, '--json', '-S', 'smtps://localhost:%d' % server.port, *ME, *MESSAGE, *self.trust(), A],
                                  stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=support.environment())
        if not words:
            server.play()
        out, err = client.communicate(timeout=60)
        self.assertEqual(client.returncode, 76 if words else 0, err + out)
        report = json.loads(out)
        for word in (*words, *([self.ca.fingerprint(name), 'localhost'] if words else [])):
            self.assertIn(word, report['error']['message'])
            self.assertIn(word, err.decode())
        server.end()

    def test_revoked_by_a_stapled_answer(self):
        for name in ('stapled', 'withdrawn'):
            self.ca.issue(name)
        early = self.ca.answer('withdrawn', '-ndays', '2')
        os.rename(early, early + '.early')
        self.ca.revoke('withdrawn')
        for version in ('-tls1_3', '-tls1_2'):
            with self.subTest(version):
                self.stapled('stapled', None, version)
                self.stapled('stapled', self.ca.answer('stapled', '-ndays', '2'), version)
                self.stapled('withdrawn', None, version)
                self.stapled('withdrawn', early + '.early', version)
                self.stapled('withdrawn', self.ca.answer('withdrawn', '-ndays', '2'), version, 'it was revoked')

    def test_must_staple(self):
        """A certificate that promises an answer (RFC 7633), and a server that has none."""
        self.ca.issue('promise', extra='tlsfeature=status_request\n')
        for version in ('-tls1_3', '-tls1_2'):
            with self.subTest(version):
                self.stapled('promise', None, version, 'it promises an answer of its CA')
                self.stapled('promise', self.ca.answer('promise', '-ndays', '2'), version)

    def test_pins(self):
        context, fingerprint = self.of(self.ca.issue('pinned', since=-3, until=-1))
        self.taken(context, '--pin', fingerprint)  # in place of the CA and the dates
        self.refused(context, fingerprint, 'it is not the pinned one: its key is sha256:', args=('--pin', '00' * 32, *self.trust()))
        self.refused(context, fingerprint, 'it expired on', args=('--pin', fingerprint, '--pin-beside-ca', *self.trust()))

    def test_keys_of_our_own(self):
        name = self.ca.issue('mine', names='DNS:joe.example')
        self.ca.openssl('pkcs8', '-topk8', '-in', name + '.key', '-passout', 'pass:secret', '-out', 'locked.key')
        self.ca.openssl('ec', '-in', name + '.key', '-aes128', '-passout', 'pass:secret', '-out', 'locked-old.key')
        context = self.ca.context(self.ca.issue('server'))
        for key, words in (('locked.key', 'it is protected by a password'), ('locked-old.key', 'it is protected by a password'),
                           ('server.key', 'it is the key of another certificate')):
            with self.subTest(key), Peer(lambda wire: speak(wire, implicit=context)) as server:
                result = send('-S', 'localhost:%d' % server.port, *ME, *MESSAGE, '--tls', 'implicit', *self.trust(), '--client-cert',
                              self.ca.at(name + '.pem'), '--client-key', self.ca.at(key), A)
                self.assertEqual(result.code, 76, result.words())
                for said in (result.err.decode(), result.report['error']['message']):
                    self.assertIn(words, said)
                    self.assertIn(self.ca.at(key), said)


if __name__ == '__main__':
    support.main()
