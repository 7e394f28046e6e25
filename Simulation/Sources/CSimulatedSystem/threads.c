#define _GNU_SOURCE
#include "world.h"

#include <stdlib.h>
#include <sys/mman.h>
#include <ucontext.h>

// All threads of the simulated world are contexts of one real thread, and change only where they wait.
typedef struct {
    ucontext_t context;
    void *(*body)(void *);
    void *argument;
    uint32_t process;
    // What it waits for; NULL with an end of 0 before it has begun.
    epoll *epoll;
    uint64_t end;
    // It gets no processor before this.
    uint64_t paused_until;
    bool has_ended;
    uint64_t processor_time;
    // The event loop that the code under test notes for each thread.
    const void *loop;
} thread;

static const uint64_t LONGEST_PAUSE = 300000000;

enum { THREAD_LIMIT = 4096, STACK_SIZE = 1 << 20 };

static thread *threads[THREAD_LIMIT];
static int thread_count;
static thread *current;
static ucontext_t scheduler;
static uint64_t main_processor_time;


extern const void *cas_current_loop(void);
extern void cas_set_current_loop(const void *loop);

uint64_t *processor_time(void) { return current != NULL ? &current->processor_time : &main_processor_time; }

static void leave(void) {
    thread *self = current;
    self->loop = cas_current_loop();
    cas_set_current_loop(NULL);
    current = NULL;
    swapcontext(&self->context, &scheduler);
    current = self;
    cas_set_current_loop(self->loop);
}

static void begin(void) {
    thread *self = current;
    self->body(self->argument);
    self->has_ended = true;
    current = NULL;
    setcontext(&scheduler);
}

static bool is_job_running;

int start_thread(void *(*body)(void *), void *argument) {
    if (thread_count == THREAD_LIMIT) return -1;
    thread *new = calloc(1, sizeof *new);
    void *stack = mmap(NULL, STACK_SIZE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_STACK, -1, 0);
    if (stack == MAP_FAILED) return -1;
    new->body = body;
    new->argument = argument;
    // Loops begin with their process. The other threads are those of the system's resolver, which all processes share.
    new->process = current == NULL && !is_job_running ? world.process : 0;
    getcontext(&new->context);
    new->context.uc_stack.ss_sp = stack;
    new->context.uc_stack.ss_size = STACK_SIZE;
    makecontext(&new->context, begin, 0);
    threads[thread_count++] = new;
    return 0;
}

void wait_for(epoll *epoll, uint64_t end) {
    if (current == NULL) abort();
    current->epoll = epoll;
    current->end = end;
    leave();
}

void look_up_until(uint64_t end) {
    if (current == NULL) abort();
    wait_for(NULL, end);
}

// MARK: Jobs of Swift's global executor

#define SWIFT __attribute__((swiftcall))

extern SWIFT void swift_job_run(void *job, void *identity, uintptr_t implementation);

typedef SWIFT void (*enqueue_original)(void *job);
typedef SWIFT void (*delay_original)(unsigned long long delay, void *job);
typedef SWIFT void (*deadline_original)(
    long long seconds, long long nanoseconds, long long tolerance, long long tolerance_part, int clock, void *job);

extern SWIFT void (*swift_task_enqueueGlobal_hook)(void *job, enqueue_original original);
extern SWIFT void (*swift_task_enqueueGlobalWithDelay_hook)(
    unsigned long long delay, void *job, delay_original original);
extern SWIFT void (*swift_task_enqueueGlobalWithDeadline_hook)(
    long long seconds, long long nanoseconds, long long tolerance, long long tolerance_part, int clock, void *job,
    deadline_original original);

typedef struct {
    void *job;
    uint32_t process;
    bool is_work;
} waiting_job;

// Marks what is no job of Swift's.
static const uint64_t WORK = 1ull << 32;

static waiting_job *jobs;
static size_t job_count, job_room;
static uint32_t dead[THREAD_LIMIT];
static int dead_count;

// The process of which code runs.
uint32_t current_process(void) { return current != NULL ? current->process : world.process; }

static void enqueue(void *job, uint64_t process) {
    for (int i = 0; i < dead_count; i++)
        if (dead[i] == (uint32_t)process) return;
    if (job_count == job_room) jobs = realloc(jobs, (job_room = job_room * 2 + 64) * sizeof *jobs);
    jobs[job_count++] = (waiting_job){job, (uint32_t)process, (process & WORK) != 0};
}

static SWIFT void enqueue_hook(void *job, enqueue_original original) { enqueue(job, current_process()); }

static SWIFT void delay_hook(unsigned long long delay, void *job, delay_original original) {
    at(world.now + delay, enqueue, job, current_process());
}

static SWIFT void deadline_hook(
    long long seconds, long long nanoseconds, long long tolerance, long long tolerance_part, int clock, void *job,
    deadline_original original) {
    uint64_t time = (uint64_t)seconds * 1000000000u + (uint64_t)nanoseconds;
    at(time > world.now ? time : world.now, enqueue, job, current_process());
}

// Sleeping until a clock's instant goes past the hooks, to libdispatch.
typedef struct {
    void (*work)(void *);
    void *context;
} waiting_work;

static void run_work(void *subject, uint64_t process) {
    enqueue(subject, process | WORK);
}

void dispatch_after_f(uint64_t when, void *queue, void *context, void (*work)(void *)) {
    waiting_work *new = malloc(sizeof *new);
    *new = (waiting_work){work, context};
    // The two highest bits say which clock.
    uint64_t time = when & (UINT64_MAX >> 2);
    at(time > world.now ? time : world.now, run_work, new, current_process());
}

void dispatch_async_f(void *queue, void *context, void (*work)(void *)) { dispatch_after_f(0, queue, context, work); }

// A timer of libdispatch's.
typedef struct {
    bool is_source;
    uint64_t time;
    void *context;
    void (*handler)(void *);
} source;

static source queue_stand_in;

void *dispatch_queue_attr_make_with_qos_class(void *attributes, int quality, int priority) { return &queue_stand_in; }
void *dispatch_queue_create(const char *label, void *attributes) { return &queue_stand_in; }
void dispatch_queue_set_width(void *queue, long width) {}

void *dispatch_source_create(const void *type, uintptr_t handle, uintptr_t mask, void *queue) {
    source *new = calloc(1, sizeof *new);
    new->is_source = true;
    return new;
}

void dispatch_source_set_timer(void *one, uint64_t start, uint64_t interval, uint64_t leeway) {
    // The two highest bits say which clock.
    ((source *)one)->time = start & (UINT64_MAX >> 2);
}

void dispatch_set_context(void *one, void *context) { ((source *)one)->context = context; }
void dispatch_source_set_event_handler_f(void *one, void (*handler)(void *)) { ((source *)one)->handler = handler; }

void dispatch_activate(void *one) {
    source *source = one;
    waiting_work *new = malloc(sizeof *new);
    *new = (waiting_work){source->handler, source->context};
    at(source->time > world.now ? source->time : world.now, run_work, new, current_process());
}

void dispatch_source_cancel(void *one) {}

void dispatch_release(void *one) {
    if (((source *)one)->is_source) free(one);
}

void install_hooks(void) {
    swift_task_enqueueGlobal_hook = enqueue_hook;
    swift_task_enqueueGlobalWithDelay_hook = delay_hook;
    swift_task_enqueueGlobalWithDeadline_hook = deadline_hook;
}

void kill_threads(uint32_t process) {
    // What they hold is never given back: the process is gone.
    int kept = 0;
    for (int i = 0; i < thread_count; i++)
        if (threads[i]->process != process) threads[kept++] = threads[i];
    thread_count = kept;
    size_t left = 0;
    for (size_t i = 0; i < job_count; i++)
        if (jobs[i].process != process) jobs[left++] = jobs[i];
    job_count = left;
    if (dead_count < THREAD_LIMIT) dead[dead_count++] = process;
}

// MARK: Turns

static bool can_run(thread *one) {
    return !one->has_ended && one->paused_until <= world.now &&
           (one->end <= world.now || (one->epoll != NULL && has_ready(one->epoll)));
}

bool take_turn(void) {
    // Each job and each thread that can run is as likely as any other.
    size_t choices = job_count;
    for (int i = 0; i < thread_count; i++) choices += can_run(threads[i]);
    if (choices == 0) return false;
    size_t choice = below(choices);
    uint64_t before = world.now;
    world.turns += 1;
    if (choice < job_count) {
        waiting_job job = jobs[choice];
        jobs[choice] = jobs[--job_count];
        csim_note(choice);
        uint32_t previous = world.process;
        world.process = job.process;
        is_job_running = true;
        if (job.is_work) {
            waiting_work work = *(waiting_work *)job.job;
            free(job.job);
            work.work(work.context);
        } else {
            swift_job_run(job.job, NULL, 0);
        }
        world.process = previous;
        is_job_running = false;
        world.now += 500 + below(2000);
        return true;
    }
    choice -= job_count;
    for (int i = 0; i < thread_count; i++) {
        if (!can_run(threads[i]) || choice-- > 0) continue;
        if (happens(CSIM_PAUSE)) {
            threads[i]->paused_until = world.now + below(LONGEST_PAUSE);
            break;
        }
        csim_note((uint64_t)i + 1000);
        csim_note(world.now);
        current = threads[i];
        cas_set_current_loop(current->loop);
        swapcontext(&scheduler, &threads[i]->context);
        cas_set_current_loop(NULL);
        world.now += 500 + below(4000);
        threads[i]->processor_time += world.now - before;
        if (threads[i]->has_ended) {
            munmap(threads[i]->context.uc_stack.ss_sp, STACK_SIZE);
            free(threads[i]);
            threads[i] = threads[--thread_count];
        }
        break;
    }
    return true;
}

uint64_t next_wait_end(void) {
    uint64_t next = NEVER;
    for (int i = 0; i < thread_count; i++) {
        thread *one = threads[i];
        uint64_t end = one->epoll != NULL && has_ready(one->epoll) ? 0 : one->end;
        if (end < one->paused_until) end = one->paused_until;
        if (end < next) next = end;
    }
    return next;
}
