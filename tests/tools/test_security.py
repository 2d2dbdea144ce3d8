# SPDX-License-Identifier: LGPL-2.1-or-later
"""--sign and --encrypt: what arrives is verified and decrypted by gpg, gpgsm and openssl."""

import email
import email.policy
import os
import pty
import shutil
import subprocess
import tempfile
import unittest

import support
from support import Sink, Trap, run, start_measured, peak_memory

ALICE = ('-f', 'alice@example.com')
SAM = ('-f', 'sam@example.com')
BOB = 'bob@example.com'
TOM = 'tom@example.com'
HERE = os.path.dirname(os.path.abspath(__file__))
HAVE = all(shutil.which(name) for name in ('gpg', 'gpgsm', 'openssl'))


def gnupg(*command, **more):
    env = dict(os.environ, GNUPGHOME=RING, LC_ALL='C')
    return subprocess.run(command, cwd=RING, env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=120, **more)


def setUpModule():
    global RING
    if HAVE:
        RING = tempfile.mkdtemp(prefix='mimesend-keys-', dir='/tmp')  # a socket's path has 107 octets
        subprocess.run(['sh', os.path.join(HERE, '../secure/keyring.sh'), RING], check=True)


def tearDownModule():
    if HAVE:
        gnupg('gpgconf', '--kill', 'all')
        shutil.rmtree(RING, ignore_errors=True)


def canonical(octets):
    return octets.replace(b'\r\n', b'\n').replace(b'\n', b'\r\n')


@unittest.skipUnless(HAVE, 'gpg, gpgsm or openssl is not installed')
class Security(support.Case):
    def env(self):
        return {'GNUPGHOME': RING, 'PATH': os.environ.get('PATH', '/usr/bin:/bin')}

    def put(self, name, octets):
        with open(os.path.join(RING, name), 'wb') as f:
            f.write(octets)
        return name

    def split(self, content):
        """The octets that were signed, and the signature, with no parser for the former."""
        content = canonical(content)
        boundary = email.message_from_bytes(content, policy=email.policy.default).get_boundary().encode()
        _, part, signature, rest = content.split(b'\r\n--' + boundary)
        self.assertTrue(rest.startswith(b'--'))
        return part[2:], email.message_from_bytes(signature[2:], policy=email.policy.default).get_payload(decode=True)

    def verify(self, smime, content):
        part, signature = self.split(content)
        self.put('part', part)
        self.put('signature', signature)
        checked = gnupg('gpgsm' if smime else 'gpg', '--batch', '--verify', 'signature', 'part')
        self.assertEqual(checked.returncode, 0, checked.stdout)
        if smime:
            checked = gnupg('openssl', 'cms', '-verify', '-binary', '-inform', 'DER', '-in', 'signature', '-content', 'part',
                            '-CAfile', 'ca.pem', '-out', 'verified')
            self.assertEqual(checked.returncode, 0, checked.stdout)
        for line in part.split(b'\r\n'):
            self.assertFalse(line.endswith((b' ', b'\t')) or line.startswith(b'From ') or b'\n' in line or b'\r' in line)
        self.assertTrue(part.isascii())
        return email.message_from_bytes(part, policy=email.policy.default)

    def decrypt(self, smime, content):
        message = email.message_from_bytes(content, policy=email.policy.default)
        if smime:
            self.assertEqual(message.get_content_type(), 'application/pkcs7-mime')
            self.assertEqual(message.get_param('smime-type'), 'enveloped-data')
            self.put('secret', message.get_payload(decode=True))
            done = gnupg('openssl', 'cms', '-decrypt', '-binary', '-inform', 'DER', '-in', 'secret', '-recip', 'tom.pem',
                         '-inkey', 'tom.key', '-out', 'plain')
            self.assertEqual(done.returncode, 0, done.stdout)
        else:
            self.assertEqual(message.get_content_type(), 'multipart/encrypted')
            version, octets = message.iter_parts()
            self.assertEqual(version.get_payload(decode=True).strip(), b'Version: 1')
            self.put('secret', octets.get_payload(decode=True))
            done = gnupg('gpg', '--batch', '--yes', '--status-fd', '1', '--output', 'plain', '--decrypt', 'secret')
            self.assertIn(b'DECRYPTION_OKAY', done.stdout)
        with open(os.path.join(RING, 'plain'), 'rb') as f:
            return f.read(), done.stdout

    def send(self, *args, sink=(), input=b'Hello\n', code=0):
        server = Sink(self, *sink)
        result = run('-S', server.name, '-s', 'Plans', *args, input=input, env=self.env())
        self.check(result, code)
        return server.message()['content'] if code == 0 else None

    def test_signed(self):
        image = self.file('image.png', bytes(range(256)) * 3000)
        note = self.file('note.txt', 'Grüße \nFrom me\n-- \nA\n'.encode())
        for smime, me, to in ((False, ALICE, BOB), (True, SAM, TOM)):
            for sink in ((), ('--hide', '8BITMIME'), ('--hide', 'CHUNKING'), ('--hide', 'PIPELINING')):
                content = self.send(*me, '--sign', 'smime' if smime else 'pgp', '-a', image, '-a', note, to, sink=sink,
                                    input='Grüße \nFrom here\n'.encode())
                with self.subTest(smime=smime, sink=sink):
                    part = self.verify(smime, content)
                    texts = [p.get_payload(decode=True).replace(b'\r\n', b'\n') for p in part.walk()
                             if p.get_content_maintype() == 'text']
                    self.assertEqual(texts, ['Grüße \nFrom here\n'.encode(), 'Grüße \nFrom me\n-- \nA\n'.encode()])
                    self.assertEqual([p.get_payload(decode=True) for p in part.walk()
                                      if p.get_content_maintype() == 'image'], [bytes(range(256)) * 3000])

    def test_built(self):
        for smime, me in ((False, ALICE), (True, SAM)):
            result = run('build', *me, '--sign', 'smime' if smime else 'pgp', input=b'a \n', env=self.env())
            self.check(result, 0)
            self.assertNotIn(b'\r', result.stdout)
            self.verify(smime, result.stdout)

    def test_named_key(self):
        self.verify(False, self.send('-f', 'me@example.com', '--sign', 'pgp:alice@example.com', BOB))
        self.verify(True, self.send('-f', 'me@example.com', '--sign', 'smime:sam@example.com', TOM))

    def test_encrypted(self):
        for smime, me, to in ((False, ALICE, BOB), (True, SAM, TOM)):
            kind = 'smime' if smime else 'pgp'
            content = self.send(*me, '--encrypt', kind, to, sink=('--hide', '8BITMIME'))
            plain, _ = self.decrypt(smime, content)
            self.assertTrue(plain.endswith(b'\r\n\r\nHello\r\n'))
            self.assertNotIn(b'Hello', content)
            content = self.send(*me, '--encrypt', kind, '--sign', kind, to)
            plain, said = self.decrypt(smime, content)
            if smime:
                self.verify(True, plain)
            else:
                self.assertIn(b'GOODSIG', said)

    def test_hidden(self):
        content = self.send(*ALICE, '--encrypt', 'pgp', '--hide-recipients', '--bcc', 'alice@example.com', BOB)
        self.decrypt(False, content)
        self.assertIn(b'keyid 0000000000000000', gnupg('gpg', '--batch', '--list-only', '--list-packets', 'secret').stdout)
        content = self.send(*ALICE, '--encrypt', 'pgp', '--hide-subject', BOB)
        self.assertEqual(email.message_from_bytes(content)['Subject'], '[...]')
        self.assertIn(b'Subject: Plans\r\n', self.decrypt(False, content)[0])

    def test_refused(self):
        """Before the server is connected to, without a passphrase asked for, and nothing is sent in part."""
        sign, encrypt = ('--sign', 'pgp'), ('--encrypt', 'pgp')
        for code, args, words in (
                (65, ('-f', 'nobody@example.com', *sign, BOB), ['nobody@example.com', 'secret key']),
                (65, ('-f', 'expired@example.com', *sign, BOB), ['expired']),
                (65, ('-f', 'locked@example.com', *sign, BOB), ['locked by a passphrase']),
                (65, ('-f', 'vault@example.com', '--sign', 'smime', BOB), ['locked by a passphrase']),
                (65, (*ALICE, *encrypt, BOB, 'x@example.com', 'y@example.com', 'revoked@example.com'),
                 ['3 of 4', 'x@example.com (no key)', 'y@example.com (no key)', 'revoked@example.com']),
                (65, (*SAM, '--encrypt', 'smime', TOM, 'late@example.com'), ['1 of 2', 'late@example.com', 'expired']),
                (65, (*ALICE, *encrypt, 'stranger@example.com'), ['not trusted']),
                (65, (*ALICE, *encrypt, '--bcc', 'alice@example.com', BOB), ['a letter of their own']),
                (64, (*ALICE, '--sign', 'gpg', BOB), ['pgp or smime']),
                (64, (*ALICE, '--sign', 'pgp:', BOB), ['pgp or smime']),
                (64, (*ALICE, '--encrypt', 'pgp:x', BOB), ['pgp or smime']),
                (64, (*ALICE, *sign, '--encrypt', 'smime', BOB), ['two kinds']),
                (64, (*ALICE, '--hide-recipients', BOB), ['--encrypt']),
                (64, (*ALICE, '--encrypt', 'smime', '--hide-recipients', BOB), ['pgp alone']),
                (64, (*ALICE, *sign, '--hide-subject', BOB), ['--encrypt']),
                (64, (*ALICE, *sign, '--message', '/dev/null', BOB), ['--message'])):
            with self.subTest(args=args):
                self.refuse(code, *args, input=b'Hello\n', env=self.env(), words=words)
        self.assertFalse(os.path.exists(os.path.join(RING, 'pinentry.log')))

    def test_two_thousand(self):
        readers = self.file('readers', b''.join(b'reader%d@example.com\n' % i for i in range(2000)))
        result = self.refuse(65, *ALICE, '--encrypt', 'pgp', '--to-file', readers, BOB, env=self.env())
        for word in (b'2000 of 2001', b'reader0@example.com', b'reader1999@example.com'):
            self.assertIn(word, result.stderr)

    def test_terminal(self):
        """Where there is a terminal, GnuPG asks."""
        ours, theirs = pty.openpty()
        self.addCleanup(os.close, ours)
        trap = Trap()
        child = subprocess.Popen([support.MIMESEND, '-S', trap.name, '-f', 'locked@example.com', '--sign', 'pgp', '--text',
                                  self.file('text'), BOB], env=support.environment(self.env()), stdin=theirs,
                                 stderr=subprocess.DEVNULL)
        os.close(theirs)
        asked = os.path.join(RING, 'pinentry.log')
        self.addCleanup(lambda: os.path.exists(asked) and os.unlink(asked))
        try:
            for _ in range(1000):
                if os.path.exists(asked) or child.poll() is not None:
                    break
                try:
                    child.wait(0.02)
                except subprocess.TimeoutExpired:
                    pass
            self.assertTrue(os.path.exists(asked))
        finally:
            child.kill()
            child.wait()
            gnupg('gpgconf', '--kill', 'gpg-agent')

    def test_no_gnupg(self):
        for kind, package in (('pgp', 'package gpg)'), ('smime', 'package gpgsm)')):
            self.refuse(65, *ALICE, '--sign', kind, BOB, env=dict(self.env(), PATH='/nonexistent'), words=[package])

    def test_changed(self):
        path = self.file('large', b'a' * (30 << 20))
        server = Sink(self)
        child = subprocess.Popen([support.MIMESEND, '-S', server.name, *ALICE, '--sign', 'pgp', '--text', self.file('text'), '-a',
                                  path, BOB], env=support.environment(self.env()), stderr=subprocess.PIPE)
        with open(path, 'r+b') as f:
            while child.poll() is None:
                f.seek(0)
                f.write(os.urandom(1))
                f.flush()
        said = child.stderr.read().decode()
        child.stderr.close()
        self.assertEqual(child.returncode, 66, said)
        self.assertEqual(server.stop(), [])

    @unittest.skipIf(support.SANITIZED, 'a sanitizer has memory of its own')
    def test_memory(self):
        path = os.path.join(self.dir, 'large')
        with open(path, 'wb') as f:
            f.truncate(256 << 20)
        for kind in (('--sign', 'pgp'), ('--encrypt', 'pgp', BOB)):
            with self.subTest(kind=kind):
                child = start_measured(support.MIMESEND, 'build', *ALICE, '--text', '/dev/null', '-a', path, *kind,
                                       stdout=subprocess.DEVNULL, env=self.env())
                self.assertLess(peak_memory(child), 24 << 10)
                self.assertEqual(child.returncode, 0)


if __name__ == '__main__':
    support.main()
