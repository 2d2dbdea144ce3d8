# SPDX-License-Identifier: LGPL-2.1-or-later
"""A client certificate whose key is in a token (PKCS#11): SoftHSM, unpacked and not installed."""

import base64
import hashlib
import os
import re
import ssl
import subprocess
import tempfile

import room
import unpacked

FOLDER = os.environ['MIMESEND_TEST_PACKAGES']
room.enter(lambda: unpacked.unpack(FOLDER))

import socket
import threading

import support
from certificates import Authority
from support import run

PLACE = tempfile.TemporaryDirectory()
CA = Authority(PLACE.name)
SERVER, ME = CA.issue('DNS:localhost'), CA.issue('email:me@example.com')
CERTIFICATE, KEY = ME[1], ME[3]
TOKEN = 'pkcs11:token=t;object=me'


def at(*names):
    return os.path.join(PLACE.name, *names)


def write(name, text):
    os.makedirs(os.path.dirname(at(name)), exist_ok=True)
    with open(at(name), 'w') as file:
        file.write(text)
    return at(name)


def make_token():
    """p11-kit finds the module by a file below /etc, which is laid over the real one for this test alone."""
    write('etc/pkcs11/modules/soft.module', 'module: %s/usr/lib/softhsm/libsofthsm2.so\n' % FOLDER)
    subprocess.run(['mount', '-t', 'overlay', 'overlay', '-o', 'lowerdir=%s:/etc' % at('etc'), '/etc'], check=True)
    os.makedirs(at('tokens'))
    os.environ['SOFTHSM2_CONF'] = write('soft.conf', 'directories.tokendir = %s\nobjectstore.backend = file\n' % at('tokens'))

    def tool(name, *arguments):
        subprocess.run([os.path.join(FOLDER, 'usr/bin', name), *arguments], check=True, stdin=subprocess.DEVNULL,
                       stdout=subprocess.DEVNULL)

    module = os.path.join(FOLDER, 'usr/lib/softhsm/libsofthsm2.so')
    tool('softhsm2-util', '--module', module, '--init-token', '--free', '--label', 't', '--pin', '1234', '--so-pin', '4321')
    tool('p11tool', '--batch', '--login', '--set-pin', '1234', '--write', '--load-privkey', KEY, '--label', 'me', '--id', '01',
         'pkcs11:token=t')
    tool('p11tool', '--batch', '--login', '--set-pin', '1234', '--write', '--load-certificate', CERTIFICATE, '--label', 'me',
         '--id', '01', 'pkcs11:token=t')
    os.rename(KEY, KEY + '.gone')
    subprocess.run(['openssl', 'genpkey', '-algorithm', 'RSA', '-pkeyopt', 'rsa_keygen_bits:2048', '-out', at('dkim.pem')], check=True,
                   stderr=subprocess.DEVNULL)
    subprocess.run(['openssl', 'pkey', '-in', at('dkim.pem'), '-pubout', '-out', at('dkim.public')], check=True)
    tool('p11tool', '--batch', '--login', '--set-pin', '1234', '--write', '--load-privkey', at('dkim.pem'), '--label', 'dkim', '--id', '02',
         'pkcs11:token=t')
    os.remove(at('dkim.pem'))


make_token()


class Token(support.Case):
    def setUp(self):
        super().setUp()
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(SERVER[1], SERVER[3])
        context.load_verify_locations(CA.file)
        context.verify_mode = ssl.CERT_OPTIONAL
        server = socket.create_server(('127.0.0.1', 465))
        self.addCleanup(server.close)
        self.addCleanup(server.shutdown, socket.SHUT_RDWR)  # ends accept ()
        self.shown = []

        def serve():
            """Looks at the certificate, and takes no client."""
            while True:
                try:
                    with context.wrap_socket(server.accept()[0], server_side=True) as peer:
                        names = (peer.getpeercert() or {}).get('subjectAltName')
                        peer.sendall(b'421 4.3.2 later\r\n')
                        self.shown.append(names)
                except ssl.SSLError:
                    pass
                except OSError:
                    return
        threading.Thread(target=serve, daemon=True).start()

    def show(self, certificate, key, code=75, words=()):
        args = ['--client-cert', certificate] + (['--client-key', key] if key else [])
        env = {'SOFTHSM2_CONF': os.environ['SOFTHSM2_CONF']}
        return self.check(run('-S', 'smtps://127.0.0.1', '--tls', 'implicit', '-f', 'me@example.com', '--pin',
                              self.pin(), *args, 'a@example.com', input=b'x\n', env=env), code, *words)

    def pin(self):
        with open(SERVER[1]) as file:
            import hashlib
            return hashlib.sha256(ssl.PEM_cert_to_DER_cert(file.read())).hexdigest()

    def test_key_in_token(self):
        pin = '?pin-source=' + self.file('pin', b'1234')
        for certificate, key in ((CERTIFICATE, TOKEN + ';type=private' + pin), (CERTIFICATE, 'pkcs11:token=t;id=%01' + pin),
                                 (TOKEN + ';type=cert', TOKEN + ';type=private' + pin), (TOKEN + pin, None)):
            with self.subTest((certificate, key)):
                self.show(certificate, key, words=['421'])
                self.assertEqual(self.shown.pop(), (('email', 'me@example.com'),))

    def test_not_there(self):
        wrong = '?pin-source=' + self.file('wrong', b'9999')
        for certificate, key in ((CERTIFICATE, 'pkcs11:token=other;object=me'), (TOKEN, TOKEN + wrong),
                                 (CERTIFICATE, TOKEN + '?pin-source=/nonexistent'), (CERTIFICATE, 'pkcs11:'),
                                 ('pkcs11:x=y;;=', None), (CERTIFICATE, TOKEN)):
            with self.subTest((certificate, key)):
                self.show(certificate, key, code=76, words=['our certificate', 'pkcs11:'])
        self.assertEqual(self.shown, [])

    def test_dkim(self):
        """A key that never leaves its token signs; what is not there is known ahead of the message."""
        pin = '?pin-source=' + self.file('pin', b'1234')
        result = run('build', '-f', 'me@example.com', '--dkim', 'example.com:s:pkcs11:token=t;object=dkim;type=private' + pin, 'a@example.com',
                     input=b'x\n', env={'SOFTHSM2_CONF': os.environ['SOFTHSM2_CONF']})
        self.check(result, 0)
        self.assertTrue(self.is_signed(result.stdout.replace(b'\n', b'\r\n')))
        for uri in ('pkcs11:token=other;object=me', 'pkcs11:token=t;object=dkim;type=private?pin-source=' + self.file('wrong', b'9999')):
            self.refuse(78, '-f', 'me@example.com', '--dkim', 'example.com:s:' + uri, 'a@example.com', input=b'x\n', words=['--dkim'],
                        env={'SOFTHSM2_CONF': os.environ['SOFTHSM2_CONF']})

    def is_signed(self, message):
        """By openssl: the hash of the body, and the signature over the fields that h= names, from the last up (RFC 6376 3.7)."""
        header, _, body = message.partition(b'\r\n\r\n')
        fields = re.split(rb'\r\n(?![ \t])', header)
        tags = {name.strip(): b''.join(value.split()) for name, _, value in
                (tag.partition(b'=') for tag in fields[0].partition(b':')[2].split(b';'))}
        if base64.b64decode(tags[b'bh']) != hashlib.sha256(body).digest():
            return False
        def relaxed(field):
            name, _, value = field.partition(b':')
            return name.strip().lower() + b':' + b' '.join(value.split())
        left, text = fields[1:], b''
        for name in tags[b'h'].split(b':'):
            for field in reversed(left):
                if field.partition(b':')[0].strip().lower() == name.lower():
                    text += relaxed(field) + b'\r\n'
                    left.remove(field)
                    break
        text += relaxed(re.sub(rb'(;\s*b=)[^;]*$', rb'\1', fields[0]))
        return subprocess.run(['openssl', 'dgst', '-sha256', '-verify', at('dkim.public'), '-signature',
                               self.file('signature', base64.b64decode(tags[b'b']))], input=text,
                              stdout=subprocess.DEVNULL).returncode == 0

    def test_pin_is_no_argument(self):
        for option in ('--client-cert', '--client-key'):
            said = self.refuse(64, '-f', 'me@example.com', '--client-cert', CERTIFICATE, option, TOKEN + '?pin-value=1234',
                               'a@example.com', input=b'x\n', words=[option, 'pin-source'])
            self.assertNotIn(b'1234', said.stderr)


support.main()
