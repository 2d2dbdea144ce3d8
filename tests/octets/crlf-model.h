/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "octets/crlf.h"

/* What must come of a content, computed the slow way: by tokens, the whole of it in sight. */
typedef struct
{
  GString *wire;
  gsize taken, longest, line, doubled;
  gboolean at_line_start, eight_bit, bare;
} CrlfModel;

static inline CrlfModel
crlf_model_of (const guint8 *in, gsize n, gboolean stuff)
{
  CrlfModel model = { .wire = g_string_new (NULL), .at_line_start = TRUE };
  gsize i = 0;

  while (i < n && in[i] != '\0')
    {
      gboolean pair = i + 1 < n && in[i] == '\r' && in[i + 1] == '\n';

      if (in[i] == '\r' || in[i] == '\n')
        {
          g_string_append (model.wire, "\r\n");
          /* A CR that is the last of all may still find its LF: not bare yet. */
          model.bare |= !pair && !(in[i] == '\r' && i + 1 == n) && !(in[i] == '\r' && in[i + 1] == '\0');
          model.at_line_start = TRUE;
          model.line = 0;
        }
      else
        {
          if (stuff && model.at_line_start && in[i] == '.')
            {
              g_string_append_c (model.wire, '.');
              model.doubled++;
            }
          g_string_append_c (model.wire, (char)in[i]);
          model.at_line_start = FALSE;
          model.line++;
          model.longest = MAX (model.longest, model.line);
          model.eight_bit |= in[i] > 127;
        }
      i += pair ? 2 : 1;
    }
  model.taken = i;
  return model;
}

/* Short lines need not be measured. */
static inline void
crlf_longest_assert (gsize got, gsize due)
{
  if (due > MIMESEND_CRLF_SHORT_LINE)
    g_assert_cmpuint (got, ==, due);
  else
    g_assert_cmpuint (got, <=, due);
}

static inline void
crlf_model_assert (const MimesendCrlf *self, const CrlfModel *model)
{
  g_assert_cmpuint (self->taken, ==, model->taken);
  g_assert_cmpuint (self->doubled, ==, model->doubled);
  crlf_longest_assert (self->longest_line, model->longest);
  g_assert_cmpuint (self->line_length, ==, model->line);
  g_assert_cmpint (self->at_line_start, ==, model->at_line_start);
  g_assert_cmpint (self->eight_bit, ==, model->eight_bit);
  g_assert_cmpint (self->bare, ==, model->bare);
}
