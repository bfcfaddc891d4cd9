// What a worker fills in. Every field is durable when its event has been handled; nothing here validates, the core does.
import Foundation
import XungeCore

/// A picture or voice note of the draft.
public struct CapturedMedia: Equatable, Sendable, Identifiable {
    public let id: AttachmentId
    public let kind: AttachmentKind
    public let role: AttachmentRole
    public let durationMs: UInt32
    /// The thumbnail (pictures) or the recording (voice notes), where it could be read.
    public let bytes: Data?
}

/// How measuring stands.
public struct Measuring: Equatable, Sendable {
    public var claim: PlaceClaim?
    public var quality: PlaceQuality = .none
    /// Since measuring began, in ms.
    public var waitedMs: Int64 = 0
    public var isWaiting = true
    public var isOff = false
    public var isRefused = false
}

/// The grids between which a person must choose.
public struct GridChoice: Equatable, Sendable, Identifiable {
    public let id: UnitId
    public let name: String

    public init(id: UnitId, name: String) {
        self.id = id
        self.name = name
    }
}

public struct CaptureState: Equatable, Sendable {
    public var report: ReportId
    public var content: ReportContent?
    public var category: ReportCategory?
    public var gridName = ""
    public var gridChoices: [GridChoice] = []
    public var pictures: [CapturedMedia] = []
    public var voiceNotes: [CapturedMedia] = []
    public var people: [PersonRow] = []
    public var newPerson = NewPerson()
    public var arePeopleShown = false
    public var suggested: [SuggestedAnswer] = []
    public var measuring = Measuring()
    /// Since when a voice note is being recorded, in ms of it; nil where none is.
    public var recordingMs: Int64?
    public var playing: AttachmentId?
    public var hintCount = 0
    public var isMoreShown = false
    public var isSettling = false
    /// Whether the next tap throws the draft away.
    public var isDiscarding = false
    public var isBusy = false
    /// What the phone could not do, in words.
    public var trouble: Key?
    public var problems: [InputProblem] = []
    public var failure: Failure?
    /// Handed in: durable on this phone.
    public var isSent = false
    /// Whether the phone's clock was set back while this was written.
    public var isClockBack = false
    /// Ways in which a worker comes to know, in the order of the screen.
    public static let sources: [Source] = [
        .seen, .toldBy, .phone, .visitor, .paper, .hotline, .drone, .police,
    ]
}

/// A person who is being typed in.
public struct NewPerson: Equatable, Sendable {
    public var name = ""
    public var telephone = ""
}

/// A person concerned, as typed on this phone.
public struct PersonRow: Equatable, Sendable, Identifiable {
    public let id: PersonRecordId
    public let part: PersonPart
    public let name: String
    public let telephone: String?
}

public enum CaptureEvent: Sendable {
    case appeared
    case takePicture(AttachmentRole)
    case pickPicture
    case remove(AttachmentId)
    case words(String)
    case chooseCategory
    case choosePlace
    case grid(UnitId)
    case answer(FieldId, Answer?)
    case record
    case stopRecording
    case play(AttachmentId)
    case personName(String)
    case personTelephone(String)
    case addPerson(PersonPart)
    case removePerson(PersonRecordId)
    case showPeople
    case urgent(Bool)
    case source(Source)
    case more
    case hints
    case settling
    case result(String)
    case submit
    case settle
    case discard
    case openSettings(SettingsPage)
    case done
}
