// The modifiers that the screens use. Those that only colour and place leave the tree as it is.

public struct Color: View, Primitive, Hashable, Sendable {
    let red: Double, green: Double, blue: Double
    public enum RGBColorSpace: Hashable, Sendable { case sRGB }
    public nonisolated init(
        _ colorSpace: RGBColorSpace = .sRGB, red: Double, green: Double, blue: Double, opacity: Double = 1
    ) {
        self.red = red
        self.green = green
        self.blue = blue
    }
    var node: Node { Node("Empty") }
}
public protocol ShapeStyle {}
extension Color: ShapeStyle {}
@MainActor @preconcurrency public protocol Shape {}
public struct RoundedRectangle: Shape { public init(cornerRadius: CGFloat) {} }
extension RoundedRectangle {
    public func stroke<S: ShapeStyle>(_ content: S, lineWidth: CGFloat = 1) -> some View { EmptyView() }
}

public struct Font: Hashable, Sendable {
    public enum TextStyle: CaseIterable, Sendable { case body, title }
    public enum Weight: Hashable, Sendable { case regular, semibold, bold }
    public static func system(size: CGFloat, weight: Font.Weight? = nil) -> Font { Font() }
}
public enum HorizontalAlignment: Sendable { case leading, center, trailing }
public enum VerticalAlignment: Sendable { case top, center, bottom, firstTextBaseline }
public enum Alignment: Sendable { case center, leading, topLeading, bottom, top }
public enum TextAlignment: Sendable { case leading, center }
public enum Axis: Sendable {
    case horizontal, vertical
    public struct Set: OptionSet, Sendable {
        public let rawValue: Int8
        public init(rawValue: Int8) { self.rawValue = rawValue }
        public static let vertical = Set(rawValue: 2)
    }
}
public enum ContentMode: Sendable { case fit, fill }
public struct Edge: Sendable {
    public struct Set: OptionSet, Sendable {
        public let rawValue: Int8
        public init(rawValue: Int8) { self.rawValue = rawValue }
        public static let horizontal = Set(rawValue: 1), vertical = Set(rawValue: 2),
            bottom = Set(rawValue: 4), all = Set(rawValue: 7)
    }
}
public enum VerticalEdge: Sendable { case top, bottom }
public struct AccessibilityTraits: OptionSet, Sendable {
    public let rawValue: Int
    public init(rawValue: Int) { self.rawValue = rawValue }
    public static let isHeader = AccessibilityTraits(rawValue: 1),
        isSelected = AccessibilityTraits(rawValue: 2), isButton = AccessibilityTraits(rawValue: 4)
}
public struct AccessibilityChildBehavior: Hashable, Sendable {
    public static let combine = AccessibilityChildBehavior(), ignore = AccessibilityChildBehavior()
}
public struct ToolbarPlacement: Sendable { public static let navigationBar = ToolbarPlacement() }

@MainActor extension View {
    public func font(_ font: Font?) -> some View { self }
    public func foregroundStyle<S: ShapeStyle>(_ style: S) -> some View { self }
    public func background<S: ShapeStyle>(_ style: S) -> some View { self }
    public func tint(_ tint: Color?) -> some View { self }
    public func padding(_ length: CGFloat) -> some View { self }
    public func padding(_ edges: Edge.Set = .all, _ length: CGFloat? = nil) -> some View { self }
    public func frame(width: CGFloat? = nil, height: CGFloat? = nil, alignment: Alignment = .center)
        -> some View
    {
        Changed(content: self) { node in
            node.minHeight = max(node.minHeight, Double(height ?? 0))
            node.minWidth = max(node.minWidth, Double(width ?? 0))
        }
    }
    public func frame(
        minWidth: CGFloat? = nil, maxWidth: CGFloat? = nil, minHeight: CGFloat? = nil,
        maxHeight: CGFloat? = nil,
        alignment: Alignment = .center
    ) -> some View {
        Changed(content: self) { node in
            node.minHeight = max(node.minHeight, Double(minHeight ?? 0))
            node.minWidth = max(node.minWidth, Double(minWidth ?? 0))
        }
    }
    public func aspectRatio(_ ratio: CGFloat? = nil, contentMode: ContentMode) -> some View { self }
    public func clipShape<S: Shape>(_ shape: S) -> some View { self }
    public func contentShape<S: Shape>(_ shape: S) -> some View { self }
    public func multilineTextAlignment(_ alignment: TextAlignment) -> some View { self }
    public func fixedSize(horizontal: Bool, vertical: Bool) -> some View { self }
    public func overlay<V: View>(alignment: Alignment = .center, @ViewBuilder content: () -> V) -> some View {
        Joined(first: self, second: content())
    }
    public func safeAreaInset<V: View>(
        edge: VerticalEdge, spacing: CGFloat? = nil, @ViewBuilder content: () -> V
    ) -> some View {
        Joined(first: self, second: content())
    }
    public func navigationTitle(_ title: Text) -> some View {
        Joined(first: Changed(content: title) { $0.isHeader = true }, second: self)
    }
    public func navigationDestination<D: Hashable, C: View>(
        for data: D.Type, @ViewBuilder destination: @escaping (D) -> C
    ) -> some View {
        Changed(content: self) { _ in
            EnvironmentValues.destination = { front in (front.base as? D).map { render(destination($0)) } }
        }
    }
    public func buttonStyle<S: ButtonStyle>(_ style: S) -> some View {
        Surrounded(content: self) { values in
            values[ButtonStyleKey.self] = { label in
                render(
                    style.makeBody(
                        configuration: ButtonStyleConfiguration(label: .init(drawn: label), isPressed: false))
                )
            }
        }
    }
    public func environment<V>(_ keyPath: WritableKeyPath<EnvironmentValues, V>, _ value: V) -> some View {
        Surrounded(content: self) { $0[keyPath: keyPath] = value }
    }
    public func modifier<T: ViewModifier>(_ modifier: T) -> some View {
        ModifiedContent(content: self, modifier: modifier)
    }
    public func disabled(_ disabled: Bool) -> some View {
        Changed(content: self) { node in if disabled { node.all.forEach { $0.isDisabled = true } } }
    }
    public func accessibilityLabel(_ label: Text) -> some View {
        Changed(content: self) { node in (node.touchables.first ?? node).accessibilityLabel = label.words }
    }
    public func accessibilityHidden(_ hidden: Bool) -> some View {
        Changed(content: self) { $0.isHidden = hidden }
    }
    public func accessibilityAddTraits(_ traits: AccessibilityTraits) -> some View {
        Changed(content: self) { node in
            if traits.contains(.isHeader) { node.isHeader = true }
            if traits.contains(.isSelected) { (node.touchables.first ?? node).isSelected = true }
        }
    }
    public func accessibilityElement(children: AccessibilityChildBehavior) -> some View { self }
    public func privacySensitive(_ sensitive: Bool = true) -> some View {
        Changed(content: self) { $0.isPrivate = sensitive }
    }
    public func task(
        priority: TaskPriority = .userInitiated, _ action: @escaping @MainActor @Sendable () async -> Void
    ) -> some View { self }
    public func onChange<V: Equatable>(of value: V, initial: Bool = false, _ action: @escaping (V, V) -> Void)
        -> some View
    { self }
}
