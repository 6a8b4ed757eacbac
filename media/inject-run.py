main({"malloc-info": malloc_info, "leak-check": leak_check, "heaptrack": heaptrack, "prof-dump": prof_dump})
gdb.execute("quit")
