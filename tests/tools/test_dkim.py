# SPDX-License-Identifier: LGPL-2.1-or-later
"""--dkim: letters and finished messages signed, as a server gets them and as other people's verifiers see them; keys that cannot be
used, and what is said of a From of another domain, before a server is connected to."""

import os
import stat
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '../secure'))
import support
import verifiers
from support import Sink, run

ME, A = ('-f', 'joe@example.com'), 'a@example.org'
RAW = b'From: joe@example.com\nSubject: x\n\nraw  text \n.\n\n\n'


class Dkim(support.Case):
    @classmethod
    def setUpClass(cls):
        cls.place = tempfile.TemporaryDirectory()
        cls.records = verifiers.make_keys(cls.place.name)
        cls.found = [one for one, why in verifiers.available(cls.records, cls.place.name) if why is None]
        cls.both = [word for name in ('rsa', 'ed25519') for word in ('--dkim', 'example.com:%s:%s' % (name, cls.key(name)))]

    @classmethod
    def tearDownClass(cls):
        cls.place.cleanup()

    @classmethod
    def key(cls, name):
        return os.path.join(cls.place.name, name + '.pem')

    def arrived(self, sink):
        """The message, as it was on the wire behind what the sink puts ahead of it; verified by all that are here."""
        content = sink.message()['content']
        content = content[content.index(b'DKIM-Signature:'):]
        path = os.path.join(self.place.name, 'arrived')
        with open(path, 'wb') as file:
            file.write(content)
        for verifier in self.found:
            self.assertTrue(verifier.verify(path), '%s: %s' % (verifier.name, content[:3000]))
        return content

    def test_letter(self):
        picture = self.file('picture.bin', bytes(range(256)) * 3000)
        for more in [], ['--no-chunking']:
            sink = Sink(self)
            self.check(run('-S', sink.name, *ME, '-s', 'Gr\u00fc\u00dfe', '-a', picture, *self.both, *more, A,
                           input='Gr\u00fc\u00dfe  \n.\n\n'.encode() * 50), 0)
            content = self.arrived(sink)
            self.assertEqual(content.count(b'DKIM-Signature:'), 2)
            self.assertTrue(content.isascii())

    def test_finished_message(self):
        for source in ['--message', '-'], ['--message', self.file('m.eml', RAW)], ['--message-text', RAW.decode()]:
            sink = Sink(self)
            self.check(run('-S', sink.name, *ME, *self.both, *source, A, input=RAW), 0)
            self.assertIn(b'raw  text ', self.arrived(sink))

    def test_large_pipe(self):
        sink = Sink(self)
        self.check(run('-S', sink.name, *ME, *self.both, '--message', '-', A, input=RAW + b'line after line\n' * 200000), 0)
        self.arrived(sink)

    def test_many_recipients(self):
        sink = Sink(self)
        self.check(run('-S', sink.name, *ME, *self.both, *['r%d@example.org' % i for i in range(150)], input=b'x\n'), 0)
        self.arrived(sink)
        self.arrived(sink)

    def test_configured(self):
        self.file('mimesend.conf', ('dkim = example.com:rsa:%s\ndkim = example.com:ed25519:%s\n'
                                    % (self.key('rsa'), self.key('ed25519'))).encode())
        env = {'XDG_CONFIG_HOME': self.dir}
        sink = Sink(self)
        self.check(run('-S', sink.name, *ME, A, input=b'x\n', env=env), 0)
        self.assertEqual(self.arrived(sink).count(b'DKIM-Signature:'), 2)
        self.check(run('-S', sink.name, *ME, '--dkim', 'none', A, input=b'x\n', env=env), 0)
        self.assertNotIn(b'DKIM-Signature:', sink.message()['content'])
        self.check(run('-S', sink.name, *ME, '--dkim', 'example.com:rsa:' + self.key('rsa'), A, input=b'x\n', env=env), 0)
        self.assertEqual(sink.message()['content'].count(b'DKIM-Signature:'), 1)

    def test_build(self):
        result = run('build', *ME, *self.both, A, input=b'x\n')
        self.check(result, 0)
        path = os.path.join(self.place.name, 'built')
        with open(path, 'wb') as file:
            file.write(result.stdout.replace(b'\n', b'\r\n'))
        self.assertNotIn(b'\r', result.stdout)
        for verifier in self.found:
            self.assertTrue(verifier.verify(path), verifier.name)

    def test_dry_run(self):
        result = run('-n', '-S', '127.0.0.1:1', *ME, *self.both, A, input=b'x\n')
        self.check(result, 0)
        self.assertIn(b'would sign: for example.com, selector ed25519, ed25519-sha256', result.stdout)

    def test_held(self):
        result = run('build', *ME, '--hold', '864000', '--dkim', 'example.com:rsa:' + self.key('rsa'), A, input=b'x\n')
        if result.returncode == 0:  # 'build' may come to refuse what is for servers
            begun, over = (int(result.stdout.split(tag)[1].split(b';')[0]) for tag in (b' t=', b' x='))
            self.assertEqual(over - begun, 864000 + 7 * 86400)

    def bad_key(self, octets, *words, mode=0o600, code=78):
        path = self.file('bad.pem', octets, mode)
        self.refuse(code, *ME, '--dkim', 'example.com:s:' + path, A, input=b'x\n', words=[path, *words])

    def test_bad_keys(self):
        with open(self.key('rsa'), 'rb') as file:
            good = file.read()
        for mode in 0o640, 0o604, 0o644, 0o666:
            self.bad_key(good, 'chmod 600', mode=mode)
        self.bad_key(b'', 'no private key')
        self.bad_key(b'not a key', 'no private key')
        self.bad_key(good[:len(good) // 2])
        short = subprocess.run(['openssl', 'genrsa', '512'], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL).stdout
        self.bad_key(short, '1024 bits')
        locked = subprocess.run(['openssl', 'genpkey', '-algorithm', 'ed25519', '-aes256', '-pass', 'pass:x'], stdout=subprocess.PIPE).stdout
        self.bad_key(locked, 'password')
        curve = subprocess.run(['openssl', 'genpkey', '-algorithm', 'EC', '-pkeyopt', 'ec_paramgen_curve:P-256'], stdout=subprocess.PIPE).stdout
        self.bad_key(curve, 'neither an RSA nor an Ed25519')
        fifo = os.path.join(self.dir, 'fifo')
        os.mkfifo(fifo, 0o600)
        for path in self.dir, fifo, self.dir + '/none', '/dev/null':
            self.refuse(78, *ME, '--dkim', 'example.com:s:' + path, A, input=b'x\n', words=[path])

    def test_bad_values(self):
        for value in '', 'example.com', 'example.com:s', 'example.com:s:':
            self.refuse(64, *ME, '--dkim', value, A, input=b'x\n', words=['--dkim', 'DOMAIN:SELECTOR:KEYFILE'])
        for value in 'example:s:', 'exam_ple.com:s:', 'example.com:s_1:', ':s:', 'example.com::', 'example.com;l=1:s:':
            self.refuse(78, *ME, '--dkim', value + self.key('rsa'), A, input=b'x\n', words=['--dkim'])
        self.refuse(78, *ME, '--dkim', 'example.com:s:pkcs11:token=none', A, input=b'x\n', words=['--dkim'])
        said = self.refuse(64, *ME, '--dkim', 'example.com:s:pkcs11:token=none?pin-value=4711', A, input=b'x\n', words=['pin-source'])
        self.assertNotIn(b'4711', said.stderr)

    def test_short_key_is_said(self):
        path = self.file('short.pem', subprocess.run(['openssl', 'genrsa', '1024'], stdout=subprocess.PIPE,
                                                     stderr=subprocess.DEVNULL).stdout, 0o600)
        result = run('-n', '-S', '127.0.0.1:1', *ME, '--dkim', 'example.com:s:' + path, A, input=b'x\n')
        self.check(result, 0)
        self.assertIn(b'1024 bits', result.stderr)

    def test_other_domain_is_said(self):
        key = '--dkim', 'example.com:rsa:' + self.key('rsa')
        for sender, said in ('joe@example.com', False), ('joe@news.example.com', False), ('joe@example.net', True), \
                ('joe@badexample.com', True):
            for form in ['-f', sender], ['-f', 'x@example.com', '--message-text', 'From: Joe <%s>\nSubject: x\n\nx\n' % sender], \
                    ['-f', 'x@example.com', '--message', '-']:
                result = run('-n', '-S', '127.0.0.1:1', *form, *key, A, input=b'From: %s\n\nx\n' % sender.encode())
                self.check(result, 0)
                self.assertEqual(b'DMARC' in result.stderr, said, (form, result.stderr))

    def test_what_cannot_be_signed(self):
        for text, words in ((b'Subject: x\n\nx\n', b'no field From'), (b'From: a@example.com\nfrom: b@example.com\n\n', b'more than one'),
                            (b'From joe\nFrom: a@example.com\n\n', b'line 1'), (b'From: a@example.com\n\n\xe9\n', b'above 127')):
            sink = Sink(self)
            result = run('-S', sink.name, *ME, *self.both, '--message', '-', A, input=text)
            self.assertNotEqual(result.returncode, 0)
            self.assertIn(words, result.stderr)
            self.assertEqual(sink.stop(), [])


if __name__ == '__main__':
    support.main()
