// Parts that several screens show: pictures, failures, how sending stands, a report's line.
import SwiftUI
import XungeKit

#if canImport(UIKit)
    import UIKit
#endif

/// A picture, or the words that it has not arrived.
struct Picture: View {
    @Environment(\.words) private var words
    let bytes: Data?
    let name: String

    var body: some View {
        if bytes == nil {
            Line(words(.pictureMissing), role: .small, isQuiet: true)
        } else {
            drawn
                .aspectRatio(contentMode: .fit)
                .frame(maxWidth: .infinity, minHeight: Size.picture)
                .accessibilityLabel(Text(verbatim: words(.pictureOf, name)))
        }
    }

    private var drawn: Image {
        #if canImport(UIKit)
            if let bytes, let picture = UIImage(data: bytes) { return Image(uiImage: picture).resizable() }
        #endif
        return Image(systemName: "photo").resizable()
    }
}

/// What did not work, and every problem with what was entered.
struct Trouble: View {
    @Environment(\.words) private var words
    var failure: Failure?
    var trouble: Key?
    var problems: [InputProblem] = []

    var body: some View {
        if let failure { Line(words.failure(failure), isBold: true, isCare: true) }
        if let trouble { Line(words(trouble), isBold: true, isCare: true) }
        ForEach(Array(problems.enumerated()), id: \.offset) { Line(words.problem($0.element), isCare: true) }
    }
}

/// How sending stands, in words.
struct SendingLines: View {
    @Environment(\.words) private var words
    let sending: Sending

    var body: some View {
        ForEach(Array(words.sending(sending).enumerated()), id: \.offset) { Line($0.element) }
        ForEach(Array(words.sendingCares(sending).enumerated()), id: \.offset) {
            Line($0.element, isBold: true, isCare: true)
        }
    }
}

/// A report in a list; the whole of it can be tapped.
struct ReportLine: View {
    @Environment(\.words) private var words
    @Environment(\.palette) private var palette
    let row: ReportRow
    var thumbnail: Data?
    let open: @MainActor () -> Void

    var body: some View {
        Button(action: open) {
            HStack(alignment: .top, spacing: Size.gap) {
                if let thumbnail {
                    Picture(bytes: thumbnail, name: row.title).frame(width: 72, height: 72)
                }
                VStack(alignment: .leading, spacing: 4) {
                    Line(row.title, isBold: true)
                    ForEach(Array(words.lines(of: row).enumerated()), id: \.offset) {
                        Line(
                            $0.element.text, role: .small, isBold: $0.element.isCare,
                            isCare: $0.element.isCare)
                    }
                }
            }
        }
        .buttonStyle(RowStyle(palette: palette))
    }
}

/// The look of a line that can be tapped.
struct RowStyle: ButtonStyle {
    let palette: Palette

    func makeBody(configuration: Configuration) -> some View {
        configuration.label
            .padding(Size.gap)
            .frame(maxWidth: .infinity, minHeight: Size.touch, alignment: .leading)
            .background(palette.card.color)
            .clipShape(RoundedRectangle(cornerRadius: Size.corner))
            .overlay { RoundedRectangle(cornerRadius: Size.corner).stroke(palette.edge.color, lineWidth: 1) }
    }
}
