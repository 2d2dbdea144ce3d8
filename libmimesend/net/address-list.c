/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "net/address-list.h"

typedef struct
{
  GObject parent;
  GPtrArray *addresses;
} AddressList;

typedef struct
{
  GSocketAddressEnumerator parent;
  GPtrArray *addresses;
  guint next;
} AddressListEnumerator;

typedef GObjectClass AddressListClass;
typedef GSocketAddressEnumeratorClass AddressListEnumeratorClass;

static void address_list_connectable_init (GSocketConnectableIface *iface);

static GType address_list_get_type (void);
G_DEFINE_TYPE_WITH_CODE (AddressList,
                         address_list,
                         G_TYPE_OBJECT,
                         G_IMPLEMENT_INTERFACE (G_TYPE_SOCKET_CONNECTABLE, address_list_connectable_init))

static GType address_list_enumerator_get_type (void);
G_DEFINE_TYPE (AddressListEnumerator, address_list_enumerator, G_TYPE_SOCKET_ADDRESS_ENUMERATOR)

/* --- the enumerator --- */

static GSocketAddress *
address_list_enumerator_next (GSocketAddressEnumerator *enumerator, GCancellable *cancellable, GError **error)
{
  AddressListEnumerator *self = (AddressListEnumerator *)enumerator;

  if (g_cancellable_set_error_if_cancelled (cancellable, error) || self->next == self->addresses->len)
    return NULL;
  return g_object_ref (g_ptr_array_index (self->addresses, self->next++));
}

static void
address_list_enumerator_finalize (GObject *object)
{
  g_ptr_array_unref (((AddressListEnumerator *)object)->addresses);
  G_OBJECT_CLASS (address_list_enumerator_parent_class)->finalize (object);
}

static void
address_list_enumerator_class_init (AddressListEnumeratorClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = address_list_enumerator_finalize;
  klass->next = address_list_enumerator_next;
}

static void
address_list_enumerator_init (AddressListEnumerator *self)
{
}

/* --- the connectable --- */

static GSocketAddressEnumerator *
address_list_enumerate (GSocketConnectable *connectable)
{
  AddressListEnumerator *enumerator = g_object_new (address_list_enumerator_get_type (), NULL);

  enumerator->addresses = g_ptr_array_ref (((AddressList *)connectable)->addresses);
  return G_SOCKET_ADDRESS_ENUMERATOR (enumerator);
}

static void
address_list_finalize (GObject *object)
{
  g_ptr_array_unref (((AddressList *)object)->addresses);
  G_OBJECT_CLASS (address_list_parent_class)->finalize (object);
}

static void
address_list_connectable_init (GSocketConnectableIface *iface)
{
  iface->enumerate = address_list_enumerate;
}

static void
address_list_class_init (AddressListClass *klass)
{
  klass->finalize = address_list_finalize;
}

static void
address_list_init (AddressList *self)
{
}

/* Takes the next address of the family, else of the other; NULL: none is left. */
static GSocketAddress *
take_of_family (GPtrArray *left, GSocketFamily other)
{
  for (guint i = 0; i < left->len; i++)
    if (g_socket_address_get_family (g_ptr_array_index (left, i)) != other)
      return g_ptr_array_steal_index (left, i);
  return NULL;
}

static gpointer
copy_address_cb (gconstpointer address, gpointer data)
{
  return g_object_ref ((gpointer)address);
}

GSocketConnectable *
mimesend_address_list_new (GPtrArray *addresses)
{
  AddressList *self = g_object_new (address_list_get_type (), NULL);
  g_autoptr (GPtrArray) left = g_ptr_array_copy (addresses, copy_address_cb, NULL);
  GSocketFamily last = G_SOCKET_FAMILY_INVALID;

  self->addresses = g_ptr_array_new_with_free_func (g_object_unref);
  while (left->len > 0)
    {
      GSocketAddress *one = take_of_family (left, last);

      if (one == NULL)
        one = g_ptr_array_steal_index (left, 0);
      last = g_socket_address_get_family (one);
      g_ptr_array_add (self->addresses, one);
    }
  return G_SOCKET_CONNECTABLE (self);
}
