/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The argument lists of the sending macros: _Generic selects the kind of each argument by its type, so that strings and
 * streams can be mixed, a wrong type does not compile, and no sentinel is needed. For C11 alone: C++ and bindings use
 * mimesend_send_smtp_content () and the other functions with a content, which have no limit on the number of arguments. */
#pragma once

#include <gio/gio.h>
#include <gmime/gmime.h>
#include "mimesend-content.h"
#include "mimesend-letter.h"
#include "mimesend-server.h"

G_BEGIN_DECLS

#ifndef __GI_SCANNER__

/* clang-format off */

typedef enum {
  MIMESEND_ARG_STRING,
  MIMESEND_ARG_STRINGS, /* NULL-terminated */
  MIMESEND_ARG_STREAM,
  MIMESEND_ARG_INPUT_STREAM,
  MIMESEND_ARG_BYTES,
  MIMESEND_ARG_GSTRING,
  MIMESEND_ARG_CONTENT,
  MIMESEND_ARG_SERVER,
  MIMESEND_ARG_IPV4,    /* host order */
  MIMESEND_ARG_ADDRESS,
  MIMESEND_ARG_CONNECTABLE
} MimesendArgKind;

/* One argument, made by the macros below. Part of the ABI: a kind and one value of 64 bits (a pointer, or a number). */
typedef struct {
  MimesendArgKind kind;
  guint64 value;
} MimesendArg;

MimesendArg mimesend_arg_string (const char *text);
MimesendArg mimesend_arg_strings (const char *const *texts);
MimesendArg mimesend_arg_stream (GMimeStream *stream);
MimesendArg mimesend_arg_input_stream (GInputStream *stream);
MimesendArg mimesend_arg_file_input_stream (GFileInputStream *stream);
MimesendArg mimesend_arg_bytes (GBytes *bytes);
MimesendArg mimesend_arg_gstring (GString *string);
MimesendArg mimesend_arg_content (MimesendContent *content);
MimesendArg mimesend_arg_server (MimesendServer *server);
MimesendArg mimesend_arg_ipv4 (gint64 address);
MimesendArg mimesend_arg_address (GInetAddress *address);
MimesendArg mimesend_arg_connectable (GSocketConnectable *connectable);

/* Chosen for a constructed part, so that the compiler says what to write instead. Never defined. */
#if defined(__GNUC__) || defined(__clang__)
#define MIMESEND_REFUSED __attribute__ ((error ("a MIME part is no message argument: open it with mimesend_part_stream_new () and send the stream")))
#else
#define MIMESEND_REFUSED
#endif
MimesendArg mimesend_arg_of_a_part_use_mimesend_part_stream_new (gconstpointer part) MIMESEND_REFUSED;

#if !defined(__cplusplus) && defined(__STDC_VERSION__) && __STDC_VERSION__ >= 201112L

/* For the macros below alone. */

static inline MimesendArg
mimesend_arg_mutable_strings_ (char *const *texts)
{
  return mimesend_arg_strings ((const char *const *)texts);
}

/* A number of 32 bits, which int can only hold as a negative one from 128.0.0.0 on. */
static inline MimesendArg
mimesend_arg_int_ (int address)
{
  return mimesend_arg_ipv4 ((gint64)(guint32)address);
}

/* Above the range of gint64 it becomes a negative number, which is no address either. */
static inline MimesendArg
mimesend_arg_unsigned_ (guint64 address)
{
  return mimesend_arg_ipv4 ((gint64)address);
}

#define MIMESEND_ARG(x)                                                       \
  _Generic ((x),                                                              \
    char *: mimesend_arg_string,                                              \
    const char *: mimesend_arg_string,                                        \
    GMimeStream *: mimesend_arg_stream,                                       \
    GInputStream *: mimesend_arg_input_stream,                                \
    GFileInputStream *: mimesend_arg_file_input_stream,                       \
    GBytes *: mimesend_arg_bytes,                                             \
    GString *: mimesend_arg_gstring,                                          \
    MimesendContent *: mimesend_arg_content,                                  \
    GMimeObject *: mimesend_arg_of_a_part_use_mimesend_part_stream_new,       \
    GMimePart *: mimesend_arg_of_a_part_use_mimesend_part_stream_new,         \
    GMimeTextPart *: mimesend_arg_of_a_part_use_mimesend_part_stream_new,     \
    GMimeMessage *: mimesend_arg_of_a_part_use_mimesend_part_stream_new,      \
    GMimeMessagePart *: mimesend_arg_of_a_part_use_mimesend_part_stream_new,  \
    GMimeMultipart *: mimesend_arg_of_a_part_use_mimesend_part_stream_new) (x)

#define MIMESEND_ARG_OF_SERVER(x)                      \
  _Generic ((x),                                       \
    char *: mimesend_arg_string,                       \
    const char *: mimesend_arg_string,                 \
    int: mimesend_arg_int_,                            \
    unsigned int: mimesend_arg_unsigned_,              \
    long: mimesend_arg_ipv4,                           \
    unsigned long: mimesend_arg_unsigned_,             \
    long long: mimesend_arg_ipv4,                      \
    unsigned long long: mimesend_arg_unsigned_,        \
    GInetAddress *: mimesend_arg_address,              \
    GSocketConnectable *: mimesend_arg_connectable,    \
    MimesendServer *: mimesend_arg_server) (x)

#define MIMESEND_ARG_OF_TO(x)                          \
  _Generic ((x),                                       \
    char *: mimesend_arg_string,                       \
    const char *: mimesend_arg_string,                 \
    char **: mimesend_arg_mutable_strings_,            \
    char *const *: mimesend_arg_mutable_strings_,      \
    const char **: mimesend_arg_strings,               \
    const char *const *: mimesend_arg_strings) (x)

/* The arguments one by one, 64 at most. */
#define MIMESEND_ARGS_1(a) MIMESEND_ARG (a)
#define MIMESEND_ARGS_2(a, ...) MIMESEND_ARG (a), MIMESEND_ARGS_1 (__VA_ARGS__)
#define MIMESEND_ARGS_3(a, ...) MIMESEND_ARG (a), MIMESEND_ARGS_2 (__VA_ARGS__)
#define MIMESEND_ARGS_4(a, ...) MIMESEND_ARG (a), MIMESEND_ARGS_3 (__VA_ARGS__)
#define MIMESEND_ARGS_5(a, ...) MIMESEND_ARG (a), MIMESEND_ARGS_4 (__VA_ARGS__)
#define MIMESEND_ARGS_6(a, ...) MIMESEND_ARG (a), MIMESEND_ARGS_5 (__VA_ARGS__)
#define MIMESEND_ARGS_7(a, ...) MIMESEND_ARG (a), MIMESEND_ARGS_6 (__VA_ARGS__)
#define MIMESEND_ARGS_8(a, ...) MIMESEND_ARG (a), MIMESEND_ARGS_7 (__VA_ARGS__)
#define MIMESEND_ARGS_9(a, ...) MIMESEND_ARG (a), MIMESEND_ARGS_8 (__VA_ARGS__)
#define MIMESEND_ARGS_10(a, ...) MIMESEND_ARG (a), MIMESEND_ARGS_9 (__VA_ARGS__)
#define MIMESEND_ARGS_11(a, ...) MIMESEND_ARG (a), MIMESEND_ARGS_10 (__VA_ARGS__)
#define MIMESEND_ARGS_12(a, ...) MIMESEND_ARG (a), MIMESEND_ARGS_11 (__VA_ARGS__)
#define MIMESEND_ARGS_13(a, ...) MIMESEND_ARG (a), MIMESEND_ARGS_12 (__VA_ARGS__)
#define MIMESEND_ARGS_14(a, ...) MIMESEND_ARG (a), MIMESEND_ARGS_13 (__VA_ARGS__)
#define MIMESEND_ARGS_15(a, ...) MIMESEND_ARG (a), MIMESEND_ARGS_14 (__VA_ARGS__)
#define MIMESEND_ARGS_16(a, ...) MIMESEND_ARG (a), MIMESEND_ARGS_15 (__VA_ARGS__)
#define MIMESEND_ARGS_17(a, ...) MIMESEND_ARG (a), MIMESEND_ARGS_16 (__VA_ARGS__)
#define MIMESEND_ARGS_18(a, ...) MIMESEND_ARG (a), MIMESEND_ARGS_17 (__VA_ARGS__)
#define MIMESEND_ARGS_19(a, ...) MIMESEND_ARG (a), MIMESEND_ARGS_18 (__VA_ARGS__)
#define MIMESEND_ARGS_20(a, ...) MIMESEND_ARG (a), MIMESEND_ARGS_19 (__VA_ARGS__)
#define MIMESEND_ARGS_21(a, ...) MIMESEND_ARG (a), MIMESEND_ARGS_20 (__VA_ARGS__)
#define MIMESEND_ARGS_22(a, ...) MIMESEND_ARG (a), MIMESEND_ARGS_21 (__VA_ARGS__)
#define MIMESEND_ARGS_23(a, ...) MIMESEND_ARG (a), MIMESEND_ARGS_22 (__VA_ARGS__)
#define MIMESEND_ARGS_24(a, ...) MIMESEND_ARG (a), MIMESEND_ARGS_23 (__VA_ARGS__)
#define MIMESEND_ARGS_25(a, ...) MIMESEND_ARG (a), MIMESEND_ARGS_24 (__VA_ARGS__)
#define MIMESEND_ARGS_26(a, ...) MIMESEND_ARG (a), MIMESEND_ARGS_25 (__VA_ARGS__)
#define MIMESEND_ARGS_27(a, ...) MIMESEND_ARG (a), MIMESEND_ARGS_26 (__VA_ARGS__)
#define MIMESEND_ARGS_28(a, ...) MIMESEND_ARG (a), MIMESEND_ARGS_27 (__VA_ARGS__)
#define MIMESEND_ARGS_29(a, ...) MIMESEND_ARG (a), MIMESEND_ARGS_28 (__VA_ARGS__)
#define MIMESEND_ARGS_30(a, ...) MIMESEND_ARG (a), MIMESEND_ARGS_29 (__VA_ARGS__)
#define MIMESEND_ARGS_31(a, ...) MIMESEND_ARG (a), MIMESEND_ARGS_30 (__VA_ARGS__)
#define MIMESEND_ARGS_32(a, ...) MIMESEND_ARG (a), MIMESEND_ARGS_31 (__VA_ARGS__)
#define MIMESEND_ARGS_33(a, ...) MIMESEND_ARG (a), MIMESEND_ARGS_32 (__VA_ARGS__)
#define MIMESEND_ARGS_34(a, ...) MIMESEND_ARG (a), MIMESEND_ARGS_33 (__VA_ARGS__)
#define MIMESEND_ARGS_35(a, ...) MIMESEND_ARG (a), MIMESEND_ARGS_34 (__VA_ARGS__)
#define MIMESEND_ARGS_36(a, ...) MIMESEND_ARG (a), MIMESEND_ARGS_35 (__VA_ARGS__)
#define MIMESEND_ARGS_37(a, ...) MIMESEND_ARG (a), MIMESEND_ARGS_36 (__VA_ARGS__)
#define MIMESEND_ARGS_38(a, ...) MIMESEND_ARG (a), MIMESEND_ARGS_37 (__VA_ARGS__)
#define MIMESEND_ARGS_39(a, ...) MIMESEND_ARG (a), MIMESEND_ARGS_38 (__VA_ARGS__)
#define MIMESEND_ARGS_40(a, ...) MIMESEND_ARG (a), MIMESEND_ARGS_39 (__VA_ARGS__)
#define MIMESEND_ARGS_41(a, ...) MIMESEND_ARG (a), MIMESEND_ARGS_40 (__VA_ARGS__)
#define MIMESEND_ARGS_42(a, ...) MIMESEND_ARG (a), MIMESEND_ARGS_41 (__VA_ARGS__)
#define MIMESEND_ARGS_43(a, ...) MIMESEND_ARG (a), MIMESEND_ARGS_42 (__VA_ARGS__)
#define MIMESEND_ARGS_44(a, ...) MIMESEND_ARG (a), MIMESEND_ARGS_43 (__VA_ARGS__)
#define MIMESEND_ARGS_45(a, ...) MIMESEND_ARG (a), MIMESEND_ARGS_44 (__VA_ARGS__)
#define MIMESEND_ARGS_46(a, ...) MIMESEND_ARG (a), MIMESEND_ARGS_45 (__VA_ARGS__)
#define MIMESEND_ARGS_47(a, ...) MIMESEND_ARG (a), MIMESEND_ARGS_46 (__VA_ARGS__)
#define MIMESEND_ARGS_48(a, ...) MIMESEND_ARG (a), MIMESEND_ARGS_47 (__VA_ARGS__)
#define MIMESEND_ARGS_49(a, ...) MIMESEND_ARG (a), MIMESEND_ARGS_48 (__VA_ARGS__)
#define MIMESEND_ARGS_50(a, ...) MIMESEND_ARG (a), MIMESEND_ARGS_49 (__VA_ARGS__)
#define MIMESEND_ARGS_51(a, ...) MIMESEND_ARG (a), MIMESEND_ARGS_50 (__VA_ARGS__)
#define MIMESEND_ARGS_52(a, ...) MIMESEND_ARG (a), MIMESEND_ARGS_51 (__VA_ARGS__)
#define MIMESEND_ARGS_53(a, ...) MIMESEND_ARG (a), MIMESEND_ARGS_52 (__VA_ARGS__)
#define MIMESEND_ARGS_54(a, ...) MIMESEND_ARG (a), MIMESEND_ARGS_53 (__VA_ARGS__)
#define MIMESEND_ARGS_55(a, ...) MIMESEND_ARG (a), MIMESEND_ARGS_54 (__VA_ARGS__)
#define MIMESEND_ARGS_56(a, ...) MIMESEND_ARG (a), MIMESEND_ARGS_55 (__VA_ARGS__)
#define MIMESEND_ARGS_57(a, ...) MIMESEND_ARG (a), MIMESEND_ARGS_56 (__VA_ARGS__)
#define MIMESEND_ARGS_58(a, ...) MIMESEND_ARG (a), MIMESEND_ARGS_57 (__VA_ARGS__)
#define MIMESEND_ARGS_59(a, ...) MIMESEND_ARG (a), MIMESEND_ARGS_58 (__VA_ARGS__)
#define MIMESEND_ARGS_60(a, ...) MIMESEND_ARG (a), MIMESEND_ARGS_59 (__VA_ARGS__)
#define MIMESEND_ARGS_61(a, ...) MIMESEND_ARG (a), MIMESEND_ARGS_60 (__VA_ARGS__)
#define MIMESEND_ARGS_62(a, ...) MIMESEND_ARG (a), MIMESEND_ARGS_61 (__VA_ARGS__)
#define MIMESEND_ARGS_63(a, ...) MIMESEND_ARG (a), MIMESEND_ARGS_62 (__VA_ARGS__)
#define MIMESEND_ARGS_64(a, ...) MIMESEND_ARG (a), MIMESEND_ARGS_63 (__VA_ARGS__)
#define MIMESEND_ARGS_OVER(a, ...) MIMESEND_TOO_MANY_ARGUMENTS_USE_mimesend_send_smtp_content (a)
#define MIMESEND_SELECT( \
  _1, _2, _3, _4, _5, _6, _7, _8, _9, _10, _11, _12, _13, _14, _15, _16, _17, _18, _19, _20, _21, _22, \
  _23, _24, _25, _26, _27, _28, _29, _30, _31, _32, _33, _34, _35, _36, _37, _38, _39, _40, _41, _42, \
  _43, _44, _45, _46, _47, _48, _49, _50, _51, _52, _53, _54, _55, _56, _57, _58, _59, _60, _61, _62, \
  _63, _64, _65, _66, _67, _68, _69, _70, _71, _72, name, ...) name
#define MIMESEND_ARGS(...) \
  MIMESEND_SELECT (__VA_ARGS__, \
  MIMESEND_ARGS_OVER, MIMESEND_ARGS_OVER, MIMESEND_ARGS_OVER, MIMESEND_ARGS_OVER, MIMESEND_ARGS_OVER, \
  MIMESEND_ARGS_OVER, MIMESEND_ARGS_OVER, MIMESEND_ARGS_OVER, MIMESEND_ARGS_64, MIMESEND_ARGS_63, \
  MIMESEND_ARGS_62, MIMESEND_ARGS_61, MIMESEND_ARGS_60, MIMESEND_ARGS_59, MIMESEND_ARGS_58, \
  MIMESEND_ARGS_57, MIMESEND_ARGS_56, MIMESEND_ARGS_55, MIMESEND_ARGS_54, MIMESEND_ARGS_53, \
  MIMESEND_ARGS_52, MIMESEND_ARGS_51, MIMESEND_ARGS_50, MIMESEND_ARGS_49, MIMESEND_ARGS_48, \
  MIMESEND_ARGS_47, MIMESEND_ARGS_46, MIMESEND_ARGS_45, MIMESEND_ARGS_44, MIMESEND_ARGS_43, \
  MIMESEND_ARGS_42, MIMESEND_ARGS_41, MIMESEND_ARGS_40, MIMESEND_ARGS_39, MIMESEND_ARGS_38, \
  MIMESEND_ARGS_37, MIMESEND_ARGS_36, MIMESEND_ARGS_35, MIMESEND_ARGS_34, MIMESEND_ARGS_33, \
  MIMESEND_ARGS_32, MIMESEND_ARGS_31, MIMESEND_ARGS_30, MIMESEND_ARGS_29, MIMESEND_ARGS_28, \
  MIMESEND_ARGS_27, MIMESEND_ARGS_26, MIMESEND_ARGS_25, MIMESEND_ARGS_24, MIMESEND_ARGS_23, \
  MIMESEND_ARGS_22, MIMESEND_ARGS_21, MIMESEND_ARGS_20, MIMESEND_ARGS_19, MIMESEND_ARGS_18, \
  MIMESEND_ARGS_17, MIMESEND_ARGS_16, MIMESEND_ARGS_15, MIMESEND_ARGS_14, MIMESEND_ARGS_13, \
  MIMESEND_ARGS_12, MIMESEND_ARGS_11, MIMESEND_ARGS_10, MIMESEND_ARGS_9, MIMESEND_ARGS_8, \
  MIMESEND_ARGS_7, MIMESEND_ARGS_6, MIMESEND_ARGS_5, MIMESEND_ARGS_4, MIMESEND_ARGS_3, \
  MIMESEND_ARGS_2, MIMESEND_ARGS_1, unused) (__VA_ARGS__)

#define MIMESEND_ARG_LIST(...) (const MimesendArg[]) { MIMESEND_ARGS (__VA_ARGS__) }
#define MIMESEND_ARG_COUNT(...) (sizeof (MIMESEND_ARG_LIST (__VA_ARGS__)) / sizeof (MimesendArg))

#endif /* C11 */
/* clang-format on */

#endif /* __GI_SCANNER__ */

G_END_DECLS
