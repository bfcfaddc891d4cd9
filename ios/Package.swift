// swift-tools-version:6.0
//
// XungeKit: everything of the iOS shell that is not drawing, over the generated bindings. On a Mac the library comes from the XCFramework
// that scripts/build-xcframework.sh makes; on Linux from the folder in CORE_LIBRARY, and the screens are built against a stand-in for
// SwiftUI, so that they are type-checked and pressed without a device. `generated` is written by scripts/generate.sh and never committed.
import PackageDescription

#if os(Linux)
    let libraries = Context.environment["CORE_LIBRARY"] ?? "../target/debug"
    let core: [Target] = [
        .systemLibrary(name: "XungeCoreFFI", path: "generated/XungeCoreFFI"),
        .target(
            name: "XungeCore", dependencies: ["XungeCoreFFI"], path: "generated/XungeCore",
            swiftSettings: [.swiftLanguageMode(.v5), .unsafeFlags(["-suppress-warnings"])],
            linkerSettings: [
                .linkedLibrary("xunge_bindings"),
                .unsafeFlags(["-L", libraries, "-Xlinker", "-rpath", "-Xlinker", libraries]),
                // Debian's libswiftObservation.so lacks a symbol that is called only when the process is lost anyway.
                .unsafeFlags(["-Xlinker", "--allow-shlib-undefined"]),
            ]
        ),
    ]
    let strict: [SwiftSetting] = [.unsafeFlags(["-warnings-as-errors"])]
    let onLinuxAlone: [Target] = [
        .target(name: "SwiftUI", path: "StandIn/SwiftUI", swiftSettings: strict),
        .target(
            name: "XungeScreens", dependencies: ["XungeKit", "SwiftUI"], path: "Xunge/Screens",
            swiftSettings: strict),
        // The bindings' journey (tests/bindings), on the generated code itself.
        .executableTarget(
            name: "journey", dependencies: ["XungeCore", "XungeKit", "Stage"], path: "Tests/Journey",
            swiftSettings: strict),
        .executableTarget(
            name: "figures", dependencies: ["XungeCore"], path: "Tests/Figures", swiftSettings: strict),
        .testTarget(
            name: "XungeScreensTests", dependencies: ["XungeScreens", "XungeKit", "SwiftUI", "Stage"],
            path: "Tests/XungeScreensTests", swiftSettings: strict),
    ]
#else
    let core: [Target] = [
        .binaryTarget(name: "XungeCoreFFI", path: "generated/XungeCoreFFI.xcframework"),
        .target(
            name: "XungeCore", dependencies: ["XungeCoreFFI"], path: "generated/XungeCore",
            swiftSettings: [.swiftLanguageMode(.v5)]
        ),
    ]
    let strict: [SwiftSetting] = []
    let onLinuxAlone: [Target] = []
#endif

let package = Package(
    name: "XungeKit",
    defaultLocalization: "zh-Hans",
    platforms: [.iOS(.v17), .macOS(.v14)],
    products: [.library(name: "XungeKit", targets: ["XungeKit"])],
    targets: core + onLinuxAlone + [
        .target(name: "XungeKit", dependencies: ["XungeCore"], path: "XungeKit", swiftSettings: strict),
        .target(name: "Stage", dependencies: ["XungeKit"], path: "Tests/Stage", swiftSettings: strict),
        .testTarget(
            name: "XungeKitTests", dependencies: ["XungeKit", "Stage"], path: "Tests/XungeKitTests",
            swiftSettings: strict),
    ],
    swiftLanguageModes: [.v6]
)
