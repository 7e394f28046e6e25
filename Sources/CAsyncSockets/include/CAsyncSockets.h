#ifndef CASYNCSOCKETS_H
#define CASYNCSOCKETS_H

#include "cas_memory.h"
#include "cas_poll.h"
#include "cas_records.h"
#include "cas_tcp.h"
#include "cas_tls.h"
#include "cas_udp.h"
#include "cas_unix.h"

#endif
