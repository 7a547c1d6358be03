/// The index of a connection among the members of an audience.
struct Membership {
    /// The members of the audience; always an `AudienceMembers`.
    let audience: AnyObject
    var index: Int32
}
