#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# keyring.sh FOLDER: keys and certificates for the tests, made in FOLDER, which becomes a GNUPGHOME.
#
# PGP    alice bob   sign and decrypt       locked    has a passphrase        expired revoked   were good once
#        stranger    not trusted            signonly  cannot be encrypted to
# S/MIME sam tom     sign and decrypt       vault     has a passphrase        late              has expired
set -eu
folder=$(cd "$1" && pwd)
GNUPGHOME=$folder
export GNUPGHOME LC_ALL=C
unset GPG_TTY DISPLAY WAYLAND_DISPLAY || :
chmod 700 "$folder"
cd "$folder"

# A pinentry that is never answered: whoever waits for it hangs.
cat > pinentry.sh <<END
#!/bin/sh
echo asked >> "$folder/pinentry.log"
exec sleep 1000
END
chmod 700 pinentry.sh
printf 'pinentry-program %s/pinentry.sh\nallow-preset-passphrase\ndisable-scdaemon\ns2k-count 65536\n' "$folder" > gpg-agent.conf
printf 'disable-crl-checks\nno-secmem-warning\n' > gpgsm.conf
printf 'no-secmem-warning\nno-greeting\n' > gpg.conf

gpg_batch () { gpg --batch --quiet --no-tty --pinentry-mode loopback --passphrase "$@" 2>> gpg.log; }
fingerprint () { gpg --batch --with-colons --list-keys "<$1@example.com>" 2>> gpg.log | sed -n '/^fpr/ { s/^fpr:*//; s/:.*//; p; q }'; }
new_key () { # NAME PASSPHRASE USAGE EXPIRY [OPTION...]
  name=$1 pass=$2 usage=$3 expiry=$4
  shift 4
  gpg_batch "$pass" "$@" --quick-gen-key "$name <$name@example.com>" ed25519 sign "$expiry"
  if [ "$usage" = both ]; then
    gpg_batch "$pass" "$@" --quick-add-key "$(fingerprint "$name")" cv25519 encr "$expiry"
  fi
}
new_key alice '' both never
new_key bob '' both never
new_key locked secret sign never
new_key signonly '' sign never
new_key expired '' both 2020-02-01 --faked-system-time 20200101T000000
new_key revoked '' both never
sed 's/^:-/-/' "openpgp-revocs.d/$(fingerprint revoked).rev" | gpg_batch '' --import
# A key of another home: nobody here has said whose it is.
mkdir -m 700 other
(GNUPGHOME=$folder/other; new_key stranger '' both never; gpg --batch --export > stranger.pgp; gpgconf --kill all)
gpg_batch '' --import stranger.pgp
rm -rf other

# An authority, and certificates of it: RSA, since gpgsm of GnuPG 2.2 imports no others.
openssl req -x509 -newkey rsa:2048 -nodes -keyout ca.key -out ca.pem -subj '/CN=Mimesend Test CA' -days 3650 \
  -addext basicConstraints=critical,CA:TRUE -addext keyUsage=critical,keyCertSign,cRLSign 2>> openssl.log
certificate () { # NAME PASSPHRASE DAYS...
  name=$1 pass=$2
  shift 2
  printf 'subjectAltName=email:%s@example.com\nkeyUsage=critical,digitalSignature,keyEncipherment\n' "$name" > "$name.ext"
  printf 'extendedKeyUsage=emailProtection\nbasicConstraints=CA:FALSE\n' >> "$name.ext"
  openssl req -newkey rsa:2048 -nodes -keyout "$name.key" -out "$name.csr" -subj "/CN=$name" 2>> openssl.log
  openssl x509 -req -in "$name.csr" -CA ca.pem -CAkey ca.key -CAcreateserial -extfile "$name.ext" -out "$name.pem" "$@" 2>> openssl.log
  openssl pkcs12 -export -in "$name.pem" -inkey "$name.key" -keypbe PBE-SHA1-3DES -certpbe PBE-SHA1-3DES -macalg sha1 \
    -passout "pass:$pass" -out "$name.p12" 2>> openssl.log
  echo "$pass" | gpgsm --batch --pinentry-mode loopback --passphrase-fd 0 --import "$name.p12" 2>> gpgsm.log
}
gpgsm --batch --import ca.pem 2>> gpgsm.log
openssl x509 -in ca.pem -noout -fingerprint -sha1 | sed 's/.*=//; s/$/ S/' > trustlist.txt
certificate sam '' -days 3650
certificate tom '' -days 3650
certificate vault secret -days 3650
certificate late '' -days -1
rm -f pinentry.log
gpgconf --kill all
