// What a tree of views comes to in a test: its texts, its buttons, its fields, their names for people who cannot see, their sizes.

/// One element of the rendered tree.
@MainActor
public final class Node {
    /// `Text`, `Button`, `TextField`, `Toggle`, `Image`, `Progress`, `Canvas`, or a container.
    public let kind: String
    public let text: String
    public internal(set) var children: [Node]
    /// The name for people who cannot see; the texts inside where none is given.
    public internal(set) var accessibilityLabel: String?
    public internal(set) var isHeader = false
    public internal(set) var isSelected = false
    public internal(set) var isHidden = false
    public internal(set) var isDisabled = false
    public internal(set) var isPrivate = false
    /// The least height that a frame asks for, in points.
    public internal(set) var minHeight: Double = 0
    public internal(set) var minWidth: Double = 0
    let action: (@MainActor () -> Void)?
    let write: (@MainActor (String) -> Void)?

    init(
        _ kind: String, _ text: String = "", _ children: [Node] = [], action: (@MainActor () -> Void)? = nil,
        write: (@MainActor (String) -> Void)? = nil
    ) {
        self.kind = kind
        self.text = text
        self.children = children
        self.action = action
        self.write = write
    }

    /// Every element, from the top.
    public var all: [Node] { [self] + children.flatMap(\.all) }
    /// Every text that can be read, in order.
    public var texts: [String] {
        guard !isHidden else { return [] }
        return (kind == "Text" || kind == "TextField" ? [text] : []) + children.flatMap(\.texts)
    }
    /// What a screen reader says of it.
    public var name: String { accessibilityLabel ?? texts.joined(separator: " ") }
    /// What can be touched.
    public var touchables: [Node] {
        all.filter { ["Button", "Toggle", "TextField"].contains($0.kind) && !$0.isHidden }
    }

    /// The screen as lines, for people to read: buttons in brackets, fields and switches before a colon, headings after a sign.
    public var lines: [String] {
        guard !isHidden else { return [] }
        switch kind {
        case "Button":
            return ["[\(texts.joined(separator: " / "))]\(isSelected ? " ✓" : "")\(isDisabled ? " ×" : "")"]
        case "TextField": return ["\(name): \(text)"]
        case "Toggle": return ["\(name): \(isSelected ? "✓" : "—")"]
        case "Text": return [text]
        case "Image", "Canvas": return ["<\(name)>"]
        default: return children.flatMap(\.lines).map { isHeader ? "# \($0)" : $0 }
        }
    }

    /// Presses it; nothing where it is disabled.
    public func press() { if !isDisabled { action?() } }
    /// Types into it, as a whole.
    public func type(_ text: String) { if !isDisabled { write?(text) } }
}

/// Draws a view as a tree.
@MainActor
public func render<V: View>(_ view: V) -> Node {
    if let primitive = view as? any Primitive { return primitive.node }
    drawn.insert(String("\(V.self)".prefix { $0 != "<" }))
    return render(view.body)
}

/// The names of all views that were drawn by now, of those that are made of others.
@MainActor public private(set) var drawn: Set<String> = []

/// A view that the stand-in itself draws.
@MainActor
protocol Primitive: View where Body == Never {
    var node: Node { get }
}

extension Primitive {
    public var body: Never { fatalError("drawn by the stand-in") }
}

/// Other things of a view, drawn as the view with a change.
struct Changed<Content: View>: Primitive {
    let content: Content
    let change: @MainActor (Node) -> Void
    var node: Node {
        let node = render(content)
        change(node)
        return node
    }
}

/// A view drawn in another environment.
struct Surrounded<Content: View>: Primitive {
    let content: Content
    let change: @MainActor (inout EnvironmentValues) -> Void
    var node: Node {
        let before = EnvironmentValues.current
        defer { EnvironmentValues.current = before }
        change(&EnvironmentValues.current)
        return render(content)
    }
}

/// Two views drawn as one: an overlay, an inset.
struct Joined<First: View, Second: View>: Primitive {
    let first: First
    let second: Second
    var node: Node { Node("Group", "", [render(first), render(second)]) }
}
