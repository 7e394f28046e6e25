// What the Glibc module does not expose for UDP: recvmmsg, sendmmsg and packet info.
#ifndef CASYNCSOCKETS_UDP_H
#define CASYNCSOCKETS_UDP_H

#include <sys/socket.h>

// The kernel's struct mmsghdr.
typedef struct {
    struct msghdr header;
    unsigned int length;
} cas_message;

// Room for the packet info of either family.
enum { CAS_CONTROL_SIZE = 64 };

int cas_udp_socket(int family);

// Neither blocks; both return the number of messages, or -1 and errno.
int cas_udp_receive(int fd, cas_message *messages, unsigned int count);
int cas_udp_send(int fd, cas_message *messages, unsigned int count);

// Received messages say which of the machine's addresses they were sent to.
int cas_udp_enable_packet_info(int fd, int family);

// Removes the interface from a received packet info, so that a reply fixes the source address, not the route.
void cas_udp_clear_interface(struct msghdr *message);

#endif
