/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The grammar of RFC 5321 4.1.2 for one mailbox. Pure: looks at octets, changes none. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef enum
{
  MIMESEND_MAILBOX_OK,
  MIMESEND_MAILBOX_EMPTY,
  MIMESEND_MAILBOX_CONTROL, /* an octet below 32, DEL, or a C1 control in UTF-8 */
  MIMESEND_MAILBOX_NOT_UTF8,
  MIMESEND_MAILBOX_DISPLAY_NAME, /* "Joe <foo@bar>", "(Joe) foo@bar", "<foo@bar>" */
  MIMESEND_MAILBOX_BLANK,        /* white space inside or around */
  MIMESEND_MAILBOX_NO_LOCAL_PART,
  MIMESEND_MAILBOX_LOCAL_PART,     /* not a dot-string, not a quoted string */
  MIMESEND_MAILBOX_LOCAL_TOO_LONG, /* over 64 octets */
  MIMESEND_MAILBOX_NO_DOMAIN,      /* "foo@" */
  MIMESEND_MAILBOX_DOMAIN,         /* not LDH labels, not U-labels, not an address literal */
  MIMESEND_MAILBOX_DOMAIN_TOO_LONG /* over 255 octets, or a label over 63 */
} MimesendMailboxFault;

typedef struct
{
  gsize local_length;  /* the local part is text[0 .. local_length) as written, quotes and all */
  gsize domain_offset; /* where the domain begins; 0 when there is none ("foo") */
  gsize fault_offset;  /* the octet at which the fault was seen */
  gboolean local_is_ascii;
  gboolean domain_is_ascii;
} MimesendMailbox;

/* The whole of text[0 .. length) as "foo" or "foo@bar.com". Nothing is trimmed, unquoted or decoded. */
MimesendMailboxFault mimesend_mailbox_scan (const char *text, gsize length, MimesendMailbox *mailbox);

/* What is wrong, as the middle of a sentence: "has white space in it". */
const char *mimesend_mailbox_fault_words (MimesendMailboxFault fault);

/* The bare address that was probably meant ("Joe <foo@bar.com>" → "foo@bar.com"); NULL where none can be seen. */
char *mimesend_mailbox_guess (const char *text, gsize length);

/* The mailbox with A-labels for a domain (RFC 5891) and an ASCII local part: a form that needs no SMTPUTF8. NULL: it is
 * ASCII already, its local part is not, or the domain has no such form. */
char *mimesend_mailbox_to_ascii (const char *mailbox);
gboolean mimesend_mailbox_needs_smtputf8 (const char *mailbox);

/* LDH labels as EHLO and the domain after '@' allow them (RFC 5321 4.1.2), or an address literal in brackets. */
gboolean mimesend_domain_is_valid (const char *text, gsize length, gboolean allow_utf8);

G_END_DECLS
