/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What was asked for, on the command line and, where it is silent, by the environment and the configuration: plain values, said and
 * not yet understood. Those of the command line are lent by argv. */
#pragma once

#include "base/failure.h"

typedef enum
{
  COMMAND_SEND,
  COMMAND_BUILD,
  COMMAND_PROBE
} Command;

typedef enum
{
  ITEM_ATTACH_SPEC, /* --attach: a file with attributes */
  ITEM_ATTACH_FILE, /* --attach-file: a file, whatever its name */
  ITEM_TO_FILE,     /* --to-file, and the next two alike: addresses, one a line */
  ITEM_CC_FILE,
  ITEM_BCC_FILE,
  ITEM_MESSAGE_FILE,
  ITEM_MESSAGE_TEXT
} ItemKind;

/* An argument whose place among its kind matters. */
typedef struct
{
  ItemKind kind;
  const char *value;
} Item;

typedef struct
{
  Command command;

  const char *server;
  const char *tls;
  const char *ca_file;
  const char *crl_file;
  const char *pin;
  const char *tls_min;
  const char *client_certificate;
  const char *client_key;
  const char *mechanisms;
  gboolean pin_beside_ca;
  gboolean oauth; /* the secret is an access token */
  const char *user;
  const char *password_file;
  const char *password_command;
  const char *ehlo_name;
  const char *proxy;
  const char *proxy_password_file;
  const char *source_address;
  gboolean allow_cleartext_login;
  guint timeout;       /* seconds; 0: the defaults */
  guint final_timeout; /* seconds; 0: the default */
  guint deadline;      /* seconds; 0: none */
  guint attempts;      /* more, after the first; 0: none */

  const char *notify;
  const char *returns;
  const char *envelope_id;
  const char *priority;
  gboolean require_tls;
  const char *deliver_by;
  guint hold; /* seconds; 0: not at all */
  const char *hold_until;

  const char *reverse_path;
  const char *from;
  const char *subject;
  const char *text;
  const char *html;
  const char *charset;
  const char *eight_bit;
  GPtrArray *to, *cc, *bcc, *reply_to, *headers; /* of const char */
  GPtrArray *recipients;                         /* the words that are no options */
  guint n_ahead;                                 /* of recipients: those ahead of "--" */
  GPtrArray *probed;                             /* --rcpt */
  GArray *address_files;                         /* of Item */
  GArray *attachments;                           /* of Item */
  GArray *messages;                              /* of Item */

  gboolean all_or_none;
  gboolean no_chunking;
  gboolean skip_empty;
  gboolean replace_invalid;
  gboolean first_line_subject;
  gboolean dry_run;
  gboolean json;
  gboolean verbose;
  gboolean help;
  gboolean version;

  GPtrArray *owned;      /* of char: values that argv does not lend */
  GArray *texts;         /* of OptionText: what must be UTF-8 */
  const char *bare_word; /* the first word without '@' that did not stand behind "--" */
} Options;

typedef struct
{
  const char *label;
  const char *value;
} OptionText;

/* Is it the raw form: the octets are the caller's? */
gboolean options_is_raw (const Options *self);

typedef struct
{
  char *server;
  char *server_of_file;      /* whatever the environment says */
  gboolean server_from_file; /* the server is the file's */
  char *from;
  char *user;
  char *password_command;
  char *ca_file;
  char *proxy;
  GString *unused; /* why files were not used; NULL: none was left out */
} Config;

/* "; PATH cannot be opened: Permission denied": behind what is said of something that no file gave. */
const char *config_get_unused (const Config *self);
