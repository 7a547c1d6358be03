import CFuzzer
import Glibc

/// usage: Fuzz TARGET [OPTION OF LIBFUZZER | CORPUS | REPRODUCER]...
///
/// Without arguments, prints the names of the targets.
guard CommandLine.arguments.count > 1 else {
    for target in FuzzTarget.all { print(target.name) }
    exit(EXIT_SUCCESS)
}
guard let target = FuzzTarget.all.first(where: { $0.name == CommandLine.arguments[1] }) else {
    print("no fuzz target is called \(CommandLine.arguments[1])")
    exit(64)
}

// libFuzzer gets the name of the program and the arguments after the target.
var argumentCount = CommandLine.argc - 1
var arguments: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>? = CommandLine.unsafeArgv + 1
CommandLine.unsafeArgv[1] = CommandLine.unsafeArgv[0]
exit(LLVMFuzzerRunDriver(&argumentCount, &arguments, target.run))
