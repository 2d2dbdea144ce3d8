# SPDX-License-Identifier: LGPL-2.1-or-later
"""A certificate authority, and a certificate for any names."""

import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', 'support'))
import authority  # noqa: E402


class Authority(authority.Authority):
    def __init__(self, folder):
        super().__init__(os.path.join(folder, 'authority'), 'ca')
        self.file = self.trusted

    def issue(self, *names):
        """Its options for a sink."""
        name = super().issue('server-%d' % len(os.listdir(self.folder)), names=','.join(names))
        return ['--tls-cert', self.at(name + '.pem'), '--tls-key', self.at(name + '.key')]
