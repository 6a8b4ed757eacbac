#ifndef INVENTORY_H
#define INVENTORY_H

struct item {
    char *name;
    int count;
};

struct inventory {
    struct item *items;
    int length;
};

void inventory_add(struct inventory *inventory, const char *name, int count);
void inventory_print(const struct inventory *inventory);
void inventory_free(struct inventory *inventory);

#endif
