/*
 * A server that keeps every answer it has given: 4 KiB ten times a second,
 * about 140 MiB an hour, for half an hour. Build and start it,
 *     cc -g -o /tmp/grows grows.c && /tmp/grows
 * and choose it in "MemLens: Watch a Process...": after 5 minutes the page says
 * that it grows, and by how much.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

struct answer {
    struct answer *next;
    char text[4096 - sizeof(struct answer *)];
};

static struct answer *kept;

static void give_answer(int number)
{
    struct answer *answer = malloc(sizeof *answer);
    if (answer == NULL)
        exit(1);
    memset(answer->text, 0, sizeof answer->text);
    snprintf(answer->text, sizeof answer->text, "answer %d", number);
    answer->next = kept;
    kept = answer;
}

int main(void)
{
    const struct timespec pause = { .tv_nsec = 100 * 1000 * 1000 };

    for (int number = 0; number < 30 * 60 * 10; number++) {
        give_answer(number);
        nanosleep(&pause, NULL);
    }
    return 0;
}
