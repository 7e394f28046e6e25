#include "network.h"

typedef struct {
    uint32_t one, other;
} cut;

static cut cuts[64];
static int cut_count;

bool is_cut(uint32_t one, uint32_t other) {
    for (int i = 0; i < cut_count; i++)
        if ((cuts[i].one == one && cuts[i].other == other) || (cuts[i].one == other && cuts[i].other == one))
            return true;
    return false;
}

void csim_part(uint32_t one, uint32_t other) {
    if (cut_count < 64 && !is_cut(one, other)) cuts[cut_count++] = (cut){one, other};
}

void csim_heal(uint32_t one, uint32_t other) {
    for (int i = 0; i < cut_count; i++)
        if ((cuts[i].one == one && cuts[i].other == other) || (cuts[i].one == other && cuts[i].other == one))
            cuts[i--] = cuts[--cut_count];
}

void csim_break(uint32_t one, uint32_t other) {
    for (descriptor *it = first_descriptor(); it != NULL; it = next_descriptor(it)) {
        if (it->kind != STREAM || it->end->peer == NULL || it->end->script > 0 || it->end->peer->script > 0) continue;
        uint32_t here = it->end->address, there = it->end->peer_address;
        if ((here == one && there == other) || (here == other && there == one)) break_end(it->end);
    }
}
