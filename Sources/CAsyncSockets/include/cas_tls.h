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
    // How often the session may continue to read, which is twice for each record. After that, it fails.
    uint32_t reads_left;
} cas_tls_window;

// Makes a BIO over the window, which must outlive it. Many sessions of one thread may share one. Returns NULL on failure.
BIO *cas_tls_bio(cas_tls_window *window);

void cas_tls_set_buffer_release(SSL_CTX *context);
int cas_tls_set_version_range(SSL_CTX *context, int lowest, int highest);
void cas_tls_disable_session_cache(SSL_CTX *context);
// Lets a server choose the suite: AES-128-GCM, which costs least, and ChaCha20 for clients that name it first, like those
// without AES in hardware. Forward secrecy and an AEAD under TLS 1.2 too. Returns 1, or 0 on failure.
int cas_tls_use_server_suites(SSL_CTX *context);
// Limits the key exchange to groups that cost both ends little: X25519MLKEM768 if OpenSSL has it (3.5), X25519 and P-256.
// OpenSSL's own choice also has finite-field groups, with which one key share from anybody costs the server 120 ms. Returns
// 1, or 0 on failure.
int cas_tls_use_groups(SSL_CTX *context);
int cas_tls_add_chain_certificate(SSL_CTX *context, X509 *certificate);
int cas_tls_set_server_name(SSL *session, const char *name);
// Refuses clients that don't offer this protocol (ALPN); the text is kept, not copied.
void cas_tls_require_protocol(SSL_CTX *context, const uint8_t *name);
// Takes the oldest queued error, clears the others, and writes its reason to text.
void cas_tls_take_error(char *text, size_t size);

#endif
