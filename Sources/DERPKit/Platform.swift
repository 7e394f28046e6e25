#if !os(Linux)
    #error("DERPKit needs Linux: its sockets are built on epoll.")
#endif
