#include "world.h"

// libsodium, which DERPKit links.
extern int crypto_box_keypair(unsigned char *public, unsigned char *private);
extern int crypto_box_easy(
    unsigned char *box, const unsigned char *text, unsigned long long size, const unsigned char *nonce,
    const unsigned char *public, const unsigned char *private);

void csim_make_keys(uint8_t *public, uint8_t *private) { crypto_box_keypair(public, private); }

void csim_seal(
    uint8_t *box, const uint8_t *text, size_t count, const uint8_t *nonce, const uint8_t *public,
    const uint8_t *private) {
    crypto_box_easy(box, text, count, nonce, public, private);
}
