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
  HEADING ("Who"),
  VALUE (OPTION_TEXT, "-S", "server", 'S', server, FALSE, "SERVER", "host, host:port, smtp://, smtps://, smtp+insecure://, lmtp://, lmtp:/path, srv:domain, mx:domain, program:command; several with commas are tried in order"),
  ADDRESS (OPTION_TEXT, "-f", NULL, 'f', reverse_path, TRUE, "FROM", "bare address that errors go back to; '<>' for none"),
  ADDRESS (OPTION_TEXT, "--from", "from", 0, from, TRUE, "HEADER", "the letter's From, 'Joe <joe@example.com>'"),
  ADDRESS (OPTION_TEXTS, "-t", "to", 't', to, FALSE, "TO", "recipient; the same as RECIPIENT"),
  ADDRESS (OPTION_TEXTS, "--cc", "cc", 0, cc, FALSE, "ADDRESS", "recipient named in Cc"),
  ADDRESS (OPTION_TEXTS, "--bcc", "bcc", 0, bcc, FALSE, "ADDRESS", "recipient named nowhere"),
  ITEM ("--to-file", "to-file", 0, address_files, ITEM_TO_FILE, "FILE", "recipients, one a line, '#' begins a comment; '-' is standard input"),
  ITEM ("--cc-file", "cc-file", 0, address_files, ITEM_CC_FILE, "FILE", "the same, named in Cc"),
  ITEM ("--bcc-file", "bcc-file", 0, address_files, ITEM_BCC_FILE, "FILE", "the same, named nowhere"),
  ADDRESS (OPTION_TEXTS, "--reply-to", "reply-to", 0, reply_to, FALSE, "ADDRESS", "where answers go"),
  HEADING ("A letter"),
  VALUE (OPTION_TEXT, "-s", "subject", 's', subject, TRUE, "SUBJECT", NULL),
  VALUE (OPTION_TEXTS, "--header", "header", 0, headers, FALSE, "'NAME: VALUE'", "one more header field"),
  VALUE (OPTION_OCTETS, "--text", "text", 0, text, TRUE, "FILE", "the text; '-' is standard input, which is also the default"),
  VALUE (OPTION_OCTETS, "--html", "html", 0, html, TRUE, "FILE", "the same as HTML"),
  VALUE (OPTION_TEXT, "--charset", "charset", 0, charset, TRUE, "CHARSET", "of the text and the HTML; UTF-8 unless said"),
  FLAG ("--replace-invalid", "replace-invalid", 0, replace_invalid, "send octets of the text that are no UTF-8 as U+FFFD, with a warning"),
  FLAG ("--first-line-subject", "first-line-subject", 0, first_line_subject, "the first line of the text is the subject"),
  ITEM ("--attach", "attach", 'a', attachments, ITEM_ATTACH_SPEC, "SPEC", "'FILE[;type=T][;name=N][;inline]'"),
  ITEM ("--attach-file", "attach-file", 0, attachments, ITEM_ATTACH_FILE, "FILE", "a file, whatever its name holds: for scripts"),
  FLAG ("--skip-empty", "skip-empty", 0, skip_empty, "send nothing when the text, or the message given as it is, is empty"),
  HEADING ("Or a message as it is: no header is added or removed (a Bcc: in it stays!)"),
  ITEM ("--message", "message", 0, messages, ITEM_MESSAGE_FILE, "FILE", "octets of the message; '-' is standard input; repeatable, in order"),
  ITEM ("--message-text", "message-text", 0, messages, ITEM_MESSAGE_TEXT, "STRING", "the same, from the command line"),
  VALUE (OPTION_TEXT, "--eight-bit", "eight-bit", 0, eight_bit, FALSE, "as-is", "send octets above 127 to servers without 8BITMIME"),
  HEADING ("What the server is asked for"),
  VALUE (OPTION_TEXT, "--notify", "notify", 0, notify, FALSE, "WHEN", "reports: never, or some of success,failure,delay"),
  VALUE (OPTION_TEXT, "--return", "return", 0, returns, FALSE, "WHAT", "full or headers: what a report of a failure brings back"),
  VALUE (OPTION_TEXT, "--envelope-id", "envelope-id", 0, envelope_id, FALSE, "ID", "stands in the reports"),
  FLAG ("--require-tls", "require-tls", 0, require_tls, "verified TLS on the whole way, or nothing is sent (REQUIRETLS)"),
  VALUE (OPTION_TEXT, "--priority", "priority", 0, priority, FALSE, "NUMBER", "-9 to 9, in the queues of servers"),
  VALUE (OPTION_TEXT, "--deliver-by", "deliver-by", 0, deliver_by, FALSE, "SECONDS", "or return it (DELIVERBY); with ',notify' or ',trace' behind them reports alone"),
  VALUE (OPTION_SECONDS, "--hold", "hold", 0, hold, FALSE, "SECONDS", "before the server sends it on (FUTURERELEASE)"),
  VALUE (OPTION_TEXT, "--hold-until", "hold-until", 0, hold_until, FALSE, "DATE", "the same with a date, 2027-01-31T08:00:00+01:00"),
  HEADING ("How"),
  FLAG ("--all-or-none", "all-or-none", 0, all_or_none, "one recipient refused: nobody gets it (without this, those that are accepted do)"),
  VALUE (OPTION_TEXT, "--tls", "tls", 0, tls, FALSE, "POLICY", "none, opportunistic, required or implicit"),
  VALUE (OPTION_PATH, "--ca-file", "ca-file", 0, ca_file, FALSE, "FILE", "certificates to trust instead of the system's"),
  VALUE (OPTION_PATH, "--crl-file", "crl-file", 0, crl_file, FALSE, "FILE", "certificates that are revoked"),
  VALUE (OPTION_TEXT, "--pin", "pin", 0, pin, FALSE, "SHA256", "of the server's certificate or key, as 'mimesend probe' shows it; instead of the CA"),
  FLAG ("--pin-beside-ca", "pin-beside-ca", 0, pin_beside_ca, "the certificate must be verified as without --pin, too"),
  VALUE (OPTION_TEXT, "--tls-min", "tls-min", 0, tls_min, FALSE, "VERSION", "1.2 (which is so anyway) or 1.3"),
  VALUE (OPTION_PATH, "--client-cert", "client-cert", 0, client_certificate, FALSE, "FILE", "our certificate, PEM or pkcs11:, for servers that ask for one"),
  VALUE (OPTION_PATH, "--client-key", "client-key", 0, client_key, FALSE, "FILE", "its key, the same; unless given it is in the same file"),
  VALUE (OPTION_TEXT, "--user", "user", 0, user, FALSE, "USER", "log in; the password comes from one of the next two, MIMESEND_PASSWORD or a prompt"),
  VALUE (OPTION_PATH, "--password-file", "password-file", 0, password_file, FALSE, "FILE", NULL),
  VALUE (OPTION_OCTETS, "--password-command", "password-command", 0, password_command, FALSE, "COMMAND", "run by the shell, prints the password in its first line"),
  FLAG ("--oauth", "oauth", 0, oauth, "what comes as the password is an access token (OAUTHBEARER, XOAUTH2)"),
  VALUE (OPTION_TEXT, "--auth", "auth", 0, mechanisms, FALSE, "MECHANISMS", "log in by these alone, 'SCRAM-SHA-256,PLAIN'; not by those with a '!'"),
  FLAG ("--allow-cleartext-login", "allow-cleartext-login", 0, allow_cleartext_login, "send the password without TLS (smtp+insecure:// only)"),
  VALUE (OPTION_TEXT, "--ehlo", "ehlo", 0, ehlo_name, FALSE, "NAME", "what this host calls itself"),
  FLAG ("--no-chunking", "no-chunking", 0, no_chunking, "send by DATA even where BDAT is offered (CHUNKING)"),
  VALUE (OPTION_TEXT, "--proxy", "proxy", 0, proxy, FALSE, "PROXY", "socks5://[user@]host[:port], http://[user@]host[:port], none, or what the 'system' is set to"),
  VALUE (OPTION_PATH, "--proxy-password-file", "proxy-password-file", 0, proxy_password_file, FALSE, "FILE", "of the proxy's user; also MIMESEND_PROXY_PASSWORD"),
  VALUE (OPTION_TEXT, "--source-address", "source-address", 0, source_address, FALSE, "ADDRESS", "the address of this machine to connect from"),
  VALUE (OPTION_SECONDS, "--timeout", "timeout", 0, timeout, FALSE, "SECONDS", "each stage but the last reply"),
  VALUE (OPTION_SECONDS, "--final-timeout", "final-timeout", 0, final_timeout, FALSE, "SECONDS", "the last reply; 600 unless said"),
  VALUE (OPTION_SECONDS, "--deadline", "deadline", 0, deadline, FALSE, "SECONDS", "in all"),
  VALUE (OPTION_SECONDS, "--retry", "retry", 0, attempts, FALSE, "TIMES", "try again so often what the server puts off or what does not reach it; never what is in doubt"),
  ADDRESS (OPTION_TEXTS, "--rcpt", "rcpt", 0, probed, FALSE, "ADDRESS", "with probe: would the server take a message for it? repeatable"),
  FLAG ("--dry-run", "dry-run", 'n', dry_run, "check everything, show it, connect nowhere"),
  FLAG ("--json", "json", 0, json, "one JSON object on standard output"),
  FLAG ("--verbose", "verbose", 'v', verbose, "show the dialogue, secrets hidden, on standard error"),
  FLAG ("--help", "help", 'h', help, NULL),
  FLAG ("--version", "version", 0, version, NULL),
  { .label = NULL }
};
/* clang-format on */
