/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "mime/stamp.h"

#include <sys/random.h>

#include <gmime/gmime.h>

#include "mime/addresses.h"

#define LAST_SECOND (G_MAXINT32 * (gint64)64) /* of SOURCE_DATE_EPOCH: years have four digits */

char *
mimesend_stamp_date (void)
{
  const char *epoch = g_getenv ("SOURCE_DATE_EPOCH");
  g_autoptr (GDateTime) now = NULL;
  gint64 seconds;

  if (epoch != NULL && g_ascii_string_to_signed (epoch, 10, 0, LAST_SECOND, &seconds, NULL))
    now = g_date_time_new_from_unix_utc (seconds);
  if (now == NULL)
    now = g_date_time_new_now_local ();
  return g_mime_utils_header_format_date (now);
}

/* 128 random bits, which cannot be guessed. */
char *
mimesend_stamp_id (const char *domain)
{
  guint32 random[4];

  if (getrandom (random, sizeof random, 0) != (gssize)sizeof random)
    for (gsize i = 0; i < G_N_ELEMENTS (random); i++)
      random[i] = g_random_int ();
  return g_strdup_printf ("%08x%08x%08x%08x@%s", random[0], random[1], random[2], random[3], domain);
}

char *
mimesend_stamp_id_for (const char *reverse_path, const char *from, const char *fallback)
{
  g_autofree char *domain = reverse_path != NULL ? mimesend_addresses_id_domain (reverse_path) : NULL;

  if (domain == NULL && from != NULL)
    domain = mimesend_addresses_id_domain (from);
  if (domain == NULL)
    domain = g_strdup (fallback != NULL ? fallback : "localhost.invalid");
  return mimesend_stamp_id (domain);
}
