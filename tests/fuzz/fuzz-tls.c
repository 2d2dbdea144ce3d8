/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Cipher octets of a stranger into the handshake. None of them can finish it: they have no valid signature. */
#include "fuzz.h"

#include "mimesend-error.h"
#include "net/tls/tls.h"

static void
check_broken (MimesendTls *tls, const GError *error)
{
  g_autoptr (GError) again = NULL;
  guint8 octet = 'x';
  gboolean eof;

  g_assert_true (error != NULL && error->domain == MIMESEND_ERROR);
  g_assert_cmpint (mimesend_tls_write (tls, &octet, 1, NULL), ==, -1);
  g_assert_cmpint (mimesend_tls_read (tls, &octet, 1, &eof, &again), ==, -1);
  g_assert_cmpstr (again->message, ==, error->message);
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  FuzzInput input = { data, size };
  guint step = 1 + fuzz_choose (&input, 255), how = fuzz_choose (&input, 4);
  MimesendTlsSetup setup = { .host = "mail.example.org", .must_verify = how & 1, .only_1_3 = (how & 2) != 0 };
  g_autoptr (GError) error = NULL;
  MimesendTls *tls;
  MimesendTlsStatus status = MIMESEND_TLS_STATUS_MORE;
  gboolean closed = FALSE;

  fuzz_init ();
  tls = mimesend_tls_new (&setup, &error);
  g_assert_no_error (error);
  while (status == MIMESEND_TLS_STATUS_MORE)
    {
      gsize n;
      const guint8 *out;
      g_autofree guint8 *block = NULL;

      status = mimesend_tls_handshake (tls, &error);
      mimesend_tls_sent (tls, mimesend_tls_peek (tls, &out));
      if (status != MIMESEND_TLS_STATUS_MORE)
        break;
      g_assert_false (closed);
      block = fuzz_take (&input, MIN (step, mimesend_tls_room (tls)), &n);
      mimesend_tls_receive (tls, block, n);
      closed = n == 0;
    }
  g_assert_cmpint (status, ==, MIMESEND_TLS_STATUS_FAILED);
  check_broken (tls, error);
  mimesend_tls_free (tls);
  return 0;
}
