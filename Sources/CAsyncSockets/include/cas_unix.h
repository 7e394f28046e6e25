// Unix sockets whose messages carry descriptors, and what the Glibc module does not expose for them.
#ifndef CASYNCSOCKETS_UNIX_H
#define CASYNCSOCKETS_UNIX_H

#include <stddef.h>
#include <sys/types.h>

// The maximum number of descriptors in one message.
enum { CAS_MAX_DESCRIPTORS = 64 };

int cas_message_socket(void);
// Makes a pair of connected streams. Returns 0, or -1 and errno.
int cas_stream_pair(int descriptors[2]);

// Finds the user at the other end of a connected socket. Returns 0, or -1 and errno.
int cas_peer_user(int fd, uid_t *user);

// Neither blocks; both return the number of bytes, or -1 and errno.
ssize_t cas_send_message(int fd, const void *bytes, size_t size, const int *descriptors, int count);
// Writes up to CAS_MAX_DESCRIPTORS descriptors and their number. is_cut says whether something didn't fit.
ssize_t cas_receive_message(int fd, void *bytes, size_t size, int *descriptors, int *count, int *is_cut);

#endif
