#define _GNU_SOURCE
#include "world.h"

#include <dlfcn.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

// Files that only the simulated world has. Their directories have one level, and always exist.

enum { PATH_SIZE = 108 };

typedef struct file {
    struct file *next;
    char path[PATH_SIZE];
    uint8_t *bytes;
    size_t size;
    uint64_t inode;
    int64_t change;
    bool is_socket;
    channel_listener *listener;
} file;

struct open_file {
    object object;
    uint8_t *bytes;
    size_t size, position;
    struct stat status;
};

static const char root[] = "/simulated/";
static file *files;
static uint64_t next_inode = 1;

bool is_simulated(const char *path) { return world.is_active && strncmp(path, root, sizeof root - 1) == 0; }

// Files of the real machine don't exist in the simulated world. Stories would depend on the machine.
static bool is_hidden(const char *path) { return world.is_active && strncmp(path, "/dev/", 5) != 0; }

static file **place(const char *path) {
    file **link = &files;
    while (*link != NULL && strcmp((*link)->path, path) != 0) link = &(*link)->next;
    return link;
}

static void remove_file(file **link) {
    file *one = *link;
    *link = one->next;
    free(one->bytes);
    free(one);
}

static file *put(const char *path) {
    file **link = place(path);
    if (*link != NULL) remove_file(link);
    file *new = calloc(1, sizeof *new);
    strncpy(new->path, path, PATH_SIZE - 1);
    new->inode = next_inode++;
    new->change = wall_time();
    new->next = files;
    return files = new;
}

void csim_write_file(const char *path, const void *bytes, size_t size) {
    file *new = put(path);
    new->bytes = malloc(size > 0 ? size : 1);
    memcpy(new->bytes, bytes, size);
    new->size = size;
}

void csim_remove_file(const char *path) {
    file **link = place(path);
    if (*link != NULL) remove_file(link);
}

void put_socket(const char *path, channel_listener *listener) {
    file *new = put(path);
    new->is_socket = true;
    new->listener = listener;
}

channel_listener *find_socket(const char *path, bool *exists) {
    file *one = *place(path);
    *exists = one != NULL && one->is_socket;
    return *exists ? one->listener : NULL;
}

void channel_listener_close(channel_listener *listener) {
    for (file *it = files; it != NULL; it = it->next)
        if (it->listener == listener) it->listener = NULL;
    free(listener);
}

// MARK: Calls with a path

static bool is_directory(const char *path) {
    const char *rest = path + sizeof root - 1;
    return *rest == '\0' || strchr(rest, '/') == NULL;
}

static int describe(const char *path, struct stat *status) {
    file *one = *place(path);
    memset(status, 0, sizeof *status);
    status->st_uid = geteuid();
    if (one == NULL) {
        if (!is_directory(path)) return fail(ENOENT);
        status->st_mode = S_IFDIR | 0700;
        return 0;
    }
    status->st_mode = (one->is_socket ? S_IFSOCK : S_IFREG) | 0600;
    status->st_ino = one->inode;
    status->st_size = (off_t)one->size;
    status->st_ctim = (struct timespec){.tv_sec = one->change / 1000000000, .tv_nsec = one->change % 1000000000};
    status->st_mtim = status->st_ctim;
    return 0;
}

static int open_simulated(const char *path, int flags) {
    file *one = *place(path);
    if (one == NULL) return fail(ENOENT);
    if ((flags & O_ACCMODE) != O_RDONLY) return fail(EROFS);
    if (happens(CSIM_NO_DESCRIPTOR)) return fail(EMFILE);
    descriptor *new = open_descriptor(OPEN_FILE);
    if (new == NULL) return fail(EMFILE);
    open_file *opened = calloc(1, sizeof *opened);
    opened->bytes = malloc(one->size > 0 ? one->size : 1);
    memcpy(opened->bytes, one->bytes, one->size);
    opened->size = one->size;
    describe(path, &opened->status);
    attach(new, OPEN_FILE, opened);
    return new->number;
}

int open(const char *path, int flags, ...) {
    va_list list;
    va_start(list, flags);
    mode_t mode = (flags & (O_CREAT | O_TMPFILE)) != 0 ? va_arg(list, mode_t) : 0;
    va_end(list);
    if (is_simulated(path)) return open_simulated(path, flags);
    return is_hidden(path) ? fail(ENOENT) : (int)syscall(SYS_openat, AT_FDCWD, path, flags, mode);
}

int open64(const char *path, int flags, ...) __attribute__((alias("open")));

FILE *fopen(const char *path, const char *mode) {
    FILE *(*original)(const char *, const char *) = (FILE * (*)(const char *, const char *)) dlsym(RTLD_NEXT, "fopen");
    if (!is_hidden(path)) return original(path, mode);
    errno = ENOENT;
    return NULL;
}

FILE *fopen64(const char *path, const char *mode) __attribute__((alias("fopen")));

int stat(const char *path, struct stat *status) {
    if (is_simulated(path)) return describe(path, status);
    if (is_hidden(path)) return fail(ENOENT);
    return (int)syscall(SYS_newfstatat, AT_FDCWD, path, status, 0);
}

int lstat(const char *path, struct stat *status) {
    if (is_simulated(path)) return describe(path, status);
    if (is_hidden(path)) return fail(ENOENT);
    return (int)syscall(SYS_newfstatat, AT_FDCWD, path, status, AT_SYMLINK_NOFOLLOW);
}

int chmod(const char *path, mode_t mode) {
    if (is_simulated(path)) return *place(path) != NULL ? 0 : fail(ENOENT);
    return (int)syscall(SYS_fchmodat, AT_FDCWD, path, mode);
}

int unlink(const char *path) {
    if (!is_simulated(path)) return (int)syscall(SYS_unlinkat, AT_FDCWD, path, 0);
    file **link = place(path);
    if (*link == NULL) return fail(ENOENT);
    remove_file(link);
    return 0;
}

// MARK: Calls with a descriptor

int fstat(int number, struct stat *status) {
    descriptor *one = find(number);
    if (one == NULL) return (int)syscall(SYS_fstat, number, status);
    if (one->kind != OPEN_FILE) return fail(EBADF);
    *status = one->open_file->status;
    return 0;
}

static ssize_t read_file(open_file *file, void *bytes, size_t count) {
    if (happens(CSIM_INTERRUPTED)) return fail(EINTR);
    if (count > file->size - file->position) count = file->size - file->position;
    if (count > 1 && happens(CSIM_SHORT_RECEIVE)) count = 1 + below(count);
    memcpy(bytes, file->bytes + file->position, count);
    file->position += count;
    return (ssize_t)count;
}

ssize_t read(int number, void *bytes, size_t count) {
    descriptor *one = find(number);
    if (one == NULL) return syscall(SYS_read, number, bytes, count);
    if (one->kind == OPEN_FILE) return read_file(one->open_file, bytes, count);
    if (one->kind != EVENT) return fail(EBADF);
    if (one->count == 0) return fail(EAGAIN);
    memcpy(bytes, &one->count, sizeof one->count);
    one->count = 0;
    return 8;
}

ssize_t write(int number, const void *bytes, size_t count) {
    descriptor *one = find(number);
    if (one == NULL) return syscall(SYS_write, number, bytes, count);
    if (one->kind != EVENT) return fail(EBADF);
    uint64_t more;
    memcpy(&more, bytes, sizeof more);
    one->count += more;
    notify(one);
    return 8;
}

int close(int number) {
    descriptor *one = find(number);
    if (one == NULL) return (int)syscall(SYS_close, number);
    release(one);
    return 0;
}

void file_close(open_file *file) {
    free(file->bytes);
    free(file);
}

int fcntl(int number, int command, ...) {
    va_list list;
    va_start(list, command);
    long argument = va_arg(list, long);
    va_end(list);
    descriptor *one = find(number);
    if (one == NULL) return (int)syscall(SYS_fcntl, number, command, argument);
    if (command != F_DUPFD_CLOEXEC) return 0;
    if (happens(CSIM_NO_DESCRIPTOR)) return fail(EMFILE);
    descriptor *new = duplicate(one);
    return new == NULL ? fail(EMFILE) : new->number;
}

int fcntl64(int number, int command, ...) __attribute__((alias("fcntl")));
