/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "secure/dkim-body.h"

#include <string.h>

MimesendDkimBody *
mimesend_dkim_body_new (MimesendDkimForm form)
{
  MimesendDkimBody *self = g_new (MimesendDkimBody, 1);

  memset (self, 0, G_STRUCT_OFFSET (MimesendDkimBody, ready));
  self->form = form;
  if (gnutls_hash_init (&self->hash, GNUTLS_DIG_SHA256) < 0)
    g_error ("no SHA-256 can be had");
  return self;
}

void
mimesend_dkim_body_free (MimesendDkimBody *self)
{
  if (self == NULL)
    return;
  gnutls_hash_deinit (self->hash, NULL);
  g_free (self);
}

static void
body_flush (MimesendDkimBody *self)
{
  gnutls_hash (self->hash, self->ready, self->n_ready);
  self->n_ready = 0;
}

static void
body_put (MimesendDkimBody *self, const void *octets, gsize n)
{
  self->any = TRUE;
  while (n > 0)
    {
      gsize fits = MIN (n, sizeof self->ready - self->n_ready);

      memcpy (self->ready + self->n_ready, octets, fits);
      self->n_ready += fits;
      octets = (const guint8 *)octets + fits;
      n -= fits;
      if (self->n_ready == sizeof self->ready)
        body_flush (self);
    }
}

static void
body_put_line_end (MimesendDkimBody *self)
{
  body_put (self, "\r\n", 2);
}

/* What was held back turns out to stand ahead of something. */
static void
body_put_held (MimesendDkimBody *self)
{
  for (; self->empty_lines > 0; self->empty_lines--)
    body_put_line_end (self);
  if (self->blank)
    body_put (self, " ", 1);
  self->blank = FALSE;
  self->in_line = TRUE;
}

static void
body_end_line (MimesendDkimBody *self)
{
  if (self->in_line)
    body_put_line_end (self);
  else
    self->empty_lines++;
  self->in_line = self->blank = FALSE;
}

static gboolean
body_stops_at (const MimesendDkimBody *self, guint8 octet)
{
  return octet == '\r' || octet == '\n' ||
         (self->form == MIMESEND_DKIM_RELAXED && (octet == ' ' || octet == '\t'));
}

/* How many octets are hashed as they stand. A loop without calls: bodies are long. */
static gsize
dkim_plain_run (const MimesendDkimBody *self, const guint8 *octets, gsize n)
{
  gsize i = 0;

  while (i < n && (octets[i] > ' ' || !body_stops_at (self, octets[i])))
    i++;
  return i;
}

void
mimesend_dkim_body_add (MimesendDkimBody *self, const guint8 *octets, gsize n)
{
  for (gsize i = 0; i < n;)
    {
      gsize run = dkim_plain_run (self, octets + i, n - i);

      if (run > 0)
        {
          body_put_held (self);
          body_put (self, octets + i, run);
          i += run;
          continue;
        }
      if (octets[i] == '\n')
        body_end_line (self);
      else if (octets[i] != '\r') /* a CR is part of the line end that its LF ends */
        self->blank = TRUE;
      i++;
    }
}

/* Empty lines at the end do not count. Of an empty body the simple form has one line end, the relaxed form nothing. */
void
mimesend_dkim_body_finish (MimesendDkimBody *self, guint8 *digest)
{
  if (self->in_line || (!self->any && self->form == MIMESEND_DKIM_SIMPLE))
    body_put_line_end (self);
  body_flush (self);
  gnutls_hash_output (self->hash, digest);
}
