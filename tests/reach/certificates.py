# SPDX-License-Identifier: LGPL-2.1-or-later
"""A certificate authority for a day, and a certificate for any names."""

import os
import subprocess


def _openssl(*arguments):
    subprocess.run(['openssl', *arguments], check=True, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                   stderr=subprocess.PIPE)


class Authority:
    def __init__(self, folder):
        self._folder, self.file = folder, os.path.join(folder, 'ca.pem')
        self._key = os.path.join(folder, 'ca.key')
        _openssl('req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '1',
                 '-subj', '/CN=Tests', '-keyout', self._key, '-out', self.file)

    def issue(self, *names):
        """Its options for a sink."""
        stem = os.path.join(self._folder, names[0])
        with open(stem + '.ext', 'w') as file:
            file.write('subjectAltName=%s\n' % ','.join(names))
        _openssl('req', '-new', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-subj', '/CN=x',
                 '-keyout', stem + '.key', '-out', stem + '.csr')
        _openssl('x509', '-req', '-in', stem + '.csr', '-CA', self.file, '-CAkey', self._key, '-CAcreateserial',
                 '-days', '1', '-extfile', stem + '.ext', '-out', stem + '.pem')
        return ['--tls-cert', stem + '.pem', '--tls-key', stem + '.key']
