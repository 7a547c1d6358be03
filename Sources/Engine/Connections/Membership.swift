/// The index of a connection among the members of an audience.
struct Membership {
    /// An `AudienceMembers`.
    let audience: AnyObject
    var index: Int32
}
