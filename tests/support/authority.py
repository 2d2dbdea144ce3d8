# SPDX-License-Identifier: LGPL-2.1-or-later
"""A certificate authority of the tests' own, by openssl: any dates, chains, lists of what was revoked, answers of OCSP."""

import datetime
import hashlib
import os
import ssl
import subprocess

CONFIG = """
[ca]
default_ca = here
[here]
database = index.txt
serial = serial
new_certs_dir = .
default_md = sha256
default_days = 2
default_crl_days = 2
policy = any
unique_subject = no
copy_extensions = none
[any]
commonName = optional
[req]
distinguished_name = none
prompt = no
[none]
"""
EC, RSA = ('ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1'), ('rsa:2048',)
NAMES = 'DNS:localhost,IP:127.0.0.1'


class Authority:
    """`NAME.pem` and `NAME.key` in a folder; what a client is to trust is `trusted`."""

    def __init__(self, folder, name='authority'):
        self.folder, self.name = folder, name
        os.makedirs(folder)
        self.write('ca.cnf', CONFIG)
        self.write('index.txt', '')
        self.write('serial', '1000\n')
        self.request(name)
        self.openssl('x509', '-req', '-in', name + '.csr', '-signkey', name + '.key', '-days', '20', '-extfile',
                     self.write('root.ext', 'basicConstraints=critical,CA:TRUE\nkeyUsage=critical,keyCertSign,cRLSign\n'),
                     '-out', name + '.pem')
        self.trusted = self.at(name + '.pem')

    def at(self, name):
        return os.path.join(self.folder, name)

    def write(self, name, text):
        with open(self.at(name), 'w') as f:
            f.write(text)
        return self.at(name)

    def openssl(self, *args):
        subprocess.run(['openssl', *args], check=True, cwd=self.folder, stdin=subprocess.DEVNULL,
                       stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)

    def request(self, name, key=EC):
        self.openssl('req', '-new', '-newkey', *key, '-nodes', '-config', 'ca.cnf', '-subj', '/CN=' + name, '-keyout',
                     name + '.key', '-out', name + '.csr')

    def issue(self, name, names=NAMES, since=-1, until=2, by=None, extra='', key=EC):
        """Valid between these days from now; signed by `by`, this authority unless said otherwise."""
        def day(n):
            return (datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(days=n)).strftime('%Y%m%d%H%M%SZ')
        self.request(name, key)
        lines = ('subjectAltName=%s\n' % names if names else '') + extra
        self.openssl('ca', '-batch', '-notext', '-config', 'ca.cnf', '-cert', (by or self.name) + '.pem', '-keyfile',
                     (by or self.name) + '.key', '-in', name + '.csr', '-out', name + '.pem', '-startdate', day(since),
                     '-enddate', day(until), '-extfile', self.write(name + '.ext', lines or 'basicConstraints=CA:FALSE\n'))
        return name

    def below(self, name, until=2, by=None, is_ca=True):
        """An authority below this one."""
        return self.issue(name, names=None, until=until, by=by,
                          extra='basicConstraints=critical,CA:%s\nkeyUsage=critical,keyCertSign,cRLSign\n' % str(is_ca).upper())

    def revoke(self, name):
        self.openssl('ca', '-config', 'ca.cnf', '-cert', self.name + '.pem', '-keyfile', self.name + '.key', '-revoke', name + '.pem')

    def revoked(self, name, *dates):
        """The list of what was revoked so far."""
        self.openssl('ca', '-config', 'ca.cnf', '-cert', self.name + '.pem', '-keyfile', self.name + '.key', '-gencrl', *dates,
                     '-out', name)
        return self.at(name)

    def answer(self, name, *more):
        """What an OCSP server says of it now, as a server may staple it."""
        self.openssl('ocsp', '-index', 'index.txt', '-rsigner', self.name + '.pem', '-rkey', self.name + '.key', '-CA',
                     self.name + '.pem', '-issuer', self.name + '.pem', '-cert', name + '.pem', '-respout', name + '.ocsp', *more)
        return self.at(name + '.ocsp')

    def chain(self, name, *above):
        """One file with all of them, for a server to show."""
        text = ''
        for one in (name, *above):
            with open(self.at(one + '.pem')) as f:
                text += f.read()
        return self.write(name + '.chain', text)

    def context(self, name, *above):
        made = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        made.load_cert_chain(self.chain(name, *above), self.at(name + '.key'))
        return made

    def fingerprint(self, name):
        with open(self.at(name + '.pem')) as f:
            return hashlib.sha256(ssl.PEM_cert_to_DER_cert(f.read())).hexdigest()
