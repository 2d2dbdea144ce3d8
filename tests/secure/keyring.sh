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

# A pinentry that is never answered: waiting for it hangs.
cat > pinentry.sh <<END
#!/bin/sh
echo asked >> "$folder/pinentry.log"
exec sleep 1000
END
chmod 700 pinentry.sh
printf 'pinentry-program %s/pinentry.sh\nallow-preset-passphrase\ndisable-scdaemon\ns2k-count 65536\n' "$folder" > gpg-agent.conf
printf 'disable-crl-checks\nno-secmem-warning\n' > gpgsm.conf
printf 'no-secmem-warning\nno-greeting\n' > gpg.conf

# gpg gives the agent a few seconds to come up, which a busy machine may not have.
for _ in 1 2 3 4 5; do
  if gpg-connect-agent /bye > /dev/null 2>> gpg.log; then break; fi
done

gpg_batch () { gpg --batch --quiet --no-tty --pinentry-mode loopback --passphrase "$@" 2>> gpg.log; }
fingerprint () { gpg --batch --with-colons --list-keys "<$1@example.com>" 2>> gpg.log | sed -n '/^fpr/ { s/^fpr:*//; s/:.*//; p; q }'; }
new_key () { # NAME PASSPHRASE USAGE EXPIRY [YEAR-AND-MONTH, the time for a key of the past]
  name=$1 pass=$2 usage=$3 expiry=$4 month=${5-}
  gpg_batch "$pass" ${month:+--faked-system-time "${month}01T000000"} --quick-gen-key "$name <$name@example.com>" ed25519 sign "$expiry"
  if [ "$usage" = both ]; then
    # A day later: the clock has gone on since it was set, and nothing is added ahead of the key's own time.
    gpg_batch "$pass" ${month:+--faked-system-time "${month}02T000000"} --quick-add-key "$(fingerprint "$name")" cv25519 encr "$expiry"
  fi
}
new_key alice '' both never
new_key bob '' both never
new_key locked secret sign never
new_key signonly '' sign never
new_key expired '' both 2020-02-01 202001
new_key revoked '' both never
sed 's/^:-/-/' "openpgp-revocs.d/$(fingerprint revoked).rev" | gpg_batch '' --import
# A key of another home: its owner is not certified here.
mkdir -m 700 other
(GNUPGHOME=$folder/other; new_key stranger '' both never; gpg --batch --export > stranger.pgp; gpgconf --kill all)
gpg_batch '' --import stranger.pgp
rm -rf other

# An authority, and certificates of it: RSA, since gpgsm of GnuPG 2.2 imports no others.
openssl req -x509 -newkey rsa:2048 -nodes -keyout ca.key -out ca.pem -subj '/CN=Mimesend Test CA' -days 3650 \
  -addext basicConstraints=critical,CA:TRUE -addext keyUsage=critical,keyCertSign,cRLSign 2>> openssl.log
printf '[ca]\ndefault_ca = own\n[own]\ndatabase = index.txt\nserial = serial.txt\nunique_subject = no\nnew_certs_dir = .\ndefault_md = sha256\npolicy = any\n[any]\ncommonName = supplied\n' > ca.cnf
: > index.txt
echo 1000 > serial.txt
try_certificate () { # NAME PASSPHRASE FROM UNTIL
  name=$1 pass=$2
  printf 'subjectAltName=email:%s@example.com\nkeyUsage=critical,digitalSignature,keyEncipherment\n' "$name" > "$name.ext"
  printf 'extendedKeyUsage=emailProtection\nbasicConstraints=CA:FALSE\n' >> "$name.ext"
  openssl req -newkey rsa:2048 -nodes -keyout "$name.key" -out "$name.csr" -subj "/CN=$name" 2>> openssl.log
  openssl ca -batch -notext -config ca.cnf -cert ca.pem -keyfile ca.key -in "$name.csr" -extfile "$name.ext" -out "$name.pem" \
    -startdate "$3" -enddate "$4" 2>> openssl.log
  openssl pkcs12 -export -in "$name.pem" -inkey "$name.key" -keypbe PBE-SHA1-3DES -certpbe PBE-SHA1-3DES -macalg sha1 \
    -passout "pass:$pass" -out "$name.p12" 2>> openssl.log
  echo "$pass" | gpgsm --batch --pinentry-mode loopback --passphrase-fd 0 --import "$name.p12" 2>> gpgsm.log
}
# gpgsm refuses to import a key now and then: another one takes its place.
certificate () {
  for _ in 1 2 3 4 5; do
    if try_certificate "$@"; then return 0; fi
  done
  return 1
}
gpgsm --batch --import ca.pem 2>> gpgsm.log
openssl x509 -in ca.pem -noout -fingerprint -sha1 | sed 's/.*=//; s/$/ S/' > trustlist.txt
begun=$(date -u -d yesterday +%Y%m%d%H%M%SZ) lasting=$(date -u -d '+9 years' +%Y%m%d%H%M%SZ)
certificate sam '' "$begun" "$lasting"
certificate tom '' "$begun" "$lasting"
certificate vault secret "$begun" "$lasting"
certificate late '' 20200101000000Z 20200201000000Z
# The agent stays, and forgets the passphrases.
gpg-connect-agent reloadagent /bye > /dev/null
rm -f pinentry.log
