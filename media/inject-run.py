main({"malloc-info": malloc_info, "leak-check": leak_check, "heaptrack": heaptrack, "heaptrack-stop": heaptrack_stop, "prof-dump": prof_dump})
gdb.execute("quit")
