// Stand-in: the signatures of UIKit that the app uses, from Apple's public documentation. Nothing here does anything.
@_exported import Foundation

@MainActor open class UIResponder: NSObject {
    public override nonisolated init() {}
}
open class UIColor: NSObject, @unchecked Sendable {
    public static var black: UIColor { UIColor() }
    public static var white: UIColor { UIColor() }
    public func setFill() {}
}
open class UIFont: NSObject, @unchecked Sendable {
    public static func systemFont(ofSize size: CGFloat) -> UIFont { UIFont() }
}
open class UIImage: NSObject, @unchecked Sendable {
    public override init() {}
    public init?(data: Data) { nil }
    public var size: CGSize { .zero }
    public func jpegData(compressionQuality: CGFloat) -> Data? { nil }
    public func draw(in rect: CGRect) {}
}
open class CALayer: NSObject {
    public var frame: CGRect = .zero
    public func addSublayer(_ layer: CALayer) {}
}
open class UIView: UIResponder {
    public init(frame: CGRect) { super.init() }
    public var bounds: CGRect = .zero
    public var frame: CGRect = .zero
    public var backgroundColor: UIColor?
    public var layer: CALayer { CALayer() }
    public func addSubview(_ view: UIView) {}
}
open class UILabel: UIView {
    public var text: String?
    public var textColor: UIColor!
}
@MainActor open class UIAction: NSObject {
    public convenience init(title: String = "", handler: @escaping (UIAction) -> Void) { self.init() }
}
open class UIButton: UIView {
    public enum ButtonType: Int { case custom, system }
    public convenience init(type: ButtonType = .system, primaryAction: UIAction?) { self.init(frame: .zero) }
}
public enum UIModalPresentationStyle: Int { case fullScreen }
open class UIViewController: UIResponder {
    public init(nibName: String?, bundle: Bundle?) { super.init() }
    public required init?(coder: NSCoder) { nil }
    public var view: UIView! { UIView(frame: .zero) }
    open var modalPresentationStyle: UIModalPresentationStyle = .fullScreen
    public var presentedViewController: UIViewController? { nil }
    open func viewDidLoad() {}
    open func present(_ controller: UIViewController, animated flag: Bool, completion: (() -> Void)? = nil) {}
    open func dismiss(animated flag: Bool, completion: (() -> Void)? = nil) {}
}
open class UINavigationController: UIViewController {}
@MainActor public protocol UINavigationControllerDelegate: AnyObject {}
@MainActor public protocol UIImagePickerControllerDelegate: AnyObject {
    func imagePickerController(
        _ picker: UIImagePickerController,
        didFinishPickingMediaWithInfo info: [UIImagePickerController.InfoKey: Any])
    func imagePickerControllerDidCancel(_ picker: UIImagePickerController)
}
open class UIImagePickerController: UINavigationController {
    public enum SourceType: Int { case photoLibrary, camera }
    public struct InfoKey: Hashable, Sendable {
        public static let originalImage = InfoKey()
    }
    public init() { super.init(nibName: nil, bundle: nil) }
    public required init?(coder: NSCoder) { nil }
    public static func isSourceTypeAvailable(_ type: SourceType) -> Bool { false }
    public var sourceType: SourceType = .camera
    public weak var delegate: (any UIImagePickerControllerDelegate & UINavigationControllerDelegate)?
}
open class UIActivityViewController: UIViewController {
    public init(activityItems: [Any], applicationActivities: [NSObject]?) {
        super.init(nibName: nil, bundle: nil)
    }
    public required init?(coder: NSCoder) { nil }
}
@MainActor open class UIDevice: NSObject {
    public enum BatteryState: Int { case unknown, unplugged, charging, full }
    public static var current: UIDevice { UIDevice() }
    public var name: String { "" }
    public var batteryLevel: Float { -1 }
    public var batteryState: BatteryState { .unknown }
    public var isBatteryMonitoringEnabled = false
}
open class UIWindow: UIView { public var rootViewController: UIViewController? }
open class UIScene: UIResponder {}
open class UIWindowScene: UIScene { public var keyWindow: UIWindow? { nil } }
open class UIApplication: UIResponder {
    public struct OpenExternalURLOptionsKey: Hashable, Sendable {}
    public static var shared: UIApplication { UIApplication() }
    public static let openSettingsURLString = "app-settings:"
    public var connectedScenes: Set<UIScene> { [] }
    public func open(
        _ url: URL, options: [OpenExternalURLOptionsKey: Any] = [:],
        completionHandler completion: (@MainActor @Sendable (Bool) -> Void)? = nil
    ) {}
}
open class UIGraphicsImageRendererContext: NSObject { public func fill(_ rect: CGRect) {} }
open class UIGraphicsImageRenderer: NSObject {
    public init(size: CGSize) {}
    public func pngData(actions: (UIGraphicsImageRendererContext) -> Void) -> Data { Data() }
}
public struct NSStringDrawingOptions: OptionSet, Sendable {
    public let rawValue: Int
    public init(rawValue: Int) { self.rawValue = rawValue }
    public static let usesLineFragmentOrigin = NSStringDrawingOptions(rawValue: 1)
}
open class NSStringDrawingContext: NSObject {}
extension NSAttributedString.Key {
    public static let font = NSAttributedString.Key(rawValue: "NSFont")
    public static let foregroundColor = NSAttributedString.Key(rawValue: "NSColor")
}
extension NSAttributedString {
    public func boundingRect(
        with size: CGSize, options: NSStringDrawingOptions, context: NSStringDrawingContext?
    ) -> CGRect { .zero }
    public func draw(with rect: CGRect, options: NSStringDrawingOptions, context: NSStringDrawingContext?) {}
}
