/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The registry of enhanced status codes (RFC 3463, RFC 5248 and what was added to it), as far as it tells a sender
 * something to act on. Subject and detail say what happened; the first digit (permanent or transient) is in the outcome
 * already. */
#include "values/status-words.h"

#include <string.h>

static const struct
{
  const char *detail; /* after the first digit: "1.1" */
  const char *words;
  const char *for_now; /* used instead where the first digit is 4; NULL: the same words */
} registry[] = {
  { ".1.0", "something is wrong with the address: check it" },
  { ".1.1", "there is no such mailbox at that domain: check the address" },
  { ".1.2", "there is no such domain, or it takes no mail: check what stands behind the '@'" },
  { ".1.3", "the address is not written as addresses are: check it" },
  { ".1.4", "the address could mean more than one mailbox: write it in full" },
  { ".1.6", "the mailbox has moved, and the server does not know where to: ask for the new address" },
  { ".1.7", "the sender's address is not written as addresses are: check it" },
  { ".1.8", "the sender's domain does not exist, or takes no mail: check the sender's address" },
  { ".1.9", "the message was handed to a server that is not known to report back" },
  { ".1.10",
    "the domain says that it takes no mail (a null MX, RFC 7505): check what stands behind the '@'" },
  { ".2.0", "something is wrong with the mailbox",
    "the mailbox cannot be delivered to at the moment; many servers put off senders that they do not know "
    "yet "
    "(greylisting)" },
  { ".2.1", "the mailbox is switched off, or takes no mail now" },
  { ".2.2", "the mailbox is full: its owner must make room" },
  { ".2.3", "the message is longer than the server allows: send less, or a link" },
  { ".2.4", "a mailing list could not be unfolded: tell its owner" },
  { ".3.1", "the server has no room left: nothing that the sender can mend" },
  { ".3.2", "the server takes no mail at the moment" },
  { ".3.3", "the server lacks something that the message needs" },
  { ".3.4", "the message is too large for the server: send less, or a link" },
  { ".3.5", "the server is not set up for this: tell its administrator" },
  { ".3.6", "the message went on with another priority than the one it had" },
  { ".4.1", "the server for that domain does not answer" },
  { ".4.2", "the way to that domain's server broke down" },
  { ".4.3", "the server cannot look up what it needs, often the DNS" },
  { ".4.4", "the server finds no way to that domain" },
  { ".4.5", "the server is overloaded" },
  { ".4.6", "the mail goes round in circles: tell the administrators" },
  { ".4.7", "the message waited too long to be delivered" },
  { ".5.1", "the server does not know the command, or not here" },
  { ".5.2", "the server finds the command wrongly written" },
  { ".5.3", "there are too many recipients for one message: send to fewer at once" },
  { ".5.4", "the server does not take one of the parameters" },
  { ".5.5", "the server speaks another version of the protocol" },
  { ".5.6", "the login is longer than the server takes" },
  { ".6.1", "the server does not take this kind of content" },
  { ".6.2", "the content would have to be converted on the way, and must not be" },
  { ".6.3", "the content would have to be converted on the way, and cannot be: send it with 7 bits" },
  { ".6.4", "the content was converted on the way, and lost by it" },
  { ".6.5", "the content could not be converted on the way: send it with 7 bits" },
  { ".6.6", "the server cannot fetch the content that the message refers to" },
  { ".6.7", "the address is not ASCII, and the server further on does not take that (SMTPUTF8)" },
  { ".6.8", "the reply of the server further on needs SMTPUTF8, which was not asked for" },
  { ".6.9", "the header is not ASCII, and the server further on does not take that (SMTPUTF8)" },
  { ".7.0", "the server's rules forbid it: its words may say which",
    "the server's rules put it off: its words may say why, and for how long" },
  { ".7.1",
    "the server does not take mail from here, from this sender or to this recipient: often a login is "
    "missing, or the "
    "sender's address is not allowed for it",
    "the server puts off mail from here, from this sender or to this recipient; many do so once with senders "
    "that they do not know "
    "yet (greylisting)" },
  { ".7.2", "the sender may not write to this mailing list" },
  { ".7.3", "a conversion is needed that is not allowed" },
  { ".7.4", "the server does not do this kind of security" },
  { ".7.5", "a cryptographic operation failed at the server" },
  { ".7.6", "the server does not know the algorithm that was used" },
  { ".7.7", "the message was changed on the way" },
  { ".7.8",
    "the server does not take this user with this password: check both; some want a password made for "
    "applications" },
  { ".7.9", "this way of logging in is too weak for the server" },
  { ".7.10", "the server wants an encrypted connection" },
  { ".7.11", "the server wants an encrypted connection" },
  { ".7.12", "the password must be changed, or the user enter by another door first" },
  { ".7.13", "the account is switched off: ask its administrator" },
  { ".7.14", "the server needs a trust that is not there" },
  { ".7.15", "the message is not important enough for the server now" },
  { ".7.16", "the message is too large for its priority" },
  { ".7.17", "the mailbox has changed its owner since" },
  { ".7.18", "the domain has changed its owner since" },
  { ".7.19", "the server cannot tell whether the mailbox still belongs to the same owner" },
  { ".7.20", "the server wants a DKIM signature that it can verify" },
  { ".7.21", "no DKIM signature of an acceptable signer was found" },
  { ".7.22", "the signer of DKIM is not the domain of the author" },
  { ".7.23", "the domain of the sender does not allow this host to send for it (SPF)" },
  { ".7.24", "the SPF record of the sender's domain cannot be evaluated" },
  { ".7.25", "the sending address has no name in the DNS that leads back to it" },
  { ".7.26", "several checks of the sender failed (DKIM, SPF, DMARC)" },
  { ".7.27",
    "the sender's domain says that it takes no mail (a null MX, RFC 7505): check the sender's address" },
  { ".7.28", "the server has had too much mail of this kind, and takes it for a flood" },
  { ".7.29", "what earlier servers found of the sender cannot be verified (ARC)" },
  { ".7.30", "the message was to travel over TLS alone, and the way further on has none (RFC 8689)" },
};

/* Of a reply at one stage, or at any (NONE); only what RFC 5321 4.2.3, RFC 3207 4 and RFC 4954 6 leave no doubt about. The first
 * that fits. */
static const struct
{
  guint code;
  MimesendStage stage;
  const char *words;
} replies[] = {
  { 421, MIMESEND_STAGE_NONE, "the server is closing down, or has had enough of this connection" },
  { 432, MIMESEND_STAGE_AUTH, "the password must be changed first" },
  { 452, MIMESEND_STAGE_RCPT, "the server has no room left, or no more recipients in one message" },
  { 452, MIMESEND_STAGE_NONE, "the server has no room left, or takes no more for now" },
  { 454, MIMESEND_STAGE_TLS, "the server cannot begin TLS at the moment" },
  { 454, MIMESEND_STAGE_AUTH, "the login cannot be checked at the moment" },
  { 501, MIMESEND_STAGE_HELLO, "the server does not take the name that this host goes by" },
  { 501, MIMESEND_STAGE_AUTH, "the server cannot make out the login" },
  { 501, MIMESEND_STAGE_MAIL,
    "the server finds the sender's address, or what is asked for beside it, wrongly written" },
  { 501, MIMESEND_STAGE_RCPT,
    "the server finds the address, or what is asked for beside it, wrongly written" },
  { 501, MIMESEND_STAGE_NONE, "the server finds the command wrongly written" },
  { 530, MIMESEND_STAGE_NONE, "the server wants a login, or an encrypted connection first" },
  { 534, MIMESEND_STAGE_AUTH, "this way of logging in is too weak for the server" },
  { 535, MIMESEND_STAGE_AUTH,
    "the server does not take this user with this password: check both; some want a password made for "
    "applications" },
  { 538, MIMESEND_STAGE_AUTH, "the server wants an encrypted connection" },
  { 552, MIMESEND_STAGE_RCPT, "the mailbox is full, or the server takes no more recipients in one message" },
  { 552, MIMESEND_STAGE_NONE, "the message is too large for the server, or the mailbox is full" },
};

static const char *
words_of_reply (MimesendStage stage, guint code)
{
  for (gsize i = 0; i < G_N_ELEMENTS (replies); i++)
    if (replies[i].code == code && (replies[i].stage == stage || replies[i].stage == MIMESEND_STAGE_NONE))
      return replies[i].words;
  return NULL;
}

/* Codes that mean one thing in the registry and are given for another: X.7.0 says no more than that it is about security, where
 * the reply wants a login (RFC 4954 6) or TLS (RFC 3207 4), or has none at the moment; X.5.3 of a message that is not yet known
 * to be for any recipient is about the connection; X.5.2 and X.5.4 of a login or a name are about those. */
static gboolean
reply_says_more (MimesendStage stage, guint code, const char *enhanced)
{
  if (strcmp (enhanced + 1, ".7.0") == 0)
    return code == 530 || code == 454;
  if (strcmp (enhanced + 1, ".5.3") == 0)
    return stage == MIMESEND_STAGE_MAIL;
  return code == 501 && (strcmp (enhanced + 1, ".5.2") == 0 || strcmp (enhanced + 1, ".5.4") == 0) &&
         (stage == MIMESEND_STAGE_AUTH || stage == MIMESEND_STAGE_HELLO);
}

const char *
mimesend_status_words (MimesendStage stage, guint code, const char *enhanced)
{
  const char *words = words_of_reply (stage, code);

  if (enhanced == NULL || (enhanced[0] != '4' && enhanced[0] != '5') ||
      (words != NULL && reply_says_more (stage, code, enhanced)))
    return words;
  for (gsize i = 0; i < G_N_ELEMENTS (registry); i++)
    if (strcmp (registry[i].detail, enhanced + 1) == 0)
      return enhanced[0] == '4' && registry[i].for_now != NULL ? registry[i].for_now : registry[i].words;
  return words;
}
