// The views that the screens use.

public struct Text: View, Primitive, Equatable {
    let words: String
    public init(verbatim content: String) { words = content }
    var node: Node { Node("Text", words) }
    public nonisolated static func == (one: Text, other: Text) -> Bool { one.words == other.words }
}

public struct Image: View, Primitive {
    let name: String
    public init(systemName: String) { name = systemName }
    public init(decorative name: String) { self.name = name }
    var node: Node { Node("Image", name) }
    public func resizable() -> Image { self }
}

public struct Spacer: View, Primitive {
    public init(minLength: CGFloat? = nil) {}
    var node: Node { Node("Empty") }
}

public struct Divider: View, Primitive {
    public init() {}
    var node: Node { Node("Empty") }
}

public struct ProgressView: View, Primitive {
    public init() {}
    var node: Node { Node("Progress") }
}

public struct Group<Content: View>: View, Primitive {
    let content: Content
    public init(@ViewBuilder content: () -> Content) { self.content = content() }
    var node: Node { render(content) }
}

public struct VStack<Content: View>: View, Primitive {
    let content: Content
    public init(
        alignment: HorizontalAlignment = .center, spacing: CGFloat? = nil, @ViewBuilder content: () -> Content
    ) {
        self.content = content()
    }
    var node: Node { Node("VStack", "", [render(content)]) }
}

public struct LazyVStack<Content: View>: View, Primitive {
    let content: Content
    public init(
        alignment: HorizontalAlignment = .center, spacing: CGFloat? = nil, @ViewBuilder content: () -> Content
    ) {
        self.content = content()
    }
    var node: Node { Node("VStack", "", [render(content)]) }
}

public struct HStack<Content: View>: View, Primitive {
    let content: Content
    public init(
        alignment: VerticalAlignment = .center, spacing: CGFloat? = nil, @ViewBuilder content: () -> Content
    ) {
        self.content = content()
    }
    var node: Node { Node("HStack", "", [render(content)]) }
}

public struct LazyVGrid<Content: View>: View, Primitive {
    let content: Content
    public init(columns: [GridItem], spacing: CGFloat? = nil, @ViewBuilder content: () -> Content) {
        self.content = content()
    }
    var node: Node { Node("Grid", "", [render(content)]) }
}
public struct GridItem: Sendable {
    public enum Size: Sendable { case adaptive(minimum: CGFloat, maximum: CGFloat = .infinity) }
    public init(_ size: Size, spacing: CGFloat? = nil) {}
}

public struct ScrollView<Content: View>: View, Primitive {
    let content: Content
    public init(@ViewBuilder content: () -> Content) { self.content = content() }
    var node: Node { Node("Scroll", "", [render(content)]) }
}

public struct ForEach<Data: RandomAccessCollection, ID: Hashable, Content: View>: View, Primitive {
    let data: Data
    let content: (Data.Element) -> Content
    public init(
        _ data: Data, id: KeyPath<Data.Element, ID>, @ViewBuilder content: @escaping (Data.Element) -> Content
    ) {
        self.data = data
        self.content = content
    }
    var node: Node { Node("Group", "", data.map { render(content($0)) }) }
}
extension ForEach where ID == Data.Element.ID, Data.Element: Identifiable {
    public init(_ data: Data, @ViewBuilder content: @escaping (Data.Element) -> Content) {
        self.data = data
        self.content = content
    }
}

public struct Button<Label: View>: View, Primitive {
    let action: @MainActor () -> Void
    let label: Label
    public init(action: @escaping @MainActor () -> Void, @ViewBuilder label: () -> Label) {
        self.action = action
        self.label = label()
    }
    var node: Node {
        let style = EnvironmentValues.current[ButtonStyleKey.self]
        let drawn = style.map { $0(render(label)) } ?? render(label)
        let button = Node("Button", "", [drawn], action: action)
        button.minHeight = drawn.all.map(\.minHeight).max() ?? 0
        return button
    }
}
struct ButtonStyleKey: EnvironmentKey {
    static let defaultValue: (@MainActor (Node) -> Node)? = nil
}
@MainActor @preconcurrency public protocol ButtonStyle {
    associatedtype Body: View
    typealias Configuration = ButtonStyleConfiguration
    @ViewBuilder @MainActor @preconcurrency func makeBody(configuration: Self.Configuration) -> Self.Body
}
@MainActor public struct ButtonStyleConfiguration {
    public struct Label: View, Primitive {
        let drawn: Node
        var node: Node { drawn }
    }
    public let label: Label
    public let isPressed: Bool
}

public struct Toggle<Label: View>: View, Primitive {
    let isOn: Binding<Bool>
    let label: Label
    public init(isOn: Binding<Bool>, @ViewBuilder label: () -> Label) {
        self.isOn = isOn
        self.label = label()
    }
    var node: Node {
        let node = Node("Toggle", "", [render(label)], action: { isOn.wrappedValue.toggle() })
        node.isSelected = isOn.wrappedValue
        return node
    }
}

public struct TextField<Label: View>: View, Primitive {
    let value: Binding<String>
    let label: Label
    public init(text: Binding<String>, prompt: Text? = nil, axis: Axis, @ViewBuilder label: () -> Label) {
        value = text
        self.label = label()
    }
    var node: Node {
        let node = Node("TextField", value.wrappedValue, write: { value.wrappedValue = $0 })
        node.accessibilityLabel = render(label).texts.joined(separator: " ")
        return node
    }
}

public struct SecureField<Label: View>: View, Primitive {
    let value: Binding<String>
    let label: Label
    public init(text: Binding<String>, prompt: Text?, @ViewBuilder label: () -> Label) {
        value = text
        self.label = label()
    }
    var node: Node {
        let dots = String(repeating: "•", count: value.wrappedValue.count)
        let node = Node("TextField", dots, write: { value.wrappedValue = $0 })
        node.accessibilityLabel = render(label).texts.joined(separator: " ")
        return node
    }
}

public struct NavigationStack<
    Data: MutableCollection & RandomAccessCollection & RangeReplaceableCollection, Root: View
>: View, Primitive
where Data.Element: Hashable {
    let path: Binding<Data>
    let root: Root
    public init(path: Binding<Data>, @ViewBuilder root: () -> Root) {
        self.path = path
        self.root = root()
    }
    var node: Node {
        // The root is drawn first, since that is where destinations are declared; then the front one alone is shown.
        let below = render(root)
        guard let front = path.wrappedValue.last else { return below }
        let destination = EnvironmentValues.destination
        return destination?(AnyHashable(front)) ?? below
    }
}
extension EnvironmentValues { static var destination: (@MainActor (AnyHashable) -> Node?)? }

/// What a canvas was told to draw, in words.
@MainActor public struct GraphicsContext {
    public struct Shading { public static func color(_ color: Color) -> Shading { Shading() } }
    final class Log { var strokes = 0; var fills = 0 }
    let log = Log()
    public func fill(_ path: Path, with shading: Shading) { log.fills += 1 }
    public func stroke(_ path: Path, with shading: Shading, lineWidth: CGFloat = 1) { log.strokes += 1 }
    public func stroke(_ path: Path, with shading: Shading, style: StrokeStyle) { log.strokes += 1 }
}
public struct Canvas: View, Primitive {
    let renderer: (inout GraphicsContext, CGSize) -> Void
    public init(renderer: @escaping (inout GraphicsContext, CGSize) -> Void) { self.renderer = renderer }
    var node: Node {
        var context = GraphicsContext()
        renderer(&context, CGSize(width: 360, height: 360))
        return Node("Canvas", "\(context.log.fills) fills, \(context.log.strokes) strokes")
    }
}
public struct Path: Sendable {
    public init() {}
    public init(_ rect: CGRect) {}
    public init(ellipseIn rect: CGRect) {}
    public mutating func move(to end: CGPoint) {}
    public mutating func addLine(to end: CGPoint) {}
    public mutating func closeSubpath() {}
}
public struct StrokeStyle: Equatable, Sendable {
    public init(lineWidth: CGFloat = 1, dash: [CGFloat] = []) {}
}
