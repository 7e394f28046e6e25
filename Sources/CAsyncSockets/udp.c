#define _GNU_SOURCE
#include "cas_udp.h"

#include <netinet/in.h>
#include <stddef.h>
#include <string.h>

_Static_assert(sizeof(cas_message) == sizeof(struct mmsghdr), "mmsghdr");
_Static_assert(offsetof(cas_message, length) == offsetof(struct mmsghdr, msg_len), "mmsghdr");
_Static_assert(CMSG_SPACE(sizeof(struct in6_pktinfo)) <= CAS_CONTROL_SIZE, "packet info of IPv6");
_Static_assert(CMSG_SPACE(sizeof(struct in_pktinfo)) <= CAS_CONTROL_SIZE, "packet info of IPv4");

int cas_udp_socket(int family) { return socket(family, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0); }

int cas_udp_receive(int fd, cas_message *messages, unsigned int count) {
    return recvmmsg(fd, (struct mmsghdr *)messages, count, MSG_DONTWAIT, NULL);
}

int cas_udp_send(int fd, cas_message *messages, unsigned int count) {
    return sendmmsg(fd, (struct mmsghdr *)messages, count, MSG_DONTWAIT | MSG_NOSIGNAL);
}

int cas_udp_enable_packet_info(int fd, int family) {
    int on = 1;
    return family == AF_INET6 ? setsockopt(fd, IPPROTO_IPV6, IPV6_RECVPKTINFO, &on, sizeof on)
                              : setsockopt(fd, IPPROTO_IP, IP_PKTINFO, &on, sizeof on);
}

void cas_udp_clear_interface(struct msghdr *message) {
    for (struct cmsghdr *item = CMSG_FIRSTHDR(message); item; item = CMSG_NXTHDR(message, item)) {
        if (item->cmsg_level == IPPROTO_IP && item->cmsg_type == IP_PKTINFO) {
            memset(CMSG_DATA(item) + offsetof(struct in_pktinfo, ipi_ifindex), 0, sizeof(int));
        } else if (item->cmsg_level == IPPROTO_IPV6 && item->cmsg_type == IPV6_PKTINFO) {
            memset(CMSG_DATA(item) + offsetof(struct in6_pktinfo, ipi6_ifindex), 0, sizeof(unsigned int));
        }
    }
}
