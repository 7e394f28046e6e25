/// Shows whether an object is still there.
struct WeakReference<Object: AnyObject & Sendable>: Sendable {
    private weak let object: Object?

    init(_ object: Object) { self.object = object }

    var isGone: Bool { self.object == nil }
}
