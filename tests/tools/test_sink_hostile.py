# SPDX-License-Identifier: LGPL-2.1-or-later
"""Clients that mean the receiver no good: it stays up, and its memory stays bounded."""

import os
import socket

import support
from test_sink import HEAD, SinkCase, send

HELLO = b'EHLO c\r\n'
ENVELOPE = b'MAIL FROM:<a@b>\r\nRCPT TO:<c@d>\r\n'


class Hostile(SinkCase):
    def setUp(self):
        super().setUp()
        self.receiver = self.sink('--eml', self.dir)
        self.plain = self.plain_socket(self.receiver)
        self.reader = self.plain.makefile('rb')
        self.reply()

    def tearDown(self):
        """Whatever was done to it, the next one is served, and no file is left unfinished."""
        self.hang_up()
        self.assertEqual(send(self.client(self.receiver), HEAD)[0], 250)
        self.assertEqual([name for name in os.listdir(self.dir) if name.endswith('.part')], [])

    def hang_up(self):
        self.reader.close()
        self.plain.close()

    def reply(self):
        """The last line of the next reply."""
        line = self.reader.readline()
        while line[3:4] == b'-':
            line = self.reader.readline()
        return line.decode()

    def say(self, octets):
        self.plain.sendall(octets)
        return self.reply()

    def small(self, before, most=16 * 1048576):
        with open(support.MIMESEND, 'rb') as f:
            if b'__asan_init' not in f.read():
                self.assertLess(self.receiver.memory() - before, most)

    def test_command_line_of_8_mib(self):
        before = self.receiver.memory()
        self.assertRegex(self.say(b'x' * (8 << 20) + b'\r\n'), '^500 ')
        self.assertRegex(self.say(HELLO), '^250 ')
        self.small(before)
        self.hang_up()
        self.assertEqual(self.receiver.line('closed')['closed']['violations'], ['command-length'])

    def test_content_line_of_1_mib(self):
        self.say(HELLO)
        self.plain.sendall(ENVELOPE + b'DATA\r\n')
        self.assertEqual([self.reply()[:3] for _ in range(3)], ['250', '250', '354'])
        self.assertRegex(self.say(b'x' * (1 << 20) + b'\r\n.\r\n'), '^250 ')
        message = self.receiver.line()['message']
        self.assertEqual(message['violations'], ['long-line'])
        self.assertEqual(self.stored(message), b'x' * (1 << 20) + b'\r\n')

    def test_10000_recipients(self):
        self.say(HELLO)
        self.say(b'MAIL FROM:<a@b>\r\n')
        self.plain.sendall(b''.join(b'RCPT TO:<%d@example.com>\r\n' % n for n in range(10000)))
        self.assertEqual({self.reply()[:3] for _ in range(10000)}, {'250'})
        self.say(b'DATA\r\n')
        self.say(HEAD + b'.\r\n')
        self.assertEqual(len(self.receiver.line()['message']['recipients']), 10000)

    def test_recipients_without_end(self):
        self.say(HELLO)
        self.say(b'MAIL FROM:<a@b>\r\n')
        codes = set()
        for _ in range(50):
            self.plain.sendall(b'RCPT TO:<c@d>\r\n' * 500)
            codes |= {self.reply()[:3] for _ in range(500)}
        self.assertEqual(codes, {'250', '452'})

    def test_half_closed(self):
        self.say(HELLO)
        self.plain.sendall(ENVELOPE + b'BDAT 3 LAST\r\nx\r\nNOOP\r\n')
        self.plain.shutdown(socket.SHUT_WR)
        self.assertEqual([line[:3] for line in self.reader.read().splitlines()], [b'250'] * 4)
        self.assertEqual(self.stored(self.receiver.line()['message']), b'x\r\n')

    def test_gone_in_the_middle(self):
        for octets in b'DATA\r\nhalf', b'BDAT 100 LAST\r\nhalf', b'BDAT 4\r\nhalf':
            with self.plain_socket(self.receiver) as plain:
                plain.sendall(HELLO)
                while b'250 ' not in plain.recv(1000):
                    pass
                plain.sendall(ENVELOPE + octets)
            self.assertEqual(self.receiver.line()['lost']['reason'], 'cut short')

    def test_replies_never_read(self):
        before = self.receiver.memory()
        self.say(HELLO)
        self.plain.settimeout(1)
        with self.assertRaises(TimeoutError):
            for _ in range(10000):
                self.plain.sendall(b'RSET\r\n' * 10000)
        self.small(before)

    def test_octets_without_sense(self):
        self.plain.sendall(os.urandom(100000))
        self.plain.shutdown(socket.SHUT_WR)
        for line in self.reader.read().splitlines():
            self.assertEqual(line[:1], b'5')

    def test_200_at_once(self):
        sockets = [self.plain_socket(self.receiver) for _ in range(200)]
        for each in sockets:
            self.assertEqual(each.recv(4), b'220 ')


class HostileTls(SinkCase):
    def setUp(self):
        super().setUp()
        self.receiver = self.sink('--tls-self-signed', '--tls-cert-out', self.dir + '/cert.pem')
        self.plain = self.plain_socket(self.receiver)
        self.plain.recv(1000)
        self.plain.sendall(HELLO)
        while b'250 ' not in self.plain.recv(1000):
            pass

    def test_garbage_for_a_handshake(self):
        self.plain.sendall(b'STARTTLS\r\n')
        self.assertEqual(self.plain.recv(4), b'220 ')
        self.plain.sendall(b'MAIL FROM:<a@b>\r\n' * 1000)
        self.plain.shutdown(socket.SHUT_WR)
        try:
            while self.plain.recv(1000):
                pass
        except ConnectionResetError:
            pass
        client = self.client(self.receiver)
        client.starttls(context=self.context())
        self.assertEqual(send(client, HEAD)[0], 250)

    def test_injection_is_noted_and_not_done(self):
        self.plain.sendall(b'STARTTLS\r\nEHLO injected\r\nMAIL FROM:<evil@b>\r\n')
        self.assertEqual(self.plain.recv(100), b'220 2.0.0 go ahead\r\n')
        tls = self.context().wrap_socket(self.plain, server_hostname='127.0.0.1')
        reader = tls.makefile('rb')
        tls.sendall(b'RCPT TO:<c@d>\r\n')
        self.assertEqual(reader.readline()[:4], b'503 ')
        tls.sendall(b'QUIT\r\n')
        self.assertEqual(reader.readline()[:4], b'221 ')
        self.assertIn('early-tls', self.receiver.line('closed')['closed']['violations'])
        reader.close()
        tls.close()

    def test_gone_without_a_word(self):
        self.plain.sendall(b'STARTTLS\r\n')
        self.plain.recv(100)
        tls = self.context().wrap_socket(self.plain, server_hostname='127.0.0.1')
        tls.sendall(HELLO)
        while b'250 ' not in tls.recv(1000):
            pass
        tls.sendall(ENVELOPE + b'DATA\r\nhalf')
        os.close(tls.detach())
        self.assertEqual(self.receiver.line()['lost']['reason'], 'cut short')


if __name__ == '__main__':
    support.main()
