import Testing

@testable import lobbyd

@Suite("Directories on the path to a file")
struct PathLookupTests {
    private func directories(of path: String, links: [String: String] = [:]) -> [String] {
        PathLookup(of: Array(path.utf8), from: Array("/home/me".utf8)) { link in
            links[String(decoding: link, as: UTF8.self)].map { Array($0.utf8) }
        }
        .directories.map { String(decoding: $0, as: UTF8.self) }
    }

    @Test(
        "each directory on the path is listed once",
        arguments: [
            ("/etc/lobbyd/lobbyd.toml", ["/", "/etc", "/etc/lobbyd"]), ("/x", ["/"]), ("//a//x", ["/", "/a"]),
            ("x", ["/", "/home", "/home/me"]), ("./a/../x", ["/", "/home", "/home/me"]),
            ("../x", ["/", "/home"]), ("/../x", ["/"]), ("/a/b/../x", ["/", "/a"]), ("", ["/", "/home"]),
        ]
    )
    func plain(path: String, directories: [String]) {
        #expect(self.directories(of: path) == directories)
    }

    @Test("symbolic links to files and directories are followed, relative and absolute")
    func links() {
        #expect(self.directories(of: "/a/x", links: ["/a/x": "/b/y"]) == ["/", "/a", "/b"])
        #expect(self.directories(of: "/a/x", links: ["/a/x": "../b/y"]) == ["/", "/a", "/b"])
        #expect(self.directories(of: "/a/b/x", links: ["/a": "/c"]) == ["/", "/c", "/c/b"])
        #expect(
            self.directories(of: "/a/x", links: ["/a/x": "l1", "/a/l1": "d/l2", "/a/d/l2": "/e/x"])
                == ["/", "/a", "/a/d", "/e"]
        )
    }

    @Test("a cycle of links ends")
    func circle() {
        #expect(self.directories(of: "/a/x", links: ["/a/x": "y", "/a/y": "x"]) == ["/", "/a"])
    }
}
