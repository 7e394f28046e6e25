// OpenSSL's BIO and macros as plain functions.
#ifndef CASYNCSOCKETS_TLS_H
#define CASYNCSOCKETS_TLS_H

#include <openssl/ssl.h>
#include <stddef.h>
#include <stdint.h>

// Where a TLS session reads and writes while it is called: memory that belongs to the loop.
typedef struct {
    const uint8_t *input;
    size_t input_left;
    uint8_t *output;
    size_t output_left;
    // How often the session may read on, which is twice for each record; when it may no more, it fails.
    uint32_t reads_left;
} cas_tls_window;

// A BIO over the window, which must outlive it. Many sessions of one thread may share one; NULL on failure.
BIO *cas_tls_bio(cas_tls_window *window);

void cas_tls_set_buffer_release(SSL_CTX *context);
int cas_tls_set_version_range(SSL_CTX *context, int lowest, int highest);
void cas_tls_disable_session_cache(SSL_CTX *context);
// Has a server choose the suite: AES-128-GCM, which costs least; ChaCha20 for clients that name it first, as those without
// AES in hardware do. Forward secrecy and an AEAD under TLS 1.2 too. Returns 1, or 0 on failure.
int cas_tls_use_server_suites(SSL_CTX *context);
// Leaves those groups for the key exchange that cost both ends little: X25519MLKEM768 where OpenSSL has it (3.5), X25519 and
// P-256. OpenSSL's own choice has finite-field groups too, of which one key share from anybody costs the server 120 ms. Returns
// 1, or 0 on failure.
int cas_tls_use_groups(SSL_CTX *context);
int cas_tls_add_chain_certificate(SSL_CTX *context, X509 *certificate);
int cas_tls_set_server_name(SSL *session, const char *name);
// Refuses clients that don't offer this protocol (ALPN); the text is kept, not copied.
void cas_tls_require_protocol(SSL_CTX *context, const uint8_t *name);
// Takes the oldest queued error, clears the rest, and writes its reason to text.
void cas_tls_take_error(char *text, size_t size);

#endif
