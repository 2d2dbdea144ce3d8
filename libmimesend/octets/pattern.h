/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Text with places for the values of named fields: {{name}}, {{{name}}} and {{#name}}…{{/name}}. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct _MimesendPattern MimesendPattern;

/* What goes wrong with a pattern, as codes of MIMESEND_PATTERN_ERROR. */
typedef enum
{
  MIMESEND_PATTERN_UNCLOSED, /* "{{" without "}}", or a section without its end */
  MIMESEND_PATTERN_UNKNOWN,  /* a name that is none of the fields */
  MIMESEND_PATTERN_WRONG     /* no name within the braces, or an end without a beginning */
} MimesendPatternError;

#define MIMESEND_PATTERN_ERROR (mimesend_pattern_error_quark ())
GQuark mimesend_pattern_error_quark (void);

/* Whether there is a place in it. */
gboolean mimesend_pattern_is_one (const char *text, gsize n);

/* text: UTF-8; copied. names: of the fields (NULL-terminated). html: values of {{name}} are escaped for HTML. */
MimesendPattern *
mimesend_pattern_new (const char *text, gsize n, const char *const *names, gboolean html, GError **error);
void mimesend_pattern_free (MimesendPattern *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MimesendPattern, mimesend_pattern_free)

/* Appends the text with the values, of which there is one a name; NULL is as good as "". */
void mimesend_pattern_fill (const MimesendPattern *self, const char *const *values, GString *into);

G_END_DECLS
