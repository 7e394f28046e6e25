import CAsyncSockets

/// What this process has, and does with its address space.
package enum ProcessResources {
    /// How many bytes were allocated once, and are free. Takes some microseconds.
    package static var freeByteCount: Int { Int(clamping: cas_free_heap_bytes()) }

    /// What a new thread takes of the address space for its stack, in bytes.
    package static var threadStackByteCount: Int { Int(clamping: cas_thread_stack_size()) }

    /// How many processors the process may use.
    package static var processorCount: Int { Int(cas_processor_count()) }

    /// Has all threads allocate from one arena, for processes whose address space is limited: each further arena takes 64 MiB
    /// of it at once. To be called before there are threads.
    package static func useOneArena() { cas_use_one_arena() }
}
