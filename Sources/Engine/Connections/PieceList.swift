/// A linked list of the pieces of one connection in the turn, in order: the first and last index in `Turn.pieces`.
struct PieceList {
    var first: Int32 = -1
    var last: Int32 = -1
    /// Whether at least one of the pieces is not a skip.
    var hasSpans = false

    var isEmpty: Bool { self.first < 0 }
}
