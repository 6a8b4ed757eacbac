// Included before a C++ source that is built for a sanitizer. The sanitizers follow frame pointers, which libstdc++.so does
// not keep: what std::string allocates in the library has no caller that is known. Without the declarations that point to
// the library's instances, the templates are instantiated in the program, whose frames can be followed.
#if __has_include(<bits/c++config.h>)
#include <bits/c++config.h>
#undef _GLIBCXX_EXTERN_TEMPLATE
#define _GLIBCXX_EXTERN_TEMPLATE 0
#endif
#define _LIBCPP_DISABLE_EXTERN_TEMPLATE
