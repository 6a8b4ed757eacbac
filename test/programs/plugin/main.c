#include <dlfcn.h>
#include <stdio.h>

#include "../scrub.h"

int main(int argc, char **argv) {
  if (argc < 2) return 2;
  void *plugin = dlopen(argv[1], RTLD_NOW);
  if (plugin == NULL) {
    fprintf(stderr, "%s\n", dlerror());
    return 2;
  }
  void (*run)(void) = (void (*)(void))dlsym(plugin, "plugin_run");
  run(); /* EXPECT(caller) */
  dlclose(plugin);
  scrub();
  return 0;
}
