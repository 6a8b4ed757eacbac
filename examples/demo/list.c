/*
 * A linked list whose head is lost. The first node is lost itself; the nodes behind it are lost
 * with it ("indirectly"): freeing the list at the end of print_sum mends all of them.
 */
#include <stdio.h>
#include <stdlib.h>

struct node {
    int value;
    struct node *next;
};

static struct node *push(struct node *head, int value)
{
    struct node *node = malloc(sizeof *node);
    if (node == NULL)
        abort();
    node->value = value;
    node->next = head;
    return node;
}

static int print_sum(int length)
{
    struct node *head = NULL;
    int sum = 0;

    for (int i = 1; i <= length; i++)
        head = push(head, i);
    for (struct node *node = head; node != NULL; node = node->next)
        sum += node->value;
    printf("the sum is %d\n", sum);
    return sum; /* head goes out of scope here */
}

int main(void)
{
    return print_sum(100) == 5050 ? 0 : 1;
}
