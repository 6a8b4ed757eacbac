main({"malloc-info": malloc_info, "leak-check": leak_check})
gdb.execute("quit")
