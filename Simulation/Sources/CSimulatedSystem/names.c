#define _GNU_SOURCE
#include "world.h"

#include <arpa/inet.h>
#include <netdb.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>

// The system's resolver, which blocks the thread that asks.

typedef struct {
    char name[64];
    uint32_t address;
} name;

typedef struct {
    struct addrinfo info;
    struct sockaddr_in address;
} answer;

static name names[16];
static int name_count;
static uint64_t delay;
static bool fails;

void csim_name(const char *text, uint32_t address) {
    if (name_count == 16) abort();
    strncpy(names[name_count].name, text, sizeof names[0].name - 1);
    names[name_count++].address = address;
}

void csim_set_resolver(uint64_t time, int is_failing) {
    delay = time;
    fails = is_failing != 0;
}

int getaddrinfo(const char *text, const char *service, const struct addrinfo *hints, struct addrinfo **list) {
    look_up_until(world.now + 200000 + delay);
    if (fails) return EAI_AGAIN;
    for (int i = 0; i < name_count; i++) {
        if (strcmp(names[i].name, text) != 0) continue;
        answer *new = calloc(1, sizeof *new);
        new->address = (struct sockaddr_in){.sin_family = AF_INET, .sin_addr.s_addr = htonl(names[i].address)};
        new->info = (struct addrinfo){
            .ai_family = AF_INET,
            .ai_socktype = SOCK_STREAM,
            .ai_addrlen = sizeof new->address,
            .ai_addr = (struct sockaddr *)&new->address};
        *list = &new->info;
        return 0;
    }
    return EAI_NONAME;
}

void freeaddrinfo(struct addrinfo *list) { free(list); }
