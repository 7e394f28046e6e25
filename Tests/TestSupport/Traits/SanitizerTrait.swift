import Testing

extension Trait where Self == ConditionTrait {
    /// For a test of what can't be seen in a build with a sanitizer: it is skipped there, and says why.
    package static func withoutSanitizer(_ reason: Comment) -> Self {
        .disabled(if: Sanitizer.isOn, reason)
    }
}
