#include "inventory.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static char *copy(const char *text)
{
    size_t size = strlen(text) + 1;
    char *copied = malloc(size);
    if (copied == NULL)
        abort();
    return memcpy(copied, text, size);
}

void inventory_add(struct inventory *inventory, const char *name, int count)
{
    struct item *items = realloc(inventory->items, (inventory->length + 1) * sizeof *items);
    if (items == NULL)
        abort();
    items[inventory->length].name = copy(name);
    items[inventory->length].count = count;
    inventory->items = items;
    inventory->length++;
}

void inventory_print(const struct inventory *inventory)
{
    for (int i = 0; i < inventory->length; i++)
        printf("%-8s %d\n", inventory->items[i].name, inventory->items[i].count);
}

/* Forgets the names: each copy() leaks. The stack in the hover leads back to main.c. */
void inventory_free(struct inventory *inventory)
{
    free(inventory->items);
    inventory->items = NULL;
    inventory->length = 0;
}
