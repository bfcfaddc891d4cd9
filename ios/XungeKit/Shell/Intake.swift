// From the phone into the core: pictures and voice notes, whichever screen they were taken on.
import XungeCore

/// What became of a picture or a voice note that somebody wanted to add.
struct Taken {
    /// Its name in the report, where the core has it.
    var attachment: AttachmentId?
    /// What the phone could not do, or what is wrong with the file.
    var trouble: Key?
    var failure: Failure?
}

extension Shell {
    /// Hands a picture to the core. A file that the core has, or that is no picture, leaves the inbox; any other stays there (the storage
    /// is full, say) and is taken in later.
    func take(_ answer: PictureAnswer, for report: ReportId, _ role: AttachmentRole = .scene) async -> Taken {
        switch answer {
        case .nothing: Taken(trouble: .capturePictureNone)
        case .refused: Taken(trouble: .captureCameraRefused)
        case .missing: Taken(trouble: .captureCameraMissing)
        case .unsaved: Taken(failure: Failure(kind: .storageFull, detail: "a picture could not be written"))
        case .file(let file):
            await take(file, orSay: \.pictureTrouble) {
                try await $0.addPicture(report, file: file, role: role)
            }
        }
    }

    /// Hands a voice note to the core; nil where the recorder had nothing.
    func takeVoice(_ file: String?, for report: ReportId, _ role: AttachmentRole = .scene) async -> Taken {
        guard let file else { return Taken(trouble: .captureVoiceFailed) }
        return await take(file, orSay: \.voiceTrouble) {
            try await $0.addVoiceNote(report, file: file, role: role)
        }
    }

    /// Takes in what an app that was ended left between the shutter and the core.
    func takeLeft(for report: ReportId) async -> [Taken] {
        var all: [Taken] = []
        for file in inbox.files(for: report) {
            if file.hasSuffix(".aac") || file.hasSuffix(".m4a") {
                all.append(await takeVoice(file, for: report))
            } else {
                all.append(await take(.file(file), for: report))
            }
        }
        return all
    }

    private func take(
        _ file: String, orSay trouble: (Failure) -> Key, _ add: (CoreGateway) async throws -> AttachmentId
    ) async -> Taken {
        do {
            let attachment = try await add(gateway)
            inbox.clear(file)
            return Taken(attachment: attachment)
        } catch {
            let failure = Failure(error)
            guard failure.kind == .invalidInput else { return Taken(failure: failure) }
            inbox.clear(file)
            return Taken(trouble: trouble(failure))
        }
    }
}

extension Failure {
    /// Why a picture was not taken: what the core says of the file.
    fileprivate var pictureTrouble: Key {
        switch problems.first?.rule {
        case "heic": .capturePictureHeic
        case "empty": .capturePictureNone
        case "too_large": .capturePictureLarge
        default: .capturePictureBad
        }
    }

    fileprivate var voiceTrouble: Key { .captureVoiceFailed }
}
