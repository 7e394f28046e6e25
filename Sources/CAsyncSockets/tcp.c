#include "cas_tcp.h"

#include <linux/sockios.h>
#include <linux/tcp.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <stddef.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

int cas_tcp_get_state(int fd, cas_tcp_state *state) {
    struct tcp_info info;
    memset(&info, 0, sizeof info);
    socklen_t length = sizeof info;
    if (getsockopt(fd, IPPROTO_TCP, TCP_INFO, &info, &length) != 0) return -1;
    state->window = (uint64_t)info.tcpi_snd_cwnd * info.tcpi_snd_mss;
    state->acknowledged = info.tcpi_bytes_acked;
    // Linux 4.6 has the bytes, 4.9 the rate.
    bool has_rate = length > offsetof(struct tcp_info, tcpi_delivery_rate) && !info.tcpi_delivery_rate_app_limited;
    state->delivery_rate = has_rate ? info.tcpi_delivery_rate : 0;
    if (length > offsetof(struct tcp_info, tcpi_notsent_bytes)) {
        state->unsent = info.tcpi_notsent_bytes;
        return 0;
    }
    int unsent = 0;
    if (ioctl(fd, SIOCOUTQNSD, &unsent) != 0 || unsent < 0) return -1;
    state->unsent = (uint32_t)unsent;
    return 0;
}

int cas_tcp_set_unsent_limit(int fd, uint32_t bytes) {
    return setsockopt(fd, IPPROTO_TCP, TCP_NOTSENT_LOWAT, &bytes, sizeof bytes);
}
