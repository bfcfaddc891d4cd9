// A drive of a few megabytes that can be filled to its last byte, so that "full" is the system's own word.
import Foundation
import Glibc

/// A drive in memory, mounted while this lives. Needs root, as the Debian 13 root does anyway.
public final class SmallDrive {
    public let folder: URL
    private var ballast: URL { folder.appendingPathComponent("ballast") }

    public init(bytes: Int) throws {
        folder = FileManager.default.temporaryDirectory.appendingPathComponent("drive-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        guard mount("tmpfs", folder.path, "tmpfs", 0, "size=\(bytes)") == 0 else {
            throw StageProblem(description: "no drive can be mounted: \(String(cString: strerror(errno)))")
        }
    }

    /// Leaves no byte free.
    public func fill() {
        let file = open(ballast.path, O_WRONLY | O_CREAT | O_APPEND, 0o600)
        defer { close(file) }
        for size in [65_536, 4_096, 1] {
            let bytes = [UInt8](repeating: 0, count: size)
            while write(file, bytes, size) == size {}
        }
    }

    /// Makes room again.
    public func free() { unlink(ballast.path) }

    deinit {
        umount2(folder.path, 2)
        rmdir(folder.path)
    }
}
