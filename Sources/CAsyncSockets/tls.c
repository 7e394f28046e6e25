#include "cas_tls.h"

#include <openssl/bio.h>
#include <openssl/err.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>

static int window_write(BIO *bio, const char *bytes, size_t size, size_t *written) {
    cas_tls_window *window = BIO_get_data(bio);
    BIO_clear_retry_flags(bio);
    if (window->output_left < size) {
        BIO_set_retry_write(bio);
        return 0;
    }
    memcpy(window->output, bytes, size);
    window->output += size;
    window->output_left -= size;
    *written = size;
    return 1;
}

static int window_read(BIO *bio, char *bytes, size_t size, size_t *read) {
    cas_tls_window *window = BIO_get_data(bio);
    BIO_clear_retry_flags(bio);
    if (window->input_left == 0) {
        BIO_set_retry_read(bio);
        return 0;
    }
    if (window->reads_left == 0) return 0;
    window->reads_left--;
    size_t count = size < window->input_left ? size : window->input_left;
    memcpy(bytes, window->input, count);
    window->input += count;
    window->input_left -= count;
    *read = count;
    return 1;
}

static long window_control(BIO *bio, int command, long number, void *pointer) {
    (void)bio, (void)number, (void)pointer;
    return command == BIO_CTRL_FLUSH;
}

static BIO_METHOD *method;
static pthread_once_t method_once = PTHREAD_ONCE_INIT;

static void make_method(void) {
    method = BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "window");
    if (!method) return;
    BIO_meth_set_write_ex(method, window_write);
    BIO_meth_set_read_ex(method, window_read);
    BIO_meth_set_ctrl(method, window_control);
}

BIO *cas_tls_bio(cas_tls_window *window) {
    pthread_once(&method_once, make_method);
    BIO *bio = method ? BIO_new(method) : NULL;
    if (!bio) return NULL;
    BIO_set_data(bio, window);
    BIO_set_init(bio, 1);
    return bio;
}

void cas_tls_set_buffer_release(SSL_CTX *context) { SSL_CTX_set_mode(context, SSL_MODE_RELEASE_BUFFERS); }

int cas_tls_set_version_range(SSL_CTX *context, int lowest, int highest) {
    return SSL_CTX_set_min_proto_version(context, lowest) && SSL_CTX_set_max_proto_version(context, highest);
}

void cas_tls_disable_session_cache(SSL_CTX *context) {
    SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
    SSL_CTX_set_options(context, SSL_OP_NO_TICKET | SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION);
    SSL_CTX_set_num_tickets(context, 0);
}

int cas_tls_use_server_suites(SSL_CTX *context) {
    SSL_CTX_set_options(context, SSL_OP_CIPHER_SERVER_PREFERENCE | SSL_OP_PRIORITIZE_CHACHA);
    return SSL_CTX_set_ciphersuites(
               context, "TLS_AES_128_GCM_SHA256:TLS_CHACHA20_POLY1305_SHA256:TLS_AES_256_GCM_SHA384")
        && SSL_CTX_set_cipher_list(context, "ECDHE+AES128+AESGCM:ECDHE+CHACHA20:ECDHE+AESGCM");
}

int cas_tls_use_groups(SSL_CTX *context) {
    // The stars make clients send key shares of both, so that servers without the first need no second ClientHello.
    if (SSL_CTX_set1_groups_list(context, "*X25519MLKEM768:*X25519:P-256")) return 1;
    ERR_clear_error();
    return (int)SSL_CTX_set1_groups_list(context, "X25519:P-256");
}

int cas_tls_add_chain_certificate(SSL_CTX *context, X509 *certificate) {
    return (int)SSL_CTX_add1_chain_cert(context, certificate);
}

int cas_tls_set_server_name(SSL *session, const char *name) { return (int)SSL_set_tlsext_host_name(session, name); }

static int select_protocol(
    SSL *session, const unsigned char **selected, unsigned char *selected_size, const unsigned char *offers,
    unsigned int size, void *name) {
    (void)session;
    size_t name_size = strlen(name);
    for (unsigned int at = 0; at < size && offers[at] < size - at; at += 1u + offers[at]) {
        if (offers[at] != name_size || memcmp(offers + at + 1, name, name_size) != 0) continue;
        *selected = offers + at + 1;
        *selected_size = offers[at];
        return SSL_TLSEXT_ERR_OK;
    }
    return SSL_TLSEXT_ERR_ALERT_FATAL;
}

void cas_tls_require_protocol(SSL_CTX *context, const uint8_t *name) {
    SSL_CTX_set_alpn_select_cb(context, select_protocol, (void *)(uintptr_t)name);
}

void cas_tls_take_error(char *text, size_t size) {
    unsigned long error = ERR_get_error();
    const char *reason = error ? ERR_reason_error_string(error) : NULL;
    snprintf(text, size, "%s", reason ? reason : "unknown TLS error");
    ERR_clear_error();
}
