# SPDX-License-Identifier: LGPL-2.1-or-later
"""The receiver as a process, with the clients of Python's library, which are independent of this project."""

import base64
import glob
import hashlib
import hmac
import json
import os
import re
import shutil
import signal
import smtplib
import socket
import ssl
import stat
import subprocess
import unittest

import support

HEAD = b'From: a@example.com\r\nSubject: x\r\n\r\n'


class Sink:
    """The process, and its lines as they come."""

    def __init__(self, *args, json_lines=True, before=()):
        command = [*before, support.MIMESEND, *(['--json'] if json_lines else []), *args]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        self.listening = self.line()['listening'] if json_lines else None
        self.port = self.listening.get('port') if json_lines else None

    def line(self, *kinds):
        """The next of these, of a message without any."""
        while True:
            said = json.loads(self.process.stdout.readline())
            if set(said) & set(kinds or ('listening', 'message', 'lost')):
                return said

    def memory(self):
        """The most it ever had resident, in octets."""
        with open('/proc/%d/status' % self.process.pid) as f:
            return int(re.search(r'VmHWM:\s+(\d+) kB', f.read())[1]) * 1024

    def end(self):
        if self.process.poll() is None:
            self.process.terminate()
        out, err = self.process.communicate(timeout=60)
        return self.process.returncode, out, err


class SinkCase(support.Case):
    def sink(self, *args, **more):
        sink = Sink(*args, **more)
        self.addCleanup(sink.end)
        return sink

    def client(self, sink, **more):
        client = smtplib.SMTP('127.0.0.1', sink.port, timeout=60, **more)
        self.addCleanup(client.close)
        return client

    def plain_socket(self, sink):
        plain = socket.create_connection(('127.0.0.1', sink.port), timeout=60)
        self.addCleanup(plain.close)
        return plain

    def stored(self, message):
        with open(message['file'], 'rb') as f:
            octets = f.read()
        self.assertEqual(message['octets'], len(octets))
        self.assertEqual(message['sha256'], hashlib.sha256(octets).hexdigest())
        return octets

    def context(self):
        return ssl.create_default_context(cafile=self.dir + '/cert.pem')


def send(client, content, to=('c@example.com',), options=()):
    """As it is: smtplib's own data () would mend it."""
    client.ehlo_or_helo_if_needed()
    assert client.mail('a@example.com', options)[0] == 250
    for address in to:
        client.rcpt(address)
    assert client.docmd('DATA')[0] == 354
    client.send(re.sub(rb'(^|\r\n)\.', rb'\1..', content) + b'.\r\n')
    return client.getreply()


class Messages(SinkCase):
    def test_stored_as_sent(self):
        sink = self.sink('--eml', self.dir)
        content = HEAD + b'.\r\n..\r\n.a\r\n\r\nend.\r\n'
        code, words = send(self.client(sink), content, ('c@example.com', 'd@example.com'))
        message = sink.line()['message']
        self.assertEqual(code, 250)
        self.assertIn(message['id'].encode(), words)
        self.assertEqual(self.stored(message), content)
        self.assertEqual(message['reverse_path'], 'a@example.com')
        self.assertEqual(message['recipients'], ['c@example.com', 'd@example.com'])
        self.assertEqual([message['tls'], message['auth'], message['by_bdat'], message['violations']],
                         [None, None, False, []])
        beside = message['file'].replace('.eml', '.json')
        with open(beside) as f:
            self.assertEqual(json.load(f), message)
        for path in beside, message['file']:
            self.assertEqual(stat.S_IMODE(os.stat(path).st_mode), 0o600)

    def test_bdat(self):
        sink = self.sink('--eml', self.dir)
        client = self.client(sink)
        client.ehlo()
        self.assertTrue(client.has_extn('chunking'))
        client.mail('a@example.com', ['BODY=BINARYMIME'])
        client.rcpt('c@example.com')
        for chunk, last in (b'\n.\r\n\0\r', ''), (b'.\r\n', ''), (b'', ' LAST'):
            client.send(b'BDAT %d%s\r\n%s' % (len(chunk), last.encode(), chunk))
            self.assertEqual(client.getreply()[0], 250)
        message = sink.line()['message']
        self.assertEqual(self.stored(message), b'\n.\r\n\0\r.\r\n')
        self.assertEqual([message['by_bdat'], message['mail_parameters']], [True, 'BODY=BINARYMIME'])

    def test_maildir(self):
        sink = self.sink('--maildir', self.dir + '/box')
        send(self.client(sink), HEAD)
        message = sink.line()['message']
        self.assertEqual(self.stored(message), HEAD)
        self.assertEqual(os.listdir(self.dir + '/box/new'), [message['id']])
        self.assertEqual(os.listdir(self.dir + '/box/tmp'), [])
        with open('%s/box/envelope/%s.json' % (self.dir, message['id'])) as f:
            self.assertEqual(json.load(f), message)

    def test_discard(self):
        sink = self.sink()
        send(self.client(sink), HEAD)
        message = sink.line()['message']
        self.assertEqual([message['file'], message['sha256']], [None, hashlib.sha256(HEAD).hexdigest()])

    def test_50_mib(self):
        sink = self.sink('--eml', self.dir)
        send(self.client(sink), HEAD)
        sink.line()
        before = sink.memory()
        content = HEAD + b''.join(b'.%074d\r\n' % n for n in range(1000)) * (50 * 1048576 // 77000)
        self.assertEqual(send(self.client(sink), content)[0], 250)
        self.assertTrue(self.stored(sink.line()['message']) == content)
        with open(support.MIMESEND, 'rb') as f:
            if b'__asan_init' not in f.read():
                self.assertLess(sink.memory() - before, 16 * 1048576)

    def test_refused_recipients(self):
        sink = self.sink('--refuse', 'no@*', '--refuse', 'later@*=450 4.2.1 full', '--max-recipients', '2')
        client = self.client(sink)
        client.ehlo()
        client.mail('a@example.com')
        self.assertEqual(client.rcpt('no@x')[0], 550)
        self.assertEqual(client.rcpt('later@x'), (450, b'4.2.1 full'))
        self.assertEqual([client.rcpt('%d@x' % i)[0] for i in range(3)], [250, 250, 452])

    def test_hidden_extensions(self):
        sink = self.sink('--hide', 'CHUNKING', '--hide', '8BITMIME', '--size-limit', '100')
        client = self.client(sink)
        client.ehlo()
        self.assertFalse(client.has_extn('chunking') or client.has_extn('8bitmime') or client.has_extn('binarymime'))
        self.assertEqual(client.esmtp_features['size'], '100')
        self.assertEqual(client.mail('a@example.com', ['BODY=8BITMIME'])[0], 555)
        self.assertEqual(client.mail('a@example.com', ['SIZE=101'])[0], 552)
        self.assertEqual(send(client, b'x' * 100 + b'\r\n')[0], 552)
        self.assertEqual(sink.line()['lost']['reason'], '552 5.3.4 larger than the limit')

    def test_refused_content(self):
        sink = self.sink('--eml', self.dir)
        client = self.client(sink)
        for octets, name in (b'a\nb\r\n', 'bare-lf'), (b'a\rb\r\n', 'bare-cr'), (b'\0\r\n', 'nul'):
            self.assertEqual(send(client, octets)[0], 550)
            lost = sink.line()['lost']
            self.assertEqual(lost['violations'], [name])
            self.assertTrue(lost['reason'].startswith('550 5.6.0 '))
        self.assertEqual(os.listdir(self.dir), [])

    def test_lmtp_over_unix(self):
        path = self.dir + '/lmtp'
        sink = self.sink('--lmtp', '--unix', path, '--eml', self.dir, '--script', 'DOT#2 reply 452 4.2.2 full')
        self.assertEqual(sink.listening, {'unix': path})
        with smtplib.LMTP(path) as client:
            client.ehlo()
            client.mail('a@example.com')
            for name in 'cde':
                client.rcpt(name + '@example.com')
            client.docmd('DATA')
            client.send(HEAD + b'.\r\n')
            self.assertEqual([client.getreply()[0] for _ in range(3)], [250, 452, 250])
        message = sink.line()['message']
        self.assertEqual(message['recipients'], ['c@example.com', 'e@example.com'])
        self.assertTrue(message['lmtp'])
        self.assertEqual(self.stored(message), HEAD)
        self.assertEqual(sink.end()[0], 0)
        self.assertFalse(os.path.exists(path))

    def test_two_at_once(self):
        sink = self.sink('--eml', self.dir)
        clients = [self.client(sink) for _ in range(2)]
        for client in clients:
            client.ehlo()
            client.mail('a@example.com')
            client.rcpt('c@example.com')
            client.docmd('DATA')
        for n, client in enumerate(clients):
            client.send(b'%d\r\n.\r\n' % n)
            self.assertEqual(client.getreply()[0], 250)
        self.assertEqual([self.stored(sink.line()['message']) for _ in clients], [b'0\r\n', b'1\r\n'])


class Tls(SinkCase):
    def secure(self, *args):
        return self.sink('--tls-self-signed', '--tls-cert-out', self.dir + '/cert.pem', *args)

    def test_starttls(self):
        sink = self.secure('--auth', 'joe:secret')
        client = self.client(sink)
        client.ehlo()
        self.assertFalse(client.has_extn('auth'))
        client.starttls(context=self.context())
        client.ehlo()
        self.assertFalse(client.has_extn('starttls'))
        client.login('joe', 'secret')
        send(client, HEAD)
        message = sink.line()['message']
        self.assertRegex(message['tls']['version'], '^tls-1-[23]$')
        self.assertNotEqual(message['tls']['cipher'], '')
        client.quit()

    def test_implicit(self):
        sink = self.secure('--implicit-tls', '--eml', self.dir)
        content = HEAD + b'x' * 900 + b'\r\n' * 3000
        for name in 'localhost', '127.0.0.1':
            with smtplib.SMTP_SSL(context=self.context()) as client:
                client._host = name
                client.connect('127.0.0.1', sink.port)
                self.assertEqual(send(client, content)[0], 250)
            self.assertEqual(self.stored(sink.line()['message']), content)

    def test_wrong_name(self):
        sink = self.secure('--implicit-tls')
        with self.plain_socket(sink) as plain, self.assertRaises(ssl.SSLCertVerificationError):
            self.context().wrap_socket(plain, server_hostname='mail.example.com')

    @unittest.skipUnless(shutil.which('openssl'), 'there is no openssl')
    def test_certificate_from_files(self):
        subprocess.run(['openssl', 'req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-keyout',
                        self.dir + '/key.pem', '-out', self.dir + '/cert.pem', '-days', '2', '-subj', '/CN=x',
                        '-addext', 'subjectAltName=IP:127.0.0.1'], check=True, capture_output=True)
        sink = self.sink('--tls-cert', self.dir + '/cert.pem', '--tls-key', self.dir + '/key.pem')
        client = self.client(sink)
        client.starttls(context=self.context())
        self.assertEqual(send(client, HEAD)[0], 250)


class Scram:
    """The client of RFC 5802 and RFC 7677, as an object for smtplib's auth ()."""

    def __init__(self, user, password):
        self.user, self.password, self.nonce = user, password, base64.b64encode(os.urandom(12)).decode()
        self.verified = False

    def __call__(self, challenge=None):
        if challenge is None or challenge == b'':
            self.first = 'n=%s,r=%s' % (self.user, self.nonce)
            return 'n,,' + self.first
        words = dict(word.split('=', 1) for word in challenge.decode().split(','))
        if 'v' in words:
            self.verified = words['v'] == base64.b64encode(self.signature).decode()
            return ''
        assert words['r'].startswith(self.nonce) and words['r'] != self.nonce
        salted = hashlib.pbkdf2_hmac('sha256', self.password.encode(), base64.b64decode(words['s']), int(words['i']))
        without = 'c=biws,r=' + words['r']
        message = ','.join([self.first, challenge.decode(), without]).encode()
        key = hmac.digest(salted, b'Client Key', 'sha256')
        mask = hmac.digest(hashlib.sha256(key).digest(), message, 'sha256')
        self.signature = hmac.digest(hmac.digest(salted, b'Server Key', 'sha256'), message, 'sha256')
        return without + ',p=' + base64.b64encode(bytes(a ^ b for a, b in zip(key, mask))).decode()


class Auth(SinkCase):
    def setUp(self):
        super().setUp()
        self.receiver = self.sink('--auth', 'joe:se:cret')
        self.user, self.password = 'joe', 'se:cret'

    def logged_in(self, client):
        send(client, HEAD)
        return self.receiver.line()['message']['auth']

    def test_other_mechanisms(self):
        """Python's own CRAM-MD5 and a SCRAM-SHA-256 that says \"I would have bound, you could not\"."""
        receiver = self.sink('--auth', 'joe:se:cret', '--mechanism', 'CRAM-MD5', '--mechanism', 'XOAUTH2', '--mechanism', 'scram-sha-256')
        for password, code in (('se:cret', 235), ('secret', 535)):
            client = self.client(receiver)
            client.ehlo()
            self.assertEqual(client.esmtp_features['auth'].split(), ['CRAM-MD5', 'XOAUTH2', 'scram-sha-256'])
            client.user, client.password = 'joe', password
            try:
                self.assertEqual(client.auth('CRAM-MD5', client.auth_cram_md5)[0], code)
            except smtplib.SMTPAuthenticationError as error:
                self.assertEqual(error.smtp_code, code)
        for line, code in (('CRAM-MD5 eA==', 501), ('PLAIN', 504), ('SCRAM-SHA-1', 504), ('XOAUTH2 eA==', 334), ('', 535)):
            if line:
                line = 'AUTH ' + line
            self.assertEqual(client.docmd(line)[0], code, line)

    def test_binding_taken_away(self):
        """Who could bind and was not offered it is told nothing but 535 where it was offered (RFC 5802 section 6)."""
        said = 'AUTH SCRAM-SHA-256 ' + base64.b64encode(b'y,,n=joe,r=abc').decode()
        for more, code in (([], 334), (['--mechanism', 'SCRAM-SHA-256-PLUS'], 535)):
            receiver = self.sink('--auth', 'joe:x', '--mechanism', 'SCRAM-SHA-256', *more, '--tls-self-signed', '--implicit-tls')
            context = ssl.create_default_context(cadata=receiver.listening['certificate'])
            client = smtplib.SMTP_SSL('localhost', receiver.port, context=context, timeout=60)
            self.addCleanup(client.close)
            client.ehlo()
            self.assertEqual(client.docmd(said)[0], code)

    def test_required(self):
        client = self.client(self.receiver)
        client.ehlo()
        self.assertEqual(client.esmtp_features['auth'].split(), ['PLAIN', 'LOGIN', 'SCRAM-SHA-256'])
        self.assertEqual(client.mail('a@example.com')[0], 530)

    def test_plain_and_login(self):
        for name in 'PLAIN', 'LOGIN':
            for initial in True, False:
                client = self.client(self.receiver)
                client.ehlo()
                client.user, client.password = 'joe', 'se:cret'
                method = client.auth_plain if name == 'PLAIN' else client.auth_login
                self.assertEqual(client.auth(name, method, initial_response_ok=initial)[0], 235)
                self.assertEqual(self.logged_in(client), {'mechanism': name, 'user': 'joe'})

    def test_scram(self):
        client, scram = self.client(self.receiver), Scram('joe', 'se:cret')
        client.ehlo()
        self.assertEqual(client.auth('SCRAM-SHA-256', scram)[0], 235)
        self.assertTrue(scram.verified)
        self.assertEqual(self.logged_in(client)['mechanism'], 'SCRAM-SHA-256')

    def test_wrong(self):
        for user, password in ('joe', 'secret'), ('jo', 'se:cret'), ('joe', ''):
            client = self.client(self.receiver)
            client.ehlo()
            client.user, client.password = user, password
            for name, method in (('PLAIN', client.auth_plain), ('LOGIN', client.auth_login),
                                 ('SCRAM-SHA-256', Scram(user, password))):
                with self.assertRaises(smtplib.SMTPAuthenticationError) as caught:
                    client.auth(name, method)
                self.assertEqual(caught.exception.smtp_code, 535)

    def test_malformed(self):
        client = self.client(self.receiver)
        client.ehlo()
        for line, code in (('PLAIN !', 501), ('PLAIN AGpvZQ==', 501), ('PLAIN AGpvZ', 501), ('FROB', 504), ('', 504),
                           ('SCRAM-SHA-256 bixhPWIsbj1qb2Uscj14', 334), ('*', 501), ('SCRAM-SHA-256 cD14LCxuPWpvZQ==', 501),
                           ('SCRAM-SHA-256 =', 501), ('LOGIN', 334), ('*', 501)):
            client.putcmd('AUTH ' + line if line != '*' else line)
            self.assertEqual(client.getreply()[0], code, line)
        self.assertEqual(client.mail('a@example.com')[0], 530)

    def test_no_proof_by_script(self):
        sink = self.sink('--auth', 'joe:x', '--script', 'RESPONSE reply 235 2.7.0 no proof needed')
        client, scram = self.client(sink), Scram('joe', 'x')
        client.ehlo()
        self.assertEqual(client.auth('SCRAM-SHA-256', scram)[0], 235)
        self.assertFalse(scram.verified)

    def test_everybody_by_script(self):
        sink = self.sink('--auth', 'joe:x', '--script', 'AUTH reply 235 2.7.0 come in')
        client = self.client(sink)
        client.ehlo()
        self.assertEqual(client.docmd('AUTH SCRAM-SHA-256'), (235, b'2.7.0 come in'))
        self.assertEqual(send(client, HEAD, options=['AUTH=<>'])[0], 250)


class Script(SinkCase):
    def test_drop_after_the_dot(self):
        sink = self.sink('--eml', self.dir, '--script', '@1 DOT drop', '--script', '@2 DOT lose')
        with self.assertRaises(smtplib.SMTPServerDisconnected):
            send(self.client(sink), HEAD)
        self.assertEqual(sink.line()['lost']['reason'], 'cut short')
        with self.assertRaises(smtplib.SMTPServerDisconnected):
            send(self.client(sink), HEAD)
        self.assertEqual(self.stored(sink.line()['message']), HEAD)
        self.assertEqual(send(self.client(sink), HEAD)[0], 250)

    def test_reset(self):
        sink = self.sink('--script', 'CONTENT reset after 10')
        with self.plain_socket(sink) as plain:
            plain.sendall(b'EHLO c\r\n')
            plain.recv(1000)
            plain.sendall(b'MAIL FROM:<a@b>\r\nRCPT TO:<c@d>\r\nBDAT 100 LAST\r\n0123456789')
            with self.assertRaises(ConnectionResetError):
                while plain.recv(1000):
                    pass

    def test_last_words_arrive(self):
        """A close with unread octets would reset the connection, and lose the 421."""
        sink = self.sink('--script', 'RCPT reply 421 4.3.2 going down')
        plain = self.plain_socket(sink)
        reader = plain.makefile('rb')
        plain.sendall(b'EHLO c\r\n')
        plain.sendall(b'MAIL FROM:<a@b>\r\nRCPT TO:<c@d>\r\nDATA\r\n' + b'x' * 1000000)
        self.assertEqual(reader.read().splitlines()[-1], b'421 4.3.2 going down')

    def test_early_octets_while_a_reply_waits(self):
        sink = self.sink('--script', 'EHLO delay 5s')
        plain = self.plain_socket(sink)
        plain.recv(1000)
        plain.sendall(b'EHLO c\r\n')
        plain.sendall(b'QUIT\r\n')
        self.assertEqual(sink.line('closed'), {'closed': {'number': 1, 'violations': ['early-command'], 'failure': None}})


class Once(SinkCase):
    def test_over_the_same_connection_or_another(self):
        """As docs/sink.md has it: a client that tries again is let in."""
        with open(os.path.join(os.path.dirname(__file__), '../../docs/sink.md')) as f:
            step = re.search(r'\| try again later, once.*\| `(.*)` \|', f.read())[1]
        for again in (lambda sink, first: first, lambda sink, first: self.client(sink)):
            sink = self.sink('--script', step)
            first = self.client(sink)
            first.ehlo()
            self.assertEqual(first.mail('a@example.com'), (450, b'4.2.0 not now'))
            self.assertEqual(send(again(sink, first), HEAD)[0], 250)


class Watched(SinkCase):
    """A test that waits for a line gets one, whatever becomes of the client."""

    def refused(self, sink):
        said = sink.line('refused', 'message', 'lost', 'closed')['refused']
        return said['connection'], said['command'], said['reply']

    def test_refused_commands(self):
        sink = self.sink('--refuse', 'no@*=450 4.2.1 full', '--script', 'DATA#2 reply "554-no\\r\\n554 never"')
        client = self.client(sink)
        client.ehlo()
        for line, reply in (('MAIL FROM:<a@b> FROB', '555 5.5.4 a parameter is not known or not offered'), ('FROB', '500 5.5.1 not a command known here'),
                            ('MAIL FROM:<a@b>', None), ('RCPT TO:<no@x>', '450 4.2.1 full'), ('DATA', '554 5.5.1 no recipient is valid'),
                            ('RCPT TO:<c@d>', None), ('DATA', '554-no\n554 never'), ('\0', '500 5.5.2 bare LF, bare CR, NUL or no UTF-8 in a command'),
                            ('NOOP ' + 'x' * 5000, '500 5.5.6 the line is too long'), ('BDAT 0 LAST', None)):
            client.putcmd(line)
            client.getreply()
            if reply is not None:
                self.assertEqual(self.refused(sink), (1, None if line == '\0' or len(line) > 4096 else line, reply))
        self.assertIn('message', sink.line('refused', 'message', 'lost', 'closed'))

    def test_closed_connections(self):
        """By the client, by QUIT, by the script, by 421; with nothing said and in mid-message."""
        sink = self.sink('--script', '@2 NOOP drop', '--script', '@3 NOOP reset', '--script', '@4 NOOP reply 421 going', '--script',
                         '@5 NOOP hang', '--script', '@6 GREETING drop', '--script', '@7 GREETING reply 554 no')
        for number, said in ((1, b'QUIT\r\n'), (2, b'NOOP\r\n'), (3, b'NOOP\r\n'), (4, b'NOOP\r\n'), (5, b'NOOP\r\n'), (6, b''), (7, b''),
                             (8, b'HELO c\r\nMAIL FROM:<a@b>\r\n'), (9, b'')):
            with self.subTest(number):
                plain = self.plain_socket(sink)
                plain.sendall(said)
                plain.shutdown(socket.SHUT_WR) if number != 3 else None
                self.assertEqual(sink.line('closed')['closed']['number'], number)
                plain.close()

    def test_no_secret(self):
        sink = self.sink('--auth', 'joe:secret')
        client = self.client(sink)
        client.ehlo()
        client.docmd('AUTH PLAIN c2VjcmV0')
        self.assertEqual(self.refused(sink)[1], 'AUTH PLAIN')
        client.docmd('AUTH PLAIN')
        client.docmd(base64.b64encode(b'\0joe\0wrong').decode())
        self.assertEqual(self.refused(sink), (1, 'AUTH PLAIN', '535 5.7.8 the credentials are wrong'))
        for line in 'AGpvZQBzZWNyZXQ=', 'auth AGpvZQBzZWNyZXQ=', ' AUTH PLAIN AGpvZQBzZWNyZXQ=', 'AUTH FROB AGpvZQBzZWNyZXQ=', 'EXPN AGpvZQBzZWNyZXQ=':
            client.docmd(line)
            self.assertNotIn('AGpv', str(self.refused(sink)))

    def test_no_handshake(self):
        for more in [], ['--implicit-tls']:
            sink = self.sink('--tls-self-signed', *more)
            plain = self.plain_socket(sink)
            if not more:
                plain.sendall(b'EHLO c\r\nSTARTTLS\r\n')
                while not plain.recv(1000).endswith(b'220 2.0.0 go ahead\r\n'):
                    pass
            plain.sendall(b'this is no handshake\r\n' * 100)
            self.assertNotEqual(sink.line('closed')['closed']['failure'], None)

    def test_words(self):
        sink = self.sink('--refuse', 'no@x', json_lines=False)
        sink.port = int(sink.process.stdout.readline().decode().rsplit(':', 1)[1])
        client = self.client(sink)
        client.ehlo()
        client.mail('a@b')
        client.rcpt('no@x')
        client.quit()
        # Verbs in the case in which the client wrote them, which differs from one release of smtplib to the next.
        self.assertRegex(sink.process.stdout.readline(), rb'^connection 1: refused: rcpt (TO|to):<no@x>: 550 5.1.1 no such recipient\n$')
        self.assertEqual(sink.process.stdout.readline(), b'connection 1: closed\n')


class Command(SinkCase):
    def fails(self, code, word, *args):
        done = subprocess.run([support.MIMESEND, *args], capture_output=True, timeout=60)
        self.assertEqual(done.returncode, code, done)
        self.assertIn(word, done.stderr.decode())
        self.assertEqual(done.stdout, b'')

    def test_usage(self):
        for word, *args in (('options only', 'x'), ('--frob', '--frob'), ('only one', '--discard', '--eml', self.dir),
                            ('go together', '--tls-cert', 'x'), ('needs --tls-self-signed', '--tls-cert-out', 'x'),
                            ('--implicit-tls needs', '--implicit-tls'), ('USER:PASSWORD', '--auth', 'joe'),
                            ('needs --auth', '--mechanism', 'PLAIN'), ('not known', '--auth', 'a:b', '--mechanism', 'NTLM'),
                            ('--client-ca needs', '--client-ca', 'x'),
                            ('no such trigger', '--script', 'x'), ('ADDR:PORT', '--listen', 'example.com:25'),
                            ('ADDR:PORT', '--listen', '127.0.0.1:65536'), ('not negative', '--count', '-1')):
            self.fails(64, word, *args)

    def test_what_would_have_no_effect(self):
        """A pattern that no recipient has, a code that is none, a keyword that is never offered."""
        for value in ('x@y=no such user', 'x@y=', 'x@y=5', 'x@y=55 no', 'x@y=250 ok', 'x@y=354 go', 'x@y=5500 no', 'x@y= 550 no', 'user=no',
                      'x@y=mail me at a@b', '*=450x', '=550 no', '', '<x@y>', 'x@y =550 no', 'x@y, z@y', 'x@y=550 a\r\n550 b', '"a b"@c=no'):
            self.fails(64, '--refuse', '--refuse', value)
        for value in 'CHUNKNG', '', 'EXPN', 'AUTH PLAIN':
            self.fails(64, '--hide', '--hide', value)

    def test_patterns_with_equals(self):
        for value, address, reply in (('bounce+a=b@c', 'bounce+a=b@c', '550 5.1.1 no such recipient'), ('a=b@c=451 no', 'a=b@c', '451 no'),
                                      ('*=450', 'x@y', '450 refused'), ('x@y=550 5.1.1 a=b, see=550 there', 'x@y', '550 5.1.1 a=b, see=550 there'),
                                      ('"a@b=c d"@e', '"a@b=c d"@e', '550 5.1.1 no such recipient'), ('SRS0=*@c=550', 'SRS0=x=y@c', '550 refused')):
            with self.subTest(value):
                sink = self.sink('--refuse', value)
                client = self.client(sink)
                client.ehlo()
                client.mail('a@b')
                code, text = client.docmd('RCPT TO:<%s>' % address)
                self.assertEqual('%d %s' % (code, text.decode()), reply)
                self.assertEqual(client.docmd('RCPT TO:<someone@else>')[0], 450 if value[0] == '*' else 250)

    def test_unavailable(self):
        sink = self.sink()
        self.fails(69, 'cannot listen', '--listen', '127.0.0.1:%d' % sink.port)
        self.fails(69, 'cannot listen', '--unix', self.dir + '/none/x')
        self.fails(69, 'certificate', '--tls-cert', self.dir + '/none', '--tls-key', self.dir + '/none')

    def test_cannot_create(self):
        path = self.file('plain')
        self.fails(73, path, '--eml', path)
        self.fails(73, path + '/x', '--tls-self-signed', '--tls-cert-out', path + '/x')

    def test_count(self):
        sink = self.sink('--count', '2')
        client = self.client(sink)
        self.assertEqual([send(client, HEAD)[0] for _ in range(3)], [250, 250, 451])
        client.quit()
        self.assertEqual(sink.process.wait(timeout=60), 0)
        self.assertEqual([list(json.loads(line)) for line in sink.process.stdout], [['message'], ['message'], ['lost'], ['closed']])

    def test_signals(self):
        for number in signal.SIGTERM, signal.SIGINT, signal.SIGHUP:
            with self.subTest(number):
                self.ends_by(number)

    def test_nohup(self):
        sink = self.sink(json_lines=False, before=['nohup'])
        sink.process.stdout.readline()
        sink.process.send_signal(signal.SIGHUP)
        sink.process.send_signal(signal.SIGTERM)
        self.assertEqual(sink.process.wait(timeout=60), 0)

    def ends_by(self, number):
        for each in signal.SIGINT, signal.SIGHUP:  # these tests may run under nohup
            self.addCleanup(signal.signal, each, signal.signal(each, signal.default_int_handler))
        path = self.dir + '/socket'
        sink = self.sink('--eml', self.dir, '--unix', path, '--listen', '0')
        client = self.client(sink)
        client.ehlo()
        client.mail('a@example.com')
        client.rcpt('c@example.com')
        client.docmd('DATA')
        client.send(b'half')
        sink.process.send_signal(number)
        self.assertEqual(sink.process.wait(timeout=60), 0)
        sink.process.stdout.readline()  # the socket's
        self.assertEqual(json.loads(sink.process.stdout.readline())['lost']['reason'], 'cut short')
        self.assertEqual(glob.glob(self.dir + '/*') + glob.glob(self.dir + '/.*'), [])

    def test_words(self):
        sink = self.sink('--eml', self.dir, json_lines=False)
        listening = sink.process.stdout.readline().decode()
        self.assertRegex(listening, r'^listening on 127\.0\.0\.1:[0-9]+\n$')
        sink.port = int(listening.rsplit(':', 1)[1])
        client = self.client(sink)
        client.ehlo()
        client.send('MAIL FROM:<\u009b1m@x> SMTPUTF8\r\n'.encode())
        self.assertEqual(client.getreply()[0], 250)
        client.rcpt('c@d')
        client.docmd('DATA')
        client.send(HEAD + b'.\r\n')
        self.assertEqual(client.getreply()[0], 250)
        self.assertRegex(sink.process.stdout.readline().decode(),
                         r'^message \S+ from <\\u\{9b\}1m@x> to <c@d>, %d octets, sha256 [0-9a-f]{64}\n$' % len(HEAD))



if __name__ == '__main__':
    support.main()
