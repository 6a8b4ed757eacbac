main({"malloc-info": malloc_info})
gdb.execute("quit")
