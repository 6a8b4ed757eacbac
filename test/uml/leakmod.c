/* A kernel module that leaks one block of each kind, at lines that the test finds by these comments. */
#include <linux/gfp.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/vmalloc.h>

static noinline void leak_kmalloc(int bytes)
{
	char *block = kmalloc(bytes, GFP_KERNEL); /* LEAK kmalloc */

	if (block)
		memset(block, 0x41, bytes);
}

static noinline void leak_vmalloc(void)
{
	char *block = vmalloc(3 * PAGE_SIZE); /* LEAK vmalloc */

	if (block)
		memset(block, 0x42, 16);
}

static noinline void leak_pages(void)
{
	struct page *pages = alloc_pages(GFP_KERNEL, 2); /* LEAK pages */

	if (pages)
		memset(page_address(pages), 0x43, 16);
}

/* Not in the init function, whose names are gone after it has run; five times by one call. */
static noinline void leak_five(volatile int *bytes)
{
	for (; *bytes < 105; ++*bytes)
		leak_kmalloc(*bytes);
}

static int __init leakmod_init(void)
{
	int bytes = 100;

	leak_five(&bytes);
	leak_vmalloc();
	leak_pages();
	return 0;
}

static void __exit leakmod_exit(void)
{
}

module_init(leakmod_init);
module_exit(leakmod_exit);
MODULE_DESCRIPTION("Leaks on purpose");
MODULE_LICENSE("GPL");
