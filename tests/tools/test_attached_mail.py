# SPDX-License-Identifier: LGPL-2.1-or-later
"""-a mail.eml: the file's own octets arrive, line ends apart, whatever a parser would make of them."""

import base64
import email
import email.policy
import glob
import os
import threading

import support
from support import Sink, run

ME = ('-f', 'me@example.com')
A = 'a@example.com'

GOOD = {
    'plain': b'From: a@b\nSubject: x\n\nbody\n',
    'crlf': b'From: a@b\r\nSubject:   x \t\r\n\r\nbody  \r\n.\r\n..\r\n',
    'no last line end': b'Subject: x\n\nbody',
    'mbox': b'From joe@example.com Tue Nov 24 12:00:00 2026\nSubject: x\n\n>From here\n\n\n\n',
    'no field': b'Subject: x\nthis is no field\nTo: y@z\n\nbody\n',
    'base64 without an empty line': b'Content-Type: image/png\nContent-Transfer-Encoding: base64\niVBORw==\n',
    'no such boundary': b'Content-Type: multipart/mixed; boundary=b\n\n--c\n\nlost\n--c--\n',
    'no end': b'Content-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: text/plain\n\nx\n--b\n',
    'blank fold': b'Subject: x\n \n y\n\nbody\n',
    'header alone': b'Subject: x',
    'long': b'Subject: x\n\n' + b'some text of that length\n' * 20000,
}
EIGHT_BIT = {
    'latin': b'Subject: caf\xe9\n\ncaf\xe9\n',
    'binary-like': b'Subject: x\nContent-Transfer-Encoding: base64\n\n\xff\xfe\xc3\n',
    'late': b'Subject: x\n\n' + b'some text of that length\n' * 20000 + b'\xff\n',
}
OCTETS = {
    'nul': b'Subject: x\n\nnul \0 here\n',
    'late nul': b'Subject: x\n\n' + b'some text of that length\n' * 20000 + b'\0\n',
    'cr': b'Subject: x\r\rbody\r',
    'bare cr': b'Subject: x\n\na\rb\n',
    'long line': b'Subject: x\n\n' + b'x' * 999 + b'\n',
    'no header': b'no header at all\n',
    'empty line first': b'\nSubject: x\n',
    'empty': b'',
    'bom': b'\xef\xbb\xbfSubject: x\n\nbody\n',
}


def lines(octets):
    return octets.replace(b'\r\n', b'\n')


class AttachedMail(support.Case):
    def attachment(self, content):
        """Its type, its label, its name and its octets, with no parser for what is inside."""
        content = lines(content)
        header, body = content.split(b'\n\n', 1)
        boundary = email.message_from_bytes(header + b'\n\n', policy=email.policy.default).get_boundary().encode()
        part = body.split(b'\n--' + boundary + b'\n')[-1]
        end = part.index(b'\n--' + boundary + b'--\n')
        fields, octets = part[:end].split(b'\n\n', 1) if b'\n\n' in part[:end] else (part[:end].rstrip(b'\n'), b'')
        fields = email.message_from_bytes(fields + b'\n\n', policy=email.policy.default)
        label = fields['content-transfer-encoding'] or '7bit'
        if label == 'base64':
            octets = base64.b64decode(octets, validate=False)
        return fields.get_content_type(), label, fields.get_filename(), octets

    def arrives(self, sink, octets, kind, label, spec=None):
        path = self.file('mail.eml', octets)
        self.check(run('-S', sink.name, *ME, '-a', spec or path, A, input=b'text\n'), 0)
        message = sink.message()
        self.assertEqual(message['violations'], [])
        received = self.attachment(message['content'])
        self.assertEqual(received[:3], (kind, label, 'mail.eml'))
        self.assertEqual(received[3], octets if label == 'base64' else lines(octets))

    def test_as_it_is(self):
        for options in ([], ['--hide', 'CHUNKING'], ['--hide', '8BITMIME', '--hide', 'CHUNKING']):
            sink = Sink(self, *options)
            for name, octets in GOOD.items():
                with self.subTest(name, options=options):
                    self.arrives(sink, octets, 'message/rfc822', '7bit')

    def test_eight_bit(self):
        sink, seven = Sink(self), Sink(self, '--hide', '8BITMIME')
        for name, octets in EIGHT_BIT.items():
            with self.subTest(name):
                self.arrives(sink, octets, 'message/rfc822', '8bit')
                self.arrives(seven, octets, 'application/octet-stream', 'base64')

    def test_as_octets(self):
        for options in ([], ['--hide', '8BITMIME']):
            sink = Sink(self, *options)
            for name, octets in OCTETS.items():
                with self.subTest(name, options=options):
                    self.arrives(sink, octets, 'application/octet-stream', 'base64')

    def test_real_mails(self):
        """Those that the other tests have."""
        sink, seven = Sink(self), Sink(self, '--hide', '8BITMIME')
        paths = glob.glob(os.path.join(os.path.dirname(__file__), '../data/mail/*.eml'))
        self.assertGreater(len(paths), 10)
        for path in paths:
            with open(path, 'rb') as file:
                octets = file.read()
            for to in (sink, seven):
                with self.subTest(os.path.basename(path), to=to.name):
                    self.check(run('-S', to.name, *ME, '-a', path + ';name=mail.eml', A, input=b'text\n'), 0)
                    kind, label, _, received = self.attachment(to.message()['content'])
                    self.assertEqual(received, octets if label == 'base64' else lines(octets))
                    self.assertEqual(label == 'base64', kind == 'application/octet-stream')

    def test_pipe(self):
        sink = Sink(self)
        for octets, kind, label in ((GOOD['no field'], 'message/rfc822', '7bit'), (GOOD['long'], 'message/rfc822', '7bit'),
                                    (EIGHT_BIT['late'], 'message/rfc822', '8bit'),
                                    (OCTETS['late nul'], 'application/octet-stream', 'base64')):
            fifo = os.path.join(self.dir, 'fifo')
            os.mkfifo(fifo)
            writer = threading.Thread(target=lambda: open(fifo, 'wb').write(octets))
            writer.start()
            self.check(run('-S', sink.name, *ME, '-a', fifo + ';name=mail.eml', A, input=b'text\n'), 0)
            writer.join()
            os.unlink(fifo)
            received = self.attachment(sink.message()['content'])
            self.assertEqual(received, (kind, label, 'mail.eml', lines(octets)))

    def test_build(self):
        for name, octets in {**GOOD, **EIGHT_BIT, **OCTETS}.items():
            with self.subTest(name):
                path = self.file('mail.eml', octets)
                result = run('build', '--from', 'me@example.com', '-a', path, A, input=b'text\n')
                self.check(result, 0)
                kind, label, _, received = self.attachment(result.stdout)
                self.assertEqual(received, octets if label == 'base64' else lines(octets))
                self.assertEqual(kind, 'application/octet-stream' if name in OCTETS else 'message/rfc822')
                self.assertEqual(label, 'base64' if name in OCTETS else '8bit' if name in EIGHT_BIT else '7bit')
                # What is around it says no less (RFC 2045 6.4).
                around = email.message_from_bytes(result.stdout, policy=email.policy.default)
                self.assertEqual(around['content-transfer-encoding'], '8bit' if name in EIGHT_BIT else None)

    def test_type_asked_for(self):
        path = self.file('mail', GOOD['no field'])
        sink = Sink(self)
        self.arrives(sink, GOOD['no field'], 'message/rfc822', '7bit', path + ';type=message/rfc822;name=mail.eml')
        path = self.file('mail', OCTETS['no header'])
        self.check(run('-S', sink.name, *ME, '-a', path + ';type=message/rfc822', A, input=b'x\n'), 65, 'no message')
        path = self.file('mail', GOOD['no field'])
        self.arrives(sink, GOOD['no field'], 'application/octet-stream', 'base64', path + ';type=application/octet-stream;name=mail.eml')


if __name__ == '__main__':
    support.main()
