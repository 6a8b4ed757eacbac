main({"malloc-info": malloc_info, "leak-check": leak_check, "heaptrack": heaptrack})
gdb.execute("quit")
