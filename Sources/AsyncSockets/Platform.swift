#if !os(Linux)
    #error("AsyncSockets needs Linux: its sockets are built on epoll.")
#endif
