/* A library with one of each part that is large enough to have pages of its own. */
enum { KIB = 1024 };

const char library_constant[64 * KIB] = {1};
char library_filled[64 * KIB] = {1};
char library_zeroed[256 * KIB];

void library_text(void)
{
    library_zeroed[0] = library_filled[0];
}
