/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Text that says that it is encoded, and has octets in it that no encoding leaves there: NUL, and those above 127. What is
 * sound of it stays as it is. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Zero is the start of a text. */
typedef struct
{
  gsize column;    /* octets on the line */
  gboolean longer; /* the line has grown: it is broken where it passes 76 */
  guint inside;    /* octets of an escape ("=XX") that are still to come */
} MimesendRepair;

#define MIMESEND_REPAIR_WORST(n) (5 * (gsize)(n)) /* room that quoted-printable may need */

/* Is there one that has to go? */
gboolean mimesend_repair_is_needed (const guint8 *in, gsize n);

/* Quoted-printable (RFC 2045 6.7): such octets are escaped. Line ends that are added are LF. Returns how many octets are in
 * `out`. */
gsize mimesend_repair_qp (MimesendRepair *self, const guint8 *in, gsize n, guint8 *out);

/* The same for text in which there is none. */
void mimesend_repair_pass (MimesendRepair *self, const guint8 *in, gsize n);

/* Base64 (RFC 2045 6.8): readers ignore such octets, and they are left out; `out` may be `in`. */
gsize mimesend_repair_base64 (const guint8 *in, gsize n, guint8 *out);

G_END_DECLS
