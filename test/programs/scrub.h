/* Overwrites the stack below its caller, so that no stale pointer hides a leak from a conservative scan. */
#ifndef SCRUB_H
#define SCRUB_H

#define NOINLINE __attribute__((noinline))

/* Not instrumented: AddressSanitizer would put the area elsewhere than on the stack. */
__attribute__((no_sanitize_address)) static NOINLINE void scrub(void) {
  volatile char area[32768];
  for (unsigned i = 0; i < sizeof area; i++) area[i] = 0;
}

#endif
