/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* AUTH (RFC 4954) with PLAIN (RFC 4616), LOGIN and SCRAM-SHA-256 (RFC 5802, RFC 7677), by hand: the sender uses a library,
 * and a fault of that library must not be on both sides. The others, where asked for: the tokens by hand in bearer.c, the
 * rest by that library's server in sasl.c. */
#include "core-private.h"
#include "sasl.h"

#include <string.h>

#define DIGEST 32

typedef enum
{
  MECHANISM_PLAIN,
  MECHANISM_LOGIN,
  MECHANISM_SCRAM,
  MECHANISM_BEARER,
  MECHANISM_XOAUTH2,
  MECHANISM_SASL
} Mechanism;

static const char *const by_hand[] = { "PLAIN", "LOGIN", "SCRAM-SHA-256", "OAUTHBEARER", "XOAUTH2" };
static const char *const usual[] = { "PLAIN", "LOGIN", "SCRAM-SHA-256", NULL };

struct _SinkLogin
{
  Mechanism mechanism;
  char *name;
  SinkSasl *sasl;
  guint turn; /* responses so far */
  gboolean user_right;
  char *gs2_header, *client_first_bare, *server_first, *nonce; /* SCRAM */
  guint8 salt[16];
};

void
sink_login_free (SinkLogin *self)
{
  if (self == NULL)
    return;
  g_free (self->name);
  sink_sasl_free (self->sasl);
  g_free (self->gs2_header);
  g_free (self->client_first_bare);
  g_free (self->server_first);
  g_free (self->nonce);
  g_free (self);
}

gboolean
sink_login_knows (const char *mechanism)
{
  for (guint i = 0; i < G_N_ELEMENTS (by_hand); i++)
    if (g_ascii_strcasecmp (by_hand[i], mechanism) == 0)
      return TRUE;
  return sink_sasl_has (mechanism);
}

/* Whether it is offered: with TLS possible, only under TLS; -PLUS only with a channel binding. */
static gboolean
login_offers (const SinkCore *self, const char *mechanism)
{
  return self->user != NULL && (self->tls_active || !self->tls_possible) && sink_core_offers (self, "AUTH") &&
         sink_core_offers (self, mechanism) &&
         (self->binding != NULL || !g_str_has_suffix (mechanism, "-PLUS"));
}

/* The name of an offered one; NULL: it is none. */
static const char *
find_offered (const SinkCore *self, const char *name)
{
  const char *const *all = self->mechanisms != NULL ? (const char *const *)self->mechanisms : usual;
  for (; *all != NULL; all++)
    if (g_ascii_strcasecmp (*all, name) == 0 && login_offers (self, *all))
      return *all;
  return NULL;
}

char *
sink_login_mechanisms (const SinkCore *self)
{
  const char *const *all = self->mechanisms != NULL ? (const char *const *)self->mechanisms : usual;
  GString *list = g_string_new (NULL);
  for (; *all != NULL; all++)
    if (login_offers (self, *all))
      g_string_append_printf (list, "%s%s", list->len > 0 ? " " : "", *all);
  return g_string_free (list, list->len == 0);
}

/* Strict base64 (RFC 4648 section 3): padded, nothing else between. NULL: it is not. A NUL is put behind. */
static guint8 *
login_decode (const char *text, gsize *n)
{
  static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  gsize length = strlen (text), pads = 0, out = 0;
  if (length % 4 != 0)
    return NULL;
  while (pads < 2 && pads < length && text[length - 1 - pads] == '=')
    pads++;
  g_autofree guint8 *octets = g_malloc (length / 4 * 3 + 1);
  for (gsize i = 0; i < length; i += 4)
    {
      guint32 bits = 0;
      for (gsize j = i; j < i + 4; j++)
        {
          const char *found = j < length - pads ? strchr (alphabet, text[j]) : alphabet;
          if (found == NULL)
            return NULL;
          bits = bits << 6 | (guint32)(found - alphabet);
        }
      octets[out++] = (guint8)(bits >> 16);
      octets[out++] = (guint8)(bits >> 8);
      octets[out++] = (guint8)bits;
    }
  *n = out - pads;
  octets[*n] = 0;
  return g_steal_pointer (&octets);
}

static void
login_finish (SinkCore *self, gboolean right)
{
  self->state = SINK_STATE_COMMAND;
  if (right)
    {
      self->mechanism = g_strdup (self->login->name);
      sink_core_say (self, "235", "2.7.0", "welcome");
    }
  else
    sink_core_say (self, "535", "5.7.8", "the credentials are wrong");
  g_clear_pointer (&self->login, sink_login_free);
}

static void
login_malformed (SinkCore *self, const char *what)
{
  self->state = SINK_STATE_COMMAND;
  self->violations |= SINK_VIOLATION_SYNTAX;
  sink_core_say (self, "501", "5.5.2", "%s", what);
  g_clear_pointer (&self->login, sink_login_free);
}

static void
challenge_encoded (SinkCore *self, const char *encoded)
{
  self->state = SINK_STATE_RESPONSE;
  sink_core_say (self, "334", NULL, "%s", encoded);
}

static void
sink_login_challenge (SinkCore *self, const char *text)
{
  g_autofree char *encoded = g_base64_encode ((const guchar *)text, strlen (text));
  challenge_encoded (self, encoded);
}

static void
login_plain (SinkCore *self, const guint8 *octets, gsize n)
{
  const guint8 *first = memchr (octets, 0, n);
  const guint8 *second = first != NULL ? memchr (first + 1, 0, n - (gsize)(first + 1 - octets)) : NULL;
  if (second == NULL || memchr (second + 1, 0, n - (gsize)(second + 1 - octets)) != NULL)
    {
      login_malformed (self, "PLAIN is [authorization] NUL user NUL password");
      return;
    }
  const char *authorization = (const char *)octets, *user = (const char *)first + 1;
  login_finish (self, (*authorization == '\0' || strcmp (authorization, user) == 0) &&
                          strcmp (user, self->user) == 0 &&
                          strcmp ((const char *)second + 1, self->password) == 0);
}

static void
login_login (SinkCore *self, const guint8 *octets, gsize n)
{
  const char *text = (const char *)octets;
  if (self->login->turn == 1)
    {
      self->login->user_right = strlen (text) == n && strcmp (text, self->user) == 0;
      sink_login_challenge (self, "Password:");
    }
  else
    login_finish (self, self->login->user_right && strlen (text) == n && strcmp (text, self->password) == 0);
}

static void
login_hmac (const guint8 *key, gsize key_n, const void *octets, gsize n, guint8 digest[DIGEST])
{
  gsize length = DIGEST;
  GHmac *state = g_hmac_new (G_CHECKSUM_SHA256, key, key_n);
  g_hmac_update (state, octets, (gssize)n);
  g_hmac_get_digest (state, digest, &length);
  g_hmac_unref (state);
}

/* Hi () of RFC 5802 section 2.2. */
static void
salted_password (
    const char *password, const guint8 *salt, gsize salt_n, guint iterations, guint8 result[DIGEST])
{
  g_autoptr (GByteArray) first = g_byte_array_new ();
  guint8 u[DIGEST];
  g_byte_array_append (first, salt, (guint)salt_n);
  g_byte_array_append (first, (const guint8 *)"\0\0\0\1", 4);
  login_hmac ((const guint8 *)password, strlen (password), first->data, first->len, u);
  memcpy (result, u, DIGEST);
  for (guint i = 1; i < iterations; i++)
    {
      login_hmac ((const guint8 *)password, strlen (password), u, DIGEST, u);
      for (guint j = 0; j < DIGEST; j++)
        result[j] ^= u[j];
    }
}

/* Parses "n,," or "y,," (the client supports binding, and believes that the server does not), then "n=user,r=nonce". */
static void
scram_first (SinkCore *self, const char *text)
{
  SinkLogin *state = self->login;
  const char *comma = (text[0] == 'n' || text[0] == 'y') && text[1] == ',' ? strchr (text + 2, ',') : NULL;
  g_auto (GStrv) words = comma != NULL ? g_strsplit (comma + 1, ",", -1) : NULL;
  if (words == NULL || words[0] == NULL || words[1] == NULL || !g_str_has_prefix (words[0], "n=") ||
      !g_str_has_prefix (words[1], "r=") || words[1][2] == '\0')
    {
      login_malformed (self, "the first message of SCRAM is n,,n=USER,r=NONCE");
      return;
    }
  if (text[0] == 'y' && find_offered (self, "SCRAM-SHA-256-PLUS") != NULL)
    {
      login_finish (self, FALSE); /* an attacker removed -PLUS from the list (RFC 5802 section 6) */
      return;
    }
  g_auto (GStrv) commas = g_strsplit (words[0] + 2, "=2C", -1);
  g_autofree char *no_commas = g_strjoinv (",", commas);
  g_auto (GStrv) equals = g_strsplit (no_commas, "=3D", -1);
  g_autofree char *user = g_strjoinv ("=", equals);
  guint8 random[18];
  for (guint i = 0; i < sizeof random; i++)
    random[i] = (guint8)g_random_int_range (0, 256);
  for (guint i = 0; i < sizeof state->salt; i++)
    state->salt[i] = (guint8)g_random_int_range (0, 256);
  g_autofree char *own = g_base64_encode (random, sizeof random);
  g_autofree char *salt = g_base64_encode (state->salt, sizeof state->salt);
  state->user_right = strcmp (user, self->user) == 0;
  state->gs2_header = g_strndup (text, (gsize)(comma + 1 - text));
  state->client_first_bare = g_strdup (comma + 1);
  state->nonce = g_strconcat (words[1] + 2, own, NULL);
  state->server_first = g_strdup_printf ("r=%s,s=%s,i=%u", state->nonce, salt, self->scram_iterations);
  sink_login_challenge (self, state->server_first);
}

/* Checks the client's proof against the stored key, and makes the server's signature (RFC 5802 section 3). */
static gboolean
scram_proof (SinkCore *self, const char *without_proof, const char *proof_text, guint8 signature[DIGEST])
{
  SinkLogin *state = self->login;
  guint8 salted[DIGEST], client_key[DIGEST], server_key[DIGEST], stored_key[DIGEST], mask[DIGEST],
      hash[DIGEST];
  gsize n = 0, digest_n = DIGEST;
  g_autofree guint8 *proof = login_decode (proof_text, &n);
  g_autofree char *message =
      g_strjoin (",", state->client_first_bare, state->server_first, without_proof, NULL);
  salted_password (self->password, state->salt, sizeof state->salt, self->scram_iterations, salted);
  login_hmac (salted, DIGEST, "Client Key", 10, client_key);
  login_hmac (salted, DIGEST, "Server Key", 10, server_key);
  login_hmac (server_key, DIGEST, message, strlen (message), signature);
  g_autoptr (GChecksum) sha256 = g_checksum_new (G_CHECKSUM_SHA256);
  g_checksum_update (sha256, client_key, DIGEST);
  g_checksum_get_digest (sha256, stored_key, &digest_n);
  login_hmac (stored_key, DIGEST, message, strlen (message), mask);
  if (proof == NULL || n != DIGEST)
    return FALSE;
  for (guint i = 0; i < DIGEST; i++)
    mask[i] ^= proof[i];
  g_checksum_reset (sha256);
  g_checksum_update (sha256, mask, DIGEST);
  g_checksum_get_digest (sha256, hash, &digest_n);
  return memcmp (hash, stored_key, DIGEST) == 0;
}

/* "c=…,r=nonce,p=proof" */
static void
scram_final (SinkCore *self, const char *text)
{
  SinkLogin *state = self->login;
  const char *proof = strstr (text, ",p=");
  g_autofree char *without = proof != NULL ? g_strndup (text, (gsize)(proof - text)) : g_strdup (text);
  g_autofree char *binding = g_base64_encode ((const guchar *)state->gs2_header, strlen (state->gs2_header));
  g_autofree char *expected = g_strdup_printf ("c=%s,r=%s", binding, state->nonce);
  guint8 signature[DIGEST];
  if (proof == NULL || strcmp (without, expected) != 0)
    login_malformed (self, "the final message of SCRAM is c=BINDING,r=NONCE,p=PROOF");
  else if (!scram_proof (self, without, proof + 3, signature) || !state->user_right)
    login_finish (self, FALSE);
  else
    {
      g_autofree char *encoded = g_base64_encode (signature, DIGEST);
      g_autofree char *answer = g_strconcat ("v=", encoded, NULL);
      sink_login_challenge (self, answer);
    }
}

static void
login_scram (SinkCore *self, const guint8 *octets, gsize n)
{
  const char *text = (const char *)octets;
  if (strlen (text) != n)
    login_malformed (self, "NUL in SCRAM");
  else if (self->login->turn == 1)
    scram_first (self, text);
  else if (self->login->turn == 2)
    scram_final (self, text);
  else if (n > 0)
    login_malformed (self, "after the server's signature the response is empty");
  else
    login_finish (self, TRUE);
}

/* The error (RFC 7628 section 3.2.2) is a challenge; the login is refused after any answer. */
static void
login_bearer (SinkCore *self, const guint8 *octets, gsize n)
{
  if (self->login->turn > 1)
    login_finish (self, FALSE);
  else if (sink_bearer_is_right (self->login->mechanism == MECHANISM_XOAUTH2, octets, n, self->user,
                                 self->password))
    login_finish (self, TRUE);
  else
    sink_login_challenge (self, "{\"status\":\"invalid_token\",\"scope\":\"mail\"}");
}

/* octets NULL: no initial response. */
static void
login_sasl (SinkCore *self, const guint8 *octets, gsize n)
{
  SinkLogin *state = self->login;
  g_autofree char *out = NULL;
  if (state->user_right)
    {
      if (n > 0)
        login_malformed (self, "the mechanism was at its end, and the response is empty then");
      else
        login_finish (self, TRUE);
      return;
    }
  switch (sink_sasl_step (state->sasl, octets, n, &out))
    {
    case SINK_SASL_MORE:
      challenge_encoded (self, out != NULL ? out : "");
      break;
    case SINK_SASL_RIGHT:
      state->user_right = TRUE;
      if (out != NULL)
        challenge_encoded (self, out);
      else
        login_finish (self, TRUE);
      break;
    case SINK_SASL_MALFORMED:
      login_malformed (self, "not a message of that mechanism");
      break;
    case SINK_SASL_WRONG:
    default:
      login_finish (self, FALSE);
    }
}

static void
sink_login_respond (SinkCore *self, const char *encoded)
{
  gsize n = 0;
  g_autofree guint8 *octets = login_decode (encoded, &n);
  SinkLogin *state = self->login;
  state->turn++;
  if (octets == NULL)
    login_malformed (self, "that is not base64");
  else if (state->mechanism == MECHANISM_PLAIN)
    login_plain (self, octets, n);
  else if (state->mechanism == MECHANISM_LOGIN)
    login_login (self, octets, n);
  else if (state->mechanism == MECHANISM_SCRAM)
    login_scram (self, octets, n);
  else if (state->mechanism == MECHANISM_SASL)
    login_sasl (self, octets, n);
  else
    login_bearer (self, octets, n);
}

static SinkLogin *
login_new (SinkCore *self, const char *name)
{
  SinkLogin *state = g_new0 (SinkLogin, 1);
  SinkSaslSetup setup = { .mechanism = name,
                          .user = self->user,
                          .host = self->name,
                          .password = self->password,
                          .scram_iterations = self->scram_iterations,
                          .binding_type = self->binding_type,
                          .binding = self->binding,
                          .certificate = self->certificate };
  state->name = g_strdup (name);
  while (state->mechanism < MECHANISM_SASL && g_ascii_strcasecmp (name, by_hand[state->mechanism]) != 0)
    state->mechanism++;
  if (state->mechanism == MECHANISM_SASL)
    state->sasl = sink_sasl_new (&setup);
  return state;
}

/* AUTH MECHANISM [INITIAL-RESPONSE], "=" is an empty one. */
void
sink_login_begin (SinkCore *self, const char *arguments)
{
  g_auto (GStrv) words = g_strsplit (arguments, " ", -1);
  const char *name = words[0] != NULL ? find_offered (self, words[0]) : NULL;
  if (self->mechanism != NULL || self->mail || !self->extended)
    {
      self->violations |= SINK_VIOLATION_SEQUENCE;
      sink_core_say (self, "503", "5.5.1", "AUTH comes once, after EHLO and ahead of MAIL");
    }
  else if (name == NULL)
    sink_core_say (self, "504", "5.5.4", "that mechanism is not offered");
  else if (words[1] != NULL && words[2] != NULL)
    login_malformed (self, "AUTH takes a mechanism and one response");
  else
    {
      self->login = login_new (self, name);
      if (sink_step_class (self->acts.verdict) == '2')
        login_finish (self, TRUE); /* the script accepts every user */
      else if (strcmp (name, "CRAM-MD5") == 0 && words[1] != NULL)
        login_malformed (self, "the server speaks first there");
      else if (words[1] != NULL)
        sink_login_respond (self, strcmp (words[1], "=") == 0 ? "" : words[1]);
      else if (strcmp (name, "CRAM-MD5") == 0)
        login_sasl (self, NULL, 0);
      else
        sink_login_challenge (self, self->login->mechanism == MECHANISM_LOGIN ? "Username:" : "");
    }
}

/* A line from the client during AUTH. */
void
sink_login_response (SinkCore *self, const char *line)
{
  self->acts = sink_script_look (&self->script, SINK_TRIGGER_RESPONSE);
  self->acts_used = FALSE;
  self->awaits_reply = TRUE;
  char reply_class = sink_step_class (self->acts.verdict);
  if (sink_core_cut (self, self->acts.verdict))
    return;
  if (reply_class == '2' || reply_class == '4' || reply_class == '5' || strcmp (line, "*") == 0)
    {
      self->state = SINK_STATE_COMMAND;
      if (reply_class == '2')
        self->mechanism = g_strdup (self->login->name);
      sink_core_say (self, "501", "5.7.0", "given up");
      g_clear_pointer (&self->login, sink_login_free);
    }
  else
    sink_login_respond (self, line);
  sink_core_hang_up (self);
}
