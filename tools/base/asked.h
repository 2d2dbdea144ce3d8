/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The settings of a run: from the command line, else from the environment and the configuration files. Strings, not yet
 * interpreted; those of the command line are borrowed from argv. */
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

/* An option that may be repeated and whose order matters. */
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
  guint attempts;      /* attempts after the first; 0: none */

  const char *notify;
  const char *returns;
  const char *envelope_id;
  const char *priority;
  gboolean require_tls;
  const char *deliver_by;
  guint hold; /* seconds; 0: not held */
  const char *hold_until;

  const char *reverse_path;
  const char *from;
  const char *subject;
  const char *text;
  const char *html;
  const char *charset;
  const char *eight_bit;
  const char *reply;           /* the message that is answered: a file */
  const char *calendar;        /* a file */
  GPtrArray *list_unsubscribe; /* of const char: URIs */
  const char *sign;            /* pgp or smime, and perhaps :KEY */
  const char *encrypt;         /* pgp or smime */
  gboolean hide_recipients;
  gboolean hide_subject;
  GPtrArray *to, *cc, *bcc, *reply_to, *headers; /* of const char */
  GPtrArray *recipients;                         /* the arguments that are no options */
  guint n_ahead;                                 /* how many of the recipients precede "--" */
  GPtrArray *dkims;                              /* --dkim */
  GPtrArray *probed;                             /* of const char, --rcpt */
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

  GPtrArray *owned;      /* of char: values that are not borrowed from argv */
  GArray *texts;         /* of OptionText: values that must be UTF-8 */
  const char *bare_word; /* the first argument without '@' before "--" */
} Options;

typedef struct
{
  const char *label;
  const char *value;
} OptionText;

/* Whether it is the raw form: the message is sent as the user gives it, without a header of ours. */
gboolean options_is_raw (const Options *self);

typedef struct
{
  char *server;
  char *server_of_file;      /* the server in the files, even if the environment overrides it */
  gboolean server_from_file; /* the server is from a file */
  char *from;
  char *user;
  char *password_command;
  char *ca_file;
  char *proxy;
  GPtrArray *dkims;       /* owned, of char *; NULL: none */
  const char *dkims_file; /* the file that has them, while files are read */
  GString *unused;        /* why files were ignored; NULL: none was */
} Config;

/* "; PATH cannot be opened: Permission denied", to be appended to an error about a missing setting; "": no file was
 * ignored. */
const char *config_get_unused (const Config *self);
