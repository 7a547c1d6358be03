/// Where a connection stands among the members of an audience.
struct Membership {
    /// An `AudienceMembers`.
    let audience: AnyObject
    var index: Int32
}
