# SPDX-License-Identifier: LGPL-2.1-or-later
"""GSSAPI with tickets of a real KDC (MIT Kerberos), where there is one: in PATH, or unpacked into MIMESEND_KERBEROS."""

import json
import os
import shutil
import socket
import subprocess
import tempfile
import time

import support
from support import Sink, run

ROOT = os.environ.get('MIMESEND_KERBEROS', '/')
PATH = ':'.join(os.path.join(ROOT, folder) for folder in ('usr/sbin', 'usr/bin', 'sbin', 'bin'))
LIBRARIES = os.path.join(ROOT, 'usr/lib', os.uname().machine + '-linux-gnu')
# Debian 13 has MIT's under this name, and chooses between it and Heimdal's when it installs one.
KINIT = 'kinit.mit' if shutil.which('kinit.mit', path=PATH) else 'kinit'
NEEDED = ('krb5kdc', 'kdb5_util', 'kadmin.local', KINIT)
USER = 'me@TEST.EXAMPLE'
A = 'a@example.com'

CLIENT = """[libdefaults]
default_realm = TEST.EXAMPLE
dns_lookup_kdc = false
dns_lookup_realm = false
dns_canonicalize_hostname = false
rdns = false
[realms]
TEST.EXAMPLE = {
  kdc = 127.0.0.1:%(port)d
}
[domain_realm]
localhost = TEST.EXAMPLE
[dbmodules]
db_module_dir = %(libraries)s/krb5/plugins/kdb
"""
SERVER = """[kdcdefaults]
kdc_listen = 127.0.0.1:%(port)d
kdc_tcp_listen = 127.0.0.1:%(port)d
[realms]
TEST.EXAMPLE = {
  database_name = %(folder)s/db
  key_stash_file = %(folder)s/stash
}
"""


class Gssapi(support.Case):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.mkdtemp(prefix='mimesend-kdc-')
        with socket.create_server(('127.0.0.1', 0)) as free:
            port = free.getsockname()[1]
        for name, text in (('krb5.conf', CLIENT), ('kdc.conf', SERVER)):
            with open(os.path.join(cls.folder, name), 'w') as f:
                f.write(text % {'port': port, 'folder': cls.folder, 'libraries': LIBRARIES})
        cls.env = {'KRB5_CONFIG': cls.folder + '/krb5.conf', 'KRB5CCNAME': 'FILE:' + cls.folder + '/tickets',
                   'KRB5_KTNAME': 'FILE:' + cls.folder + '/keytab'}
        cls.tools = dict(cls.env, KRB5_KDC_PROFILE=cls.folder + '/kdc.conf', PATH=PATH)
        if ROOT != '/':
            cls.tools['LD_LIBRARY_PATH'] = LIBRARIES
        cls.tool('kdb5_util', 'create', '-s', '-P', 'master')
        for query in ('addprinc -pw secret me', 'addprinc -randkey smtp/localhost', 'ktadd -k %s/keytab smtp/localhost' % cls.folder):
            cls.tool('kadmin.local', '-q', query)
        cls.kdc = subprocess.Popen([shutil.which('krb5kdc', path=PATH), '-n'], env=cls.tools, stdin=subprocess.DEVNULL,
                                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        until = time.monotonic() + 30
        while time.monotonic() < until:
            try:
                socket.create_connection(('127.0.0.1', port)).close()
                break
            except ConnectionRefusedError:
                time.sleep(0.05)
        cls.tool(KINIT, 'me', input=b'secret\n')

    @classmethod
    def tearDownClass(cls):
        cls.kdc.terminate()
        cls.kdc.wait()
        shutil.rmtree(cls.folder)

    @classmethod
    def tool(cls, name, *args, input=b''):
        subprocess.run([shutil.which(name, path=PATH), *args], env=cls.tools, input=input, check=True, stdout=subprocess.DEVNULL,
                       stderr=subprocess.PIPE)

    def sink(self, user=USER):
        sink = Sink(self, '--tls-self-signed', '--name', 'localhost', '--auth', user + ':secret', '--mechanism', 'GSSAPI', '--mechanism',
                    'PLAIN', env=self.env)
        self.ca = self.file('ca.pem', sink.certificate.encode())
        return sink

    def send(self, sink, *args, code=0, env=None):
        result = run('-v', '--json', '-S', 'smtp://localhost:' + sink.name.rpartition(':')[2], '-f', 'me@example.com', '--ca-file', self.ca,
                     *args, A, input=b'x\n', env={**self.env, **(env or {})})
        self.check(result, code)
        return json.loads(result.stdout), result.stderr.decode()

    def test_ticket(self):
        sink = self.sink()
        report, trace = self.send(sink, '--auth', 'GSSAPI')
        self.assertEqual(report['auth'], 'GSSAPI')
        self.assertEqual(sink.message()['auth'], {'mechanism': 'GSSAPI', 'user': USER})
        within = trace.partition('> AUTH GSSAPI')[2].partition('< 235')[0]
        for line in within.splitlines():
            self.assertRegex(line, r'^(|[<>] (334 )?(\[\d+ octets hidden\])?)$')

    def test_somebody_else(self):
        sink = self.sink(user='ann@TEST.EXAMPLE')
        self.send(sink, '--auth', 'GSSAPI', code=77)
        self.assertEqual(sink.stop(), [])

    def test_no_ticket(self):
        sink = self.sink()
        none = {'KRB5CCNAME': 'FILE:/nonexistent'}
        report, trace = self.send(sink, '--auth', 'GSSAPI', code=77, env=none)
        self.assertIn('kinit', report['error']['message'])
        self.assertNotIn('> AUTH', trace)
        report, trace = self.send(sink, '--user', USER, '--auth', 'GSSAPI,PLAIN', env={**none, 'MIMESEND_PASSWORD': 'secret'})
        self.assertEqual(report['auth'], 'PLAIN')
        self.assertNotIn('> AUTH GSSAPI', trace)

    def test_never_unless_named(self):
        sink = self.sink()
        report, _ = self.send(sink, '--user', USER, env={'MIMESEND_PASSWORD': 'secret'})
        self.assertEqual(report['auth'], 'PLAIN')


if __name__ == '__main__':
    if not all(shutil.which(name, path=PATH) for name in NEEDED):
        print('1..0 # SKIP there is no KDC: krb5-kdc, krb5-admin-server and krb5-user bring one')
    else:
        support.main()
