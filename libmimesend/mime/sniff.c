/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "mime/sniff.h"

#include <errno.h>
#include <gio/gio.h>
#include <string.h>

#include "mime/header.h"
#include "mimesend-error.h"

/* Used before GLib's guess, so that the common names mean the same with and without shared-mime-info. */
static const struct
{
  const char *ending;
  const char *type;
} types[] = {
  { "7z", "application/x-7z-compressed" },
  { "avi", "video/x-msvideo" },
  { "bmp", "image/bmp" },
  { "bz2", "application/x-bzip2" },
  { "c", "text/x-csrc" },
  { "css", "text/css" },
  { "csv", "text/csv" },
  { "diff", "text/x-diff" },
  { "doc", "application/msword" },
  { "docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document" },
  { "eml", "message/rfc822" },
  { "epub", "application/epub+zip" },
  { "flac", "audio/flac" },
  { "gif", "image/gif" },
  { "gz", "application/gzip" },
  { "h", "text/x-chdr" },
  { "htm", "text/html" },
  { "html", "text/html" },
  { "ics", "text/calendar" },
  { "jpeg", "image/jpeg" },
  { "jpg", "image/jpeg" },
  { "js", "text/javascript" },
  { "json", "application/json" },
  { "log", "text/plain" },
  { "md", "text/markdown" },
  { "mp3", "audio/mpeg" },
  { "mp4", "video/mp4" },
  { "odp", "application/vnd.oasis.opendocument.presentation" },
  { "ods", "application/vnd.oasis.opendocument.spreadsheet" },
  { "odt", "application/vnd.oasis.opendocument.text" },
  { "ogg", "audio/ogg" },
  { "patch", "text/x-diff" },
  { "pdf", "application/pdf" },
  { "png", "image/png" },
  { "ppt", "application/vnd.ms-powerpoint" },
  { "pptx", "application/vnd.openxmlformats-officedocument.presentationml.presentation" },
  { "ps", "application/postscript" },
  { "rtf", "application/rtf" },
  { "svg", "image/svg+xml" },
  { "tar", "application/x-tar" },
  { "tif", "image/tiff" },
  { "tiff", "image/tiff" },
  { "txt", "text/plain" },
  { "vcf", "text/vcard" },
  { "wav", "audio/x-wav" },
  { "webp", "image/webp" },
  { "xls", "application/vnd.ms-excel" },
  { "xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet" },
  { "xml", "application/xml" },
  { "xz", "application/x-xz" },
  { "zip", "application/zip" },
  { "zst", "application/zstd" },
};

char *
mimesend_sniff_type (const char *file_name)
{
  const char *dot = strrchr (file_name, '.');
  g_autofree char *guess = NULL;
  g_autofree char *type = NULL;

  if (dot != NULL)
    for (gsize i = 0; i < G_N_ELEMENTS (types); i++)
      if (g_ascii_strcasecmp (dot + 1, types[i].ending) == 0)
        return g_strdup (types[i].type);

  guess = g_content_type_guess (file_name, NULL, 0, NULL);
  if (guess != NULL && !g_content_type_is_unknown (guess))
    type = g_content_type_get_mime_type (guess);
  /* Types that are no leaf, or need more than a label, are not derived from a name. */
  if (type == NULL || strchr (type, '/') == NULL || g_str_has_prefix (type, "multipart/") ||
      g_str_has_prefix (type, "message/") || g_str_has_prefix (type, "inode/"))
    return g_strdup ("application/octet-stream");
  return g_steal_pointer (&type);
}

GMimeContentEncoding
mimesend_sniff_encoding (const guint8 *octets, gsize length, gsize line_max)
{
  gsize eight_bit = 0, line = 0, longest = 0; /* the CR of a CRLF does not count as an octet of the line */
  gboolean nul = FALSE, bare_cr = FALSE;

  for (gsize i = 0; i < length; i++)
    {
      guint8 c = octets[i];

      if (c == '\n')
        {
          longest = MAX (longest, line);
          line = 0;
          continue;
        }
      if (c == '\r' && i + 1 < length && octets[i + 1] == '\n')
        continue;
      line++;
      if (c >= 0x80)
        eight_bit++;
      else if (c == '\0')
        nul = TRUE;
      else if (c == '\r')
        bare_cr = TRUE;
    }
  longest = MAX (longest, line);

  /* 17 in 100: from here on quoted-printable is longer than base64; GMime's threshold. */
  if (nul || eight_bit > length * 17 / 100)
    return GMIME_CONTENT_ENCODING_BASE64;
  if (eight_bit > 0 || bare_cr || longest > line_max)
    return GMIME_CONTENT_ENCODING_QUOTEDPRINTABLE;
  return GMIME_CONTENT_ENCODING_7BIT;
}

static gboolean
is_utf8_name (const char *charset)
{
  return g_ascii_strcasecmp (charset, "utf-8") == 0 || g_ascii_strcasecmp (charset, "utf8") == 0;
}

gboolean
mimesend_sniff_check_charset_name (const char *charset, GError **error)
{
  GIConv converter;

  if (!mimesend_header_check_token ("charset", charset, error))
    return FALSE;
  converter = g_iconv_open ("UTF-8", charset);
  if (converter == (GIConv)-1)
    {
      g_set_error (error, MIMESEND_ERROR, MIMESEND_ERROR_CONTENT,
                   "the charset '%s' is unknown: write utf-8, iso-8859-1 or another that iconv -l lists",
                   charset);
      return FALSE;
    }
  g_iconv_close (converter);
  return TRUE;
}

/* The length of the valid beginning. A NUL is valid here: it makes the part base64. */
static gsize
good_utf8 (const char *octets, gsize length)
{
  const char *p = octets;
  const char *end = octets + length;

  while (p < end && !g_utf8_validate (p, end - p, &p) && *p == '\0')
    p++;
  return (gsize)(p - octets);
}

/* As good_utf8 (), by iconv, block by block: a long text needs no second copy. */
static gsize
good_by_iconv (const char *octets, gsize length, const char *charset)
{
  GIConv converter = g_iconv_open ("UTF-8", charset);
  char *in = (char *)octets;
  gsize left = length;
  gboolean good = TRUE;

  while (good && left > 0)
    {
      char block[4096];
      char *out = block;
      gsize room = sizeof block;

      good = g_iconv (converter, &in, &left, &out, &room) != (gsize)-1 || errno == E2BIG;
    }
  g_iconv_close (converter);
  return length - left;
}

gboolean
mimesend_sniff_check_charset (
    const char *argument, const char *octets, gsize length, const char *charset, GError **error)
{
  gsize good;

  if (!mimesend_sniff_check_charset_name (charset, error))
    return FALSE;
  if (length == 0)
    return TRUE;
  good = is_utf8_name (charset) ? good_utf8 (octets, length) : good_by_iconv (octets, length, charset);
  if (good == length)
    return TRUE;
  g_set_error (error, MIMESEND_ERROR, MIMESEND_ERROR_CONTENT,
               "the %s is not in the charset %s: octet \\x%02x at offset %" G_GSIZE_FORMAT
               "; name its charset, or convert it",
               argument, charset, (guint8)octets[good], good);
  return FALSE;
}

gboolean
mimesend_sniff_charset_has_ascii_lines (const char *charset)
{
  static const char *const families[] = { "iso-8859-", "windows-125", "cp125", "koi8-", "iso8859-" };

  if (is_utf8_name (charset) || g_ascii_strcasecmp (charset, "us-ascii") == 0)
    return TRUE;
  for (gsize i = 0; i < G_N_ELEMENTS (families); i++)
    if (g_ascii_strncasecmp (charset, families[i], strlen (families[i])) == 0)
      return TRUE;
  return FALSE;
}
