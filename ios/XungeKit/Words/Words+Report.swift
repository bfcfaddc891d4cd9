// Lines of one report's page.
import XungeCore

extension Words {
    /// A report that was begun and not handed in.
    public func draft(_ draft: DraftRow) -> String {
        let saved = "\(self(.stateDraft)) · \(time(draft.savedAt))"
        return draft.title.isEmpty ? saved : "\(draft.title)\n\(saved)"
    }

    /// What was added in words, in the order in which it was written.
    public func notes(of content: XungeCore.ReportContent) -> [String] {
        content.notes.values.sorted { ($0.writtenAt, $0.text) < ($1.writtenAt, $1.text) }.map(\.text)
    }

    /// The name of a field that the core names: the category's own by its name, the others from the table.
    public func field(_ path: String, _ name: String) -> String {
        if !name.isEmpty { return name }
        guard let key = Key(rawValue: "field_\(path)") else { return self(.fieldShown) }
        return self(key)
    }

    /// How much of a picture the server has.
    public func standing(of picture: PictureDetail) -> String {
        if picture.isReceived { return self(.reportPictureReceived) }
        guard picture.sentBytes > 0 else { return self(.reportStoryWaiting) }
        return self(.reportPictureSent, picture.sentBytes * 100 / max(picture.reference.sizeBytes, 1))
    }

    /// When somebody acted, how sure that is, and whether the server has it.
    public func moment(of line: XungeCore.StoryLine) -> String {
        var parts = [time(line.at.at)]
        switch line.at.quality {
        case .verified: break
        case .estimated: parts.append(self(.qualityEstimated))
        case .unverified: parts.append(self(.qualityUnverified))
        }
        if line.outcome == nil { parts.append(self(.reportStoryWaiting)) }
        return parts.joined(separator: " · ")
    }
}
