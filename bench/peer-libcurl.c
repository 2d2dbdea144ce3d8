/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* libcurl with one handle, so with one connection: peer-libcurl URL FILE N; the file is ready for the wire. */
#include <curl/curl.h>
#include <stdio.h>
#include <stdlib.h>

int
main (int argc, char **argv)
{
  CURL *curl = curl_easy_init ();
  struct curl_slist *to = curl_slist_append (NULL, "reader0@example.net");
  FILE *file;

  if (argc != 4 || (file = fopen (argv[2], "rb")) == NULL)
    return 64;
  curl_easy_setopt (curl, CURLOPT_URL, argv[1]);
  curl_easy_setopt (curl, CURLOPT_MAIL_FROM, "writer@example.com");
  curl_easy_setopt (curl, CURLOPT_MAIL_RCPT, to);
  curl_easy_setopt (curl, CURLOPT_UPLOAD, 1L);
  curl_easy_setopt (curl, CURLOPT_UPLOAD_BUFFERSIZE, 2097152L);
  curl_easy_setopt (curl, CURLOPT_READDATA, file);
  for (int i = atoi (argv[3]); i > 0; i--)
    {
      CURLcode code;

      rewind (file);
      code = curl_easy_perform (curl);
      if (code != CURLE_OK)
        {
          fprintf (stderr, "%s\n", curl_easy_strerror (code));
          return 1;
        }
    }
  curl_easy_cleanup (curl);
  return 0;
}
