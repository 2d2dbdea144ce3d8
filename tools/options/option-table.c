/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "options/option-table.h"

#include "base/asked.h"

#define HEADING(text)                                                                                        \
  {                                                                                                          \
    .label = text                                                                                            \
  }
#define FLAG(label_, name_, letter_, field, help_)                                                           \
  {                                                                                                          \
    .label = label_, .name = name_, .letter = letter_, .kind = OPTION_FLAG,                                  \
    .offset = G_STRUCT_OFFSET (Options, field), .help = help_                                                \
  }
#define VALUE(kind_, label_, name_, letter_, field, once_, argument_, help_)                                 \
  {                                                                                                          \
    .label = label_, .name = name_, .letter = letter_, .kind = kind_,                                        \
    .offset = G_STRUCT_OFFSET (Options, field), .once = once_, .argument = argument_, .help = help_          \
  }
#define ADDRESS(kind_, label_, name_, letter_, field, once_, argument_, help_)                               \
  {                                                                                                          \
    .label = label_, .name = name_, .letter = letter_, .kind = kind_,                                        \
    .offset = G_STRUCT_OFFSET (Options, field), .once = once_, .address = TRUE, .argument = argument_,       \
    .help = help_                                                                                            \
  }
#define ITEM(label_, name_, letter_, field, item_, argument_, help_)                                         \
  {                                                                                                          \
    .label = label_, .name = name_, .letter = letter_, .kind = OPTION_ITEM,                                  \
    .offset = G_STRUCT_OFFSET (Options, field), .item = item_, .argument = argument_, .help = help_          \
  }

/* clang-format off */
const OptionSpec option_table[] = {
  HEADING ("Sender and recipients"),
  VALUE (OPTION_TEXT, "-S", "server", 'S', server, FALSE, "SERVER", "host, host:port, smtp://, smtps://, smtp+insecure://, lmtp://, lmtp:/path, srv:domain, mx:domain, program:command; a list with commas is tried in order"),
  ADDRESS (OPTION_TEXT, "-f", NULL, 'f', reverse_path, TRUE, "FROM", "bare address that errors are returned to; '<>' for none"),
  ADDRESS (OPTION_TEXT, "--from", "from", 0, from, TRUE, "HEADER", "the header From, 'Joe <joe@example.com>'"),
  ADDRESS (OPTION_TEXTS, "-t", "to", 't', to, FALSE, "TO", "a recipient, the same as RECIPIENT"),
  ADDRESS (OPTION_TEXTS, "--cc", "cc", 0, cc, FALSE, "ADDRESS", "a recipient in the header Cc"),
  ADDRESS (OPTION_TEXTS, "--bcc", "bcc", 0, bcc, FALSE, "ADDRESS", "a recipient in no header"),
  ITEM ("--to-file", "to-file", 0, address_files, ITEM_TO_FILE, "FILE", "recipients from a file, one per line, '#' begins a comment; '-' is standard input"),
  ITEM ("--cc-file", "cc-file", 0, address_files, ITEM_CC_FILE, "FILE", "the same for Cc"),
  ITEM ("--bcc-file", "bcc-file", 0, address_files, ITEM_BCC_FILE, "FILE", "the same for Bcc"),
  ADDRESS (OPTION_TEXTS, "--reply-to", "reply-to", 0, reply_to, FALSE, "ADDRESS", "the address for replies"),
  HEADING ("A letter"),
  VALUE (OPTION_TEXT, "-s", "subject", 's', subject, TRUE, "SUBJECT", NULL),
  VALUE (OPTION_TEXTS, "--header", "header", 0, headers, FALSE, "'NAME: VALUE'", "an additional header field"),
  VALUE (OPTION_OCTETS, "--text", "text", 0, text, TRUE, "FILE", "the text; '-' is standard input, the default"),
  VALUE (OPTION_OCTETS, "--html", "html", 0, html, TRUE, "FILE", "the message as HTML"),
  VALUE (OPTION_TEXT, "--charset", "charset", 0, charset, TRUE, "CHARSET", "the charset of text and HTML; default UTF-8"),
  FLAG ("--replace-invalid", "replace-invalid", 0, replace_invalid, "replace invalid UTF-8 in the text by U+FFFD, with a warning"),
  FLAG ("--first-line-subject", "first-line-subject", 0, first_line_subject, "use the first line of the text as the subject"),
  ITEM ("--attach", "attach", 'a', attachments, ITEM_ATTACH_SPEC, "SPEC", "attach a file: 'FILE[;type=T][;name=N][;inline]'"),
  ITEM ("--attach-file", "attach-file", 0, attachments, ITEM_ATTACH_FILE, "FILE", "attach a file of any name, without attributes; for scripts"),
  VALUE (OPTION_TEXT, "--sign", "sign", 0, sign, TRUE, "KIND[:KEY]", "sign with GnuPG: pgp or smime; default: the sender's key"),
  VALUE (OPTION_TEXT, "--encrypt", "encrypt", 0, encrypt, TRUE, "KIND", "encrypt to the keys of all recipients: pgp or smime"),
  FLAG ("--hide-recipients", "hide-recipients", 0, hide_recipients, "do not show whose keys it is encrypted to (pgp only)"),
  FLAG ("--hide-subject", "hide-subject", 0, hide_subject, "encrypt the subject, too; outside it is [...]"),
  VALUE (OPTION_PATH, "--reply", "reply", 0, reply, TRUE, "FILE", "answer that message: its thread, its subject and, unless told, its sender"),
  VALUE (OPTION_PATH, "--calendar", "calendar", 0, calendar, TRUE, "FILE", "an invitation: iCalendar with a METHOD, shown with buttons by what knows it"),
  VALUE (OPTION_TEXTS, "--list-unsubscribe", "list-unsubscribe", 0, list_unsubscribe, FALSE, "URI", "how to leave the list, https: (by one click) or mailto:; repeatable"),
  FLAG ("--skip-empty", "skip-empty", 0, skip_empty, "send nothing, and succeed, if the text or the message is empty"),
  HEADING ("Or a finished message: no header field is added or removed (not even Bcc!)"),
  ITEM ("--message", "message", 0, messages, ITEM_MESSAGE_FILE, "FILE", "the message; '-' is standard input; repeatable, joined in order"),
  ITEM ("--message-text", "message-text", 0, messages, ITEM_MESSAGE_TEXT, "STRING", "the same, as an argument"),
  VALUE (OPTION_TEXT, "--eight-bit", "eight-bit", 0, eight_bit, FALSE, "as-is", "send octets above 127 to servers without 8BITMIME"),
  HEADING ("Signature"),
  VALUE (OPTION_TEXTS, "--dkim", "dkim", 0, dkims, FALSE, "DOMAIN:SELECTOR:KEYFILE", "sign for this domain (DKIM); repeatable; 'none': not even if configured"),
  HEADING ("Requests to the server"),
  VALUE (OPTION_TEXT, "--notify", "notify", 0, notify, FALSE, "WHEN", "delivery reports: never, or some of success,failure,delay"),
  VALUE (OPTION_TEXT, "--return", "return", 0, returns, FALSE, "WHAT", "what a failure report contains of the message: full or headers"),
  VALUE (OPTION_TEXT, "--envelope-id", "envelope-id", 0, envelope_id, FALSE, "ID", "an identifier for the reports"),
  FLAG ("--require-tls", "require-tls", 0, require_tls, "verified TLS up to the recipient, or nothing is sent (REQUIRETLS)"),
  VALUE (OPTION_TEXT, "--priority", "priority", 0, priority, FALSE, "NUMBER", "-9 to 9 (MT-PRIORITY)"),
  VALUE (OPTION_TEXT, "--deliver-by", "deliver-by", 0, deliver_by, FALSE, "SECONDS", "deliver in time or return it (DELIVERBY); SECONDS,notify or SECONDS,trace: see mimesend(1)"),
  VALUE (OPTION_SECONDS, "--hold", "hold", 0, hold, FALSE, "SECONDS", "the server holds the message for so long (FUTURERELEASE)"),
  VALUE (OPTION_TEXT, "--hold-until", "hold-until", 0, hold_until, FALSE, "DATE", "the same until a date, 2027-01-31T08:00:00+01:00"),
  HEADING ("Connection"),
  FLAG ("--all-or-none", "all-or-none", 0, all_or_none, "if one recipient is refused, send to none (default: send to the accepted ones)"),
  VALUE (OPTION_TEXT, "--tls", "tls", 0, tls, FALSE, "POLICY", "none, opportunistic, required or implicit"),
  VALUE (OPTION_PATH, "--ca-file", "ca-file", 0, ca_file, FALSE, "FILE", "trusted CA certificates instead of the system's"),
  VALUE (OPTION_PATH, "--crl-file", "crl-file", 0, crl_file, FALSE, "FILE", "revocation lists"),
  VALUE (OPTION_TEXT, "--pin", "pin", 0, pin, FALSE, "SHA256", "accept only this certificate or key, as shown by 'mimesend probe', instead of checking the CA"),
  FLAG ("--pin-beside-ca", "pin-beside-ca", 0, pin_beside_ca, "check both --pin and the CA"),
  VALUE (OPTION_TEXT, "--tls-min", "tls-min", 0, tls_min, FALSE, "VERSION", "1.2 (the default) or 1.3"),
  VALUE (OPTION_PATH, "--client-cert", "client-cert", 0, client_certificate, FALSE, "FILE", "client certificate, PEM or pkcs11:"),
  VALUE (OPTION_PATH, "--client-key", "client-key", 0, client_key, FALSE, "FILE", "its key; default: in the same file"),
  VALUE (OPTION_TEXT, "--user", "user", 0, user, FALSE, "USER", "log in; the password is from one of the next two options, MIMESEND_PASSWORD or a prompt"),
  VALUE (OPTION_PATH, "--password-file", "password-file", 0, password_file, FALSE, "FILE", "a file that holds the password"),
  VALUE (OPTION_OCTETS, "--password-command", "password-command", 0, password_command, FALSE, "COMMAND", "a shell command that prints the password on its first line"),
  FLAG ("--oauth", "oauth", 0, oauth, "the password is an OAuth 2.0 access token (OAUTHBEARER, XOAUTH2)"),
  VALUE (OPTION_TEXT, "--auth", "auth", 0, mechanisms, FALSE, "MECHANISMS", "allowed SASL mechanisms, 'SCRAM-SHA-256,PLAIN'; with '!' in front: not allowed"),
  FLAG ("--allow-cleartext-login", "allow-cleartext-login", 0, allow_cleartext_login, "allow a login without TLS (smtp+insecure:// only)"),
  VALUE (OPTION_TEXT, "--ehlo", "ehlo", 0, ehlo_name, FALSE, "NAME", "the name of this host in EHLO"),
  FLAG ("--no-chunking", "no-chunking", 0, no_chunking, "send by DATA even if CHUNKING (BDAT) is offered"),
  VALUE (OPTION_TEXT, "--proxy", "proxy", 0, proxy, FALSE, "PROXY", "socks5://[user@]host[:port], http://[user@]host[:port], none, or system"),
  VALUE (OPTION_PATH, "--proxy-password-file", "proxy-password-file", 0, proxy_password_file, FALSE, "FILE", "a file that holds the proxy password; or MIMESEND_PROXY_PASSWORD"),
  VALUE (OPTION_TEXT, "--source-address", "source-address", 0, source_address, FALSE, "ADDRESS", "the local address to connect from"),
  VALUE (OPTION_SECONDS, "--timeout", "timeout", 0, timeout, FALSE, "SECONDS", "time-out of each stage except the final reply"),
  VALUE (OPTION_SECONDS, "--final-timeout", "final-timeout", 0, final_timeout, FALSE, "SECONDS", "time-out of the reply to the end of the message; default 600"),
  VALUE (OPTION_SECONDS, "--deadline", "deadline", 0, deadline, FALSE, "SECONDS", "time-out of everything together"),
  VALUE (OPTION_SECONDS, "--retry", "retry", 0, attempts, FALSE, "TIMES", "retries after temporary failures; never of a message in doubt"),
  ADDRESS (OPTION_TEXTS, "--rcpt", "rcpt", 0, probed, FALSE, "ADDRESS", "with probe: ask whether the server accepts this recipient; repeatable"),
  FLAG ("--dry-run", "dry-run", 'n', dry_run, "check everything and show what would be sent, without connecting"),
  FLAG ("--json", "json", 0, json, "one JSON object on standard output"),
  FLAG ("--verbose", "verbose", 'v', verbose, "show the dialogue on standard error, secrets hidden"),
  FLAG ("--help", "help", 'h', help, NULL),
  FLAG ("--version", "version", 0, version, NULL),
  { .label = NULL }
};
/* clang-format on */
