import Testing
@testable import PandaNet
