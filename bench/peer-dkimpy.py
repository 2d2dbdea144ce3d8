# SPDX-License-Identifier: LGPL-2.1-or-later
"""peer-dkimpy.py LETTER KEY rsa|ed25519 N: signs the same ready letter N times by dkimpy."""
import base64
import json
import resource
import subprocess
import sys
import time

import dkim

letter, key, kind, n = sys.argv[1:]
with open(letter, 'rb') as file:
    octets = file.read()
if kind == 'rsa':
    with open(key, 'rb') as file:
        secret = file.read()
else:  # the seed alone
    secret = base64.b64encode(subprocess.run(['openssl', 'pkey', '-in', key, '-outform', 'DER'], check=True,
                                             stdout=subprocess.PIPE).stdout[-32:])
began = time.monotonic()
for _ in range(int(n)):
    dkim.sign(octets, b's', b'example.com', secret, canonicalize=(b'relaxed', b'relaxed'),
              signature_algorithm=kind.encode() + b'-sha256')
print(json.dumps({'seconds': time.monotonic() - began, 'cpu': time.process_time(),
                  'kib': resource.getrusage(resource.RUSAGE_SELF).ru_maxrss}))
