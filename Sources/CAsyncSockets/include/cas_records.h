// What a TLS 1.3 record layer needs from OpenSSL: the traffic secrets of a handshake, HKDF-Expand-Label, an AEAD.
#ifndef CASYNCSOCKETS_RECORDS_H
#define CASYNCSOCKETS_RECORDS_H

#include <openssl/evp.h>
#include <openssl/ssl.h>
#include <stddef.h>
#include <stdint.h>

enum {
    CAS_LARGEST_SECRET = 48, // SHA-384
    CAS_LARGEST_KEY = 32,
    CAS_LARGEST_INFO = 128,
    CAS_NONCE_SIZE = 12,
    CAS_TAG_SIZE = 16
};

typedef struct {
    uint8_t client[CAS_LARGEST_SECRET];
    uint8_t server[CAS_LARGEST_SECRET];
    size_t client_size;
    size_t server_size;
} cas_traffic_secrets;

// Makes sessions of the context write their first application traffic secrets where cas_capture_secrets said.
void cas_enable_secret_capture(SSL_CTX *context);
void cas_capture_secrets(SSL *session, cas_traffic_secrets *secrets);
void cas_forget_secrets(cas_traffic_secrets *secrets);

// HKDF-Expand (RFC 5869 section 2.3), as far as its first block. The key is as long as the hash. info_size is at most
// CAS_LARGEST_INFO, size at most the hash's. Returns 1, or 0 on failure.
int cas_hkdf_expand(
    const EVP_MD *hash, const uint8_t *key, const uint8_t *info, size_t info_size, uint8_t *output, size_t size);

// RFC 8446 section 7.1, with an empty context. size is at most the hash's. Returns 1, or 0 on failure.
int cas_hkdf_expand_label(
    const EVP_MD *hash, const uint8_t *secret, const char *label, uint8_t *output, size_t size);

// One direction's secret, and what follows from it (RFC 8446 section 7.3).
typedef struct {
    uint8_t secret[CAS_LARGEST_SECRET];
    uint8_t key[CAS_LARGEST_KEY];
    uint8_t iv[CAS_NONCE_SIZE];
} cas_traffic_keys;

// Derives the key, of key_size bytes, and the IV from the secret. Returns 1, or 0 on failure.
int cas_traffic_keys_derive(cas_traffic_keys *keys, const EVP_MD *hash, size_t key_size);

// Replaces the secret by the one that follows it (RFC 8446 section 7.2), and derives again. Returns 1, or 0 on failure.
int cas_traffic_keys_update(cas_traffic_keys *keys, const EVP_MD *hash, size_t key_size);

void cas_traffic_keys_forget(cas_traffic_keys *keys);

// Makes a cipher with its key. Returns NULL on failure.
EVP_CIPHER_CTX *cas_aead_new(const EVP_CIPHER *cipher, const uint8_t *key, int encrypts);

// Gives a cipher another key. Returns 1, or 0 on failure.
int cas_aead_set_key(EVP_CIPHER_CTX *context, const uint8_t *key, int encrypts);

// Encrypts text and then the one byte type, and writes the tag after them. Returns 1, or 0 on failure.
int cas_aead_seal(
    EVP_CIPHER_CTX *context, const uint8_t *nonce, const uint8_t *header, size_t header_size, const uint8_t *text,
    size_t size, uint8_t type, uint8_t *output);

// Decrypts size bytes, which the tag follows. Returns 1, or 0 if the tag is wrong.
int cas_aead_open(
    EVP_CIPHER_CTX *context, const uint8_t *nonce, const uint8_t *header, size_t header_size, const uint8_t *text,
    size_t size, uint8_t *output);

#endif
