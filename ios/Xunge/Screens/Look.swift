// How everything looks: sizes, colours, and the few parts of which all screens are made. No screen places or colours anything by itself.
import SwiftUI
import XungeKit

/// Sizes in points.
enum Size {
    static let touch: CGFloat = 56
    static let bigTouch: CGFloat = 96
    static let gap: CGFloat = 12
    static let corner: CGFloat = 12
    static let picture: CGFloat = 120
}

/// What a text is; the size at 100 % in points.
enum TextRole: CGFloat {
    case body = 18
    case small = 16
    case title = 24
    case big = 28
}

private struct WordsKey: EnvironmentKey {
    static let defaultValue = Words(.chinese, table: NoTable())
}
private struct NoTable: WordTable {
    func text(_ key: String) -> String? { nil }
}
private struct LooksKey: EnvironmentKey {
    static let defaultValue = Looks(BriefMemory())
}

extension EnvironmentValues {
    /// The words of the language that was chosen.
    var words: Words {
        get { self[WordsKey.self] }
        set { self[WordsKey.self] = newValue }
    }
    /// Size and contrast that were chosen.
    var looks: Looks {
        get { self[LooksKey.self] }
        set { self[LooksKey.self] = newValue }
    }
    /// The colours for scheme and contrast.
    var palette: Palette { Palette.of(isDark: colorScheme == .dark, isHighContrast: looks.isHighContrast) }
}

extension Tone {
    var color: Color { Color(.sRGB, red: red, green: green, blue: blue) }
}

/// Sets a text's size: the role's, times the platform's, times what was chosen here.
struct Lettering: ViewModifier {
    @ScaledMetric(relativeTo: .body) private var unit: CGFloat = 1
    @Environment(\.looks) private var looks
    let role: TextRole
    let isBold: Bool

    func body(content: Content) -> some View {
        content
            .font(
                .system(
                    size: role.rawValue * unit * CGFloat(looks.textPercent) / 100,
                    weight: isBold ? .bold : .regular)
            )
            .multilineTextAlignment(.leading)
            .fixedSize(horizontal: false, vertical: true)
    }
}

extension View {
    func lettering(_ role: TextRole, isBold: Bool = false) -> some View {
        modifier(Lettering(role: role, isBold: isBold))
    }
}

/// A line of text.
struct Line: View {
    @Environment(\.palette) private var palette
    let text: String
    var role: TextRole = .body
    var isBold = false
    var isQuiet = false
    var isCare = false

    init(
        _ text: String, role: TextRole = .body, isBold: Bool = false, isQuiet: Bool = false,
        isCare: Bool = false
    ) {
        self.text = text
        self.role = role
        self.isBold = isBold
        self.isQuiet = isQuiet
        self.isCare = isCare
    }

    var body: some View {
        Text(verbatim: text)
            .lettering(role, isBold: isBold)
            .foregroundStyle((isCare ? palette.care : isQuiet ? palette.quietText : palette.text).color)
            .frame(maxWidth: .infinity, alignment: .leading)
    }
}

/// The title of a part of a screen.
struct Heading: View {
    let text: String

    init(_ text: String) { self.text = text }

    var body: some View { Line(text, role: .body, isBold: true).accessibilityAddTraits(.isHeader) }
}

/// What kind of button.
enum ButtonRoleName {
    case primary, plain, care, chosen
}

/// The look of a button of a kind.
struct TapStyle: ButtonStyle {
    let role: ButtonRoleName
    let minHeight: CGFloat
    let palette: Palette

    func makeBody(configuration: Configuration) -> some View {
        configuration.label
            .foregroundStyle(front.color)
            .padding(Size.gap)
            .frame(minWidth: Size.touch, maxWidth: .infinity, minHeight: minHeight)
            .background(back.color)
            .clipShape(RoundedRectangle(cornerRadius: Size.corner))
            .overlay { RoundedRectangle(cornerRadius: Size.corner).stroke(palette.edge.color, lineWidth: 1) }
            .contentShape(RoundedRectangle(cornerRadius: Size.corner))
    }

    private var front: Tone {
        switch role {
        case .primary, .chosen: palette.onPrimary
        case .plain: palette.primary
        case .care: palette.onCare
        }
    }

    private var back: Tone {
        switch role {
        case .primary, .chosen: palette.primary
        case .plain: palette.card
        case .care: palette.care
        }
    }
}

/// A button with words, wide and high enough for gloves.
struct Tap: View {
    @Environment(\.palette) private var palette
    let text: String
    var role: ButtonRoleName = .plain
    var isBig = false
    var label: String?
    let action: @MainActor () -> Void

    init(
        _ text: String, role: ButtonRoleName = .plain, isBig: Bool = false, label: String? = nil,
        action: @escaping @MainActor () -> Void
    ) {
        self.text = text
        self.role = role
        self.isBig = isBig
        self.label = label
        self.action = action
    }

    var body: some View {
        Button(action: action) {
            Text(verbatim: text).lettering(isBig ? .big : .body, isBold: isBig || role == .primary)
        }
        .buttonStyle(TapStyle(role: role, minHeight: isBig ? Size.bigTouch : Size.touch, palette: palette))
        .accessibilityAddTraits(role == .chosen ? [.isSelected] : [])
        .accessibilityLabel(Text(verbatim: label ?? text))
    }
}

/// A field for words, saved as they are typed.
struct Entry: View {
    @Environment(\.palette) private var palette
    let title: String
    let text: String
    var isSecret = false
    let change: @MainActor (String) -> Void

    init(_ title: String, text: String, isSecret: Bool = false, change: @escaping @MainActor (String) -> Void)
    {
        self.title = title
        self.text = text
        self.isSecret = isSecret
        self.change = change
    }

    var body: some View {
        VStack(alignment: .leading, spacing: 4) {
            Line(title, role: .small, isQuiet: true).accessibilityHidden(true)
            field
                .lettering(.body)
                .foregroundStyle(palette.text.color)
                .padding(Size.gap)
                .frame(minHeight: Size.touch)
                .background(palette.card.color)
                .overlay {
                    RoundedRectangle(cornerRadius: Size.corner).stroke(palette.edge.color, lineWidth: 1)
                }
        }
    }

    private var field: some View {
        Group {
            if isSecret {
                SecureField(text: binding, prompt: nil) { Text(verbatim: title) }
            } else {
                TextField(text: binding, prompt: nil, axis: .vertical) { Text(verbatim: title) }
            }
        }
    }

    private var binding: Binding<String> { Binding(get: { text }, set: { change($0) }) }
}

/// A switch with words.
struct Choice: View {
    let text: String
    let isOn: Bool
    let change: @MainActor (Bool) -> Void

    var body: some View {
        Toggle(isOn: Binding(get: { isOn }, set: { change($0) })) { Line(text) }
            .frame(minHeight: Size.touch)
    }
}

/// Things that belong together.
struct Card<Content: View>: View {
    @Environment(\.palette) private var palette
    let content: Content

    init(@ViewBuilder content: () -> Content) { self.content = content() }

    var body: some View {
        VStack(alignment: .leading, spacing: Size.gap) { content }
            .padding(Size.gap)
            .frame(maxWidth: .infinity, alignment: .leading)
            .background(palette.card.color)
            .clipShape(RoundedRectangle(cornerRadius: Size.corner))
            .overlay { RoundedRectangle(cornerRadius: Size.corner).stroke(palette.edge.color, lineWidth: 1) }
    }
}

/// A whole screen: its title, its parts one under the other, and what must always be in reach at its foot.
struct Page<Content: View, Foot: View>: View {
    @Environment(\.palette) private var palette
    let title: String
    let content: Content
    let foot: Foot

    init(_ title: String, @ViewBuilder content: () -> Content, @ViewBuilder foot: () -> Foot) {
        self.title = title
        self.content = content()
        self.foot = foot()
    }

    var body: some View {
        ScrollView {
            LazyVStack(alignment: .leading, spacing: Size.gap) { content }
                .padding(Size.gap)
        }
        .background(palette.ground.color)
        .safeAreaInset(edge: .bottom, spacing: 0) {
            VStack(spacing: Size.gap) { foot }
                .padding(.horizontal, Size.gap)
                .background(palette.ground.color)
        }
        .navigationTitle(Text(verbatim: title))
        .tint(palette.primary.color)
    }
}

extension Page where Foot == EmptyView {
    init(_ title: String, @ViewBuilder content: () -> Content) {
        self.init(title, content: content, foot: { EmptyView() })
    }
}
