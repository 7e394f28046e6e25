import CAsyncSockets

/// The resources of this process, and how it uses its address space.
package enum ProcessResources {
    /// The number of bytes that were allocated once and are free. Takes some microseconds.
    package static var freeByteCount: Int { Int(clamping: cas_free_heap_bytes()) }

    /// The address space that the stack of a new thread takes, in bytes.
    package static var threadStackByteCount: Int { Int(clamping: cas_thread_stack_size()) }

    /// The number of processors that the process may use.
    package static var processorCount: Int { Int(cas_processor_count()) }

    /// Makes all threads allocate from one arena, for processes whose address space is limited: each further arena
    /// takes 64 MiB of it at once. Call this before there are threads.
    package static func useOneArena() { cas_use_one_arena() }
}
