/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once

#include "mimesend-letter.h"
#include "mimesend-part.h"
#include "written.h"

/* The call has to work; it names its error `failure`. */
#define must(call)                                                                                           \
  do                                                                                                         \
    {                                                                                                        \
      GError *failure = NULL;                                                                                \
      gboolean done = (call);                                                                                \
                                                                                                             \
      g_assert_no_error (failure);                                                                           \
      g_assert_true (done);                                                                                  \
    }                                                                                                        \
  while (0)

static inline MimesendLetter *
letter_new (void)
{
  MimesendLetter *letter = mimesend_letter_new ();

  must (mimesend_letter_set_from (letter, "joe@example.com", &failure));
  must (mimesend_letter_add_to (letter, "to@example.org", &failure));
  return letter;
}

/* Builds, writes, looks at the header, reads back. */
static inline GMimeMessage *
build_and_read (MimesendLetter *letter, char **text)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GMimeObject) message = mimesend_letter_build (letter, &error);

  g_assert_no_error (error);
  g_assert_true (GMIME_IS_MESSAGE (message));
  assert_headers_are_sound (message, 998);
  *text = written (message);
  return read_back (*text);
}
