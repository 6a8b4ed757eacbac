#include "inventory.h"

int main(void)
{
    struct inventory inventory = {0};

    inventory_add(&inventory, "bolts", 250);
    inventory_add(&inventory, "nuts", 240);
    inventory_add(&inventory, "washers", 500);
    inventory_print(&inventory);
    inventory_free(&inventory);
    return 0;
}
