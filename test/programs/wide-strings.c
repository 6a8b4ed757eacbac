#include <stddef.h>
#include <wchar.h>

static wchar_t *volatile name;

int main(void) {
  name = wcsdup(L"größe"); /* EXPECT(lost) */
  name = NULL;
  return 0;
}
