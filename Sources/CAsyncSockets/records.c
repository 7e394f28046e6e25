#include "cas_records.h"

#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/hmac.h>
#include <openssl/params.h>
#include <string.h>

static int value_of(char digit) {
    if (digit >= '0' && digit <= '9') return digit - '0';
    if (digit >= 'a' && digit <= 'f') return digit - 'a' + 10;
    if (digit >= 'A' && digit <= 'F') return digit - 'A' + 10;
    return -1;
}

// "LABEL client_random secret", in hexadecimal (the key log format of RFC 9850).
static int take_secret(const char *line, const char *label, uint8_t *secret, size_t *size) {
    size_t label_size = strlen(label);
    if (strncmp(line, label, label_size) != 0 || line[label_size] != ' ') return 0;
    const char *text = strchr(line + label_size + 1, ' ');
    if (!text) return 0;
    text++;
    size_t count = 0;
    while (count < CAS_LARGEST_SECRET && text[0] && text[1]) {
        int high = value_of(text[0]), low = value_of(text[1]);
        if (high < 0 || low < 0) return 0;
        secret[count++] = (uint8_t)(high << 4 | low);
        text += 2;
    }
    *size = count;
    return 1;
}

static void take_line(const SSL *session, const char *line) {
    cas_traffic_secrets *secrets = SSL_get_ex_data(session, 0);
    if (!secrets) return;
    if (take_secret(line, "CLIENT_TRAFFIC_SECRET_0", secrets->client, &secrets->client_size)) return;
    take_secret(line, "SERVER_TRAFFIC_SECRET_0", secrets->server, &secrets->server_size);
}

void cas_enable_secret_capture(SSL_CTX *context) { SSL_CTX_set_keylog_callback(context, take_line); }

void cas_capture_secrets(SSL *session, cas_traffic_secrets *secrets) { SSL_set_ex_data(session, 0, secrets); }

void cas_forget_secrets(cas_traffic_secrets *secrets) { OPENSSL_cleanse(secrets, sizeof *secrets); }

int cas_hkdf_expand(
    const EVP_MD *hash, const uint8_t *key, const uint8_t *info, size_t info_size, uint8_t *output, size_t size) {
    uint8_t text[CAS_LARGEST_INFO + 1];
    size_t hash_size = (size_t)EVP_MD_get_size(hash);
    if (info_size > CAS_LARGEST_INFO || size > hash_size) return 0;
    memcpy(text, info, info_size);
    // The counter of the first and only block.
    text[info_size] = 1;
    uint8_t block[EVP_MAX_MD_SIZE];
    unsigned int block_size = 0;
    if (!HMAC(hash, key, (int)hash_size, text, info_size + 1, block, &block_size)) return 0;
    memcpy(output, block, size);
    OPENSSL_cleanse(block, sizeof block);
    return 1;
}

int cas_hkdf_expand_label(
    const EVP_MD *hash, const uint8_t *secret, const char *label, uint8_t *output, size_t size) {
    // HkdfLabel: length, "tls13 " + label, no context.
    uint8_t info[CAS_LARGEST_INFO];
    size_t label_size = strlen(label);
    if (label_size > 32) return 0;
    size_t count = 0;
    info[count++] = (uint8_t)(size >> 8);
    info[count++] = (uint8_t)size;
    info[count++] = (uint8_t)(6 + label_size);
    memcpy(info + count, "tls13 ", 6);
    memcpy(info + count + 6, label, label_size);
    count += 6 + label_size;
    info[count++] = 0;
    return cas_hkdf_expand(hash, secret, info, count, output, size);
}

int cas_traffic_keys_derive(cas_traffic_keys *keys, const EVP_MD *hash, size_t key_size) {
    return key_size <= sizeof keys->key
        && cas_hkdf_expand_label(hash, keys->secret, "key", keys->key, key_size) == 1
        && cas_hkdf_expand_label(hash, keys->secret, "iv", keys->iv, sizeof keys->iv) == 1;
}

int cas_traffic_keys_update(cas_traffic_keys *keys, const EVP_MD *hash, size_t key_size) {
    uint8_t next[CAS_LARGEST_SECRET];
    size_t size = (size_t)EVP_MD_get_size(hash);
    if (size > sizeof next || cas_hkdf_expand_label(hash, keys->secret, "traffic upd", next, size) != 1) return 0;
    memcpy(keys->secret, next, size);
    OPENSSL_cleanse(next, sizeof next);
    return cas_traffic_keys_derive(keys, hash, key_size);
}

void cas_traffic_keys_forget(cas_traffic_keys *keys) { OPENSSL_cleanse(keys, sizeof *keys); }

EVP_CIPHER_CTX *cas_aead_new(const EVP_CIPHER *cipher, const uint8_t *key, int encrypts) {
    EVP_CIPHER_CTX *context = EVP_CIPHER_CTX_new();
    if (context && EVP_CipherInit_ex(context, cipher, NULL, key, NULL, encrypts) == 1) return context;
    EVP_CIPHER_CTX_free(context);
    return NULL;
}

int cas_aead_set_key(EVP_CIPHER_CTX *context, const uint8_t *key, int encrypts) {
    return EVP_CipherInit_ex(context, NULL, NULL, key, NULL, encrypts) == 1;
}

int cas_aead_seal(
    EVP_CIPHER_CTX *context, const uint8_t *nonce, const uint8_t *header, size_t header_size, const uint8_t *text,
    size_t size, uint8_t type, uint8_t *output) {
    int count = 0, last = 0, rest = 0;
    if (EVP_EncryptInit_ex(context, NULL, NULL, NULL, nonce) != 1
        || EVP_EncryptUpdate(context, NULL, &count, header, (int)header_size) != 1) return 0;
    count = 0;
    if (size > 0 && EVP_EncryptUpdate(context, output, &count, text, (int)size) != 1) return 0;
    if (EVP_EncryptUpdate(context, output + count, &last, &type, 1) != 1
        || EVP_EncryptFinal_ex(context, output + count + last, &rest) != 1
        || (size_t)(count + last + rest) != size + 1) return 0;
    OSSL_PARAM parameters[2] = {
        OSSL_PARAM_construct_octet_string(OSSL_CIPHER_PARAM_AEAD_TAG, output + size + 1, CAS_TAG_SIZE),
        OSSL_PARAM_construct_end()};
    return EVP_CIPHER_CTX_get_params(context, parameters);
}

int cas_aead_open(
    EVP_CIPHER_CTX *context, const uint8_t *nonce, const uint8_t *header, size_t header_size, const uint8_t *text,
    size_t size, uint8_t *output) {
    int count = 0, rest = 0;
    OSSL_PARAM parameters[2] = {
        OSSL_PARAM_construct_octet_string(OSSL_CIPHER_PARAM_AEAD_TAG, (void *)(text + size), CAS_TAG_SIZE),
        OSSL_PARAM_construct_end()};
    return EVP_DecryptInit_ex(context, NULL, NULL, NULL, nonce) == 1
        && EVP_CIPHER_CTX_set_params(context, parameters) == 1
        && EVP_DecryptUpdate(context, NULL, &count, header, (int)header_size) == 1
        && EVP_DecryptUpdate(context, output, &count, text, (int)size) == 1 && (size_t)count == size
        && EVP_DecryptFinal_ex(context, output + count, &rest) == 1;
}
