// The township's code in front of the camera: brightness of each frame to the core, until it reads one.
import AVFoundation
import CoreMedia
import UIKit
import XungeKit

@MainActor
final class CodeScanner {
    private let gateway: CoreGateway
    private var waiting: CheckedContinuation<ScanAnswer, Never>?

    init(gateway: CoreGateway) { self.gateway = gateway }

    func scan(words: Words) async -> ScanAnswer {
        guard await AVCaptureDevice.requestAccess(for: .video) else { return .refused }
        guard waiting == nil, let front = PhonePlatform.frontController() else { return .nothing }
        let reader = FrameReader(gateway: gateway)
        guard let session = reader.session() else { return .nothing }
        let screen = ScanController(session: session, words: words)
        return await withCheckedContinuation { continuation in
            waiting = continuation
            reader.found = { [weak self] text in
                Task { @MainActor in self?.end(.code(text), screen, session) }
            }
            screen.turnedBack = { [weak self] in self?.end(.nothing, screen, session) }
            front.present(screen, animated: true, completion: nil)
            Task.detached { session.startRunning() }
        }
    }

    private func end(_ answer: ScanAnswer, _ screen: ScanController, _ session: AVCaptureSession) {
        guard let waiting else { return }
        self.waiting = nil
        Task.detached { session.stopRunning() }
        screen.dismiss(animated: true, completion: nil)
        waiting.resume(returning: answer)
    }
}

/// Reads frames on the camera's own queue.
private final class FrameReader: NSObject, AVCaptureVideoDataOutputSampleBufferDelegate, @unchecked Sendable {
    // Set before the first frame comes, and not changed after.
    var found: (@Sendable (String) -> Void)?
    private let gateway: CoreGateway
    private let queue = DispatchQueue(label: "xunge.camera")

    init(gateway: CoreGateway) { self.gateway = gateway }

    func session() -> AVCaptureSession? {
        let session = AVCaptureSession()
        let output = AVCaptureVideoDataOutput()
        output.videoSettings = [
            kCVPixelBufferPixelFormatTypeKey as String: kCVPixelFormatType_420YpCbCr8BiPlanarFullRange
        ]
        output.alwaysDiscardsLateVideoFrames = true
        output.setSampleBufferDelegate(self, queue: queue)
        guard let camera = AVCaptureDevice.default(for: .video),
            let input = try? AVCaptureDeviceInput(device: camera),
            session.canAddInput(input), session.canAddOutput(output)
        else { return nil }
        session.addInput(input)
        session.addOutput(output)
        return session
    }

    func captureOutput(
        _ output: AVCaptureOutput, didOutput frame: CMSampleBuffer, from connection: AVCaptureConnection
    ) {
        guard let pixels = CMSampleBufferGetImageBuffer(frame) else { return }
        CVPixelBufferLockBaseAddress(pixels, .readOnly)
        defer { CVPixelBufferUnlockBaseAddress(pixels, .readOnly) }
        guard let base = CVPixelBufferGetBaseAddressOfPlane(pixels, 0) else { return }
        let height = CVPixelBufferGetHeightOfPlane(pixels, 0)
        let rowStride = CVPixelBufferGetBytesPerRowOfPlane(pixels, 0)
        let luminance = Data(bytes: base, count: rowStride * height)
        let width = CVPixelBufferGetWidthOfPlane(pixels, 0)
        if let text = gateway.readCode(
            luminance: luminance, width: width, height: height, rowStride: rowStride)
        {
            found?(text)
        }
    }
}

/// The camera's picture with one button to turn back.
private final class ScanController: UIViewController {
    var turnedBack: (@MainActor () -> Void)?
    private let preview: AVCaptureVideoPreviewLayer
    private let words: Words

    init(session: AVCaptureSession, words: Words) {
        preview = AVCaptureVideoPreviewLayer(session: session)
        self.words = words
        super.init(nibName: nil, bundle: nil)
        modalPresentationStyle = .fullScreen
    }

    required init?(coder: NSCoder) { nil }

    override func viewDidLoad() {
        super.viewDidLoad()
        preview.videoGravity = .resizeAspectFill
        preview.frame = view.bounds
        view.layer.addSublayer(preview)
        let aim = UILabel(frame: CGRect(x: 16, y: 64, width: view.bounds.width - 32, height: 56))
        aim.text = words(.enrolScanAim)
        aim.textColor = .white
        view.addSubview(aim)
        let back = UIButton(
            type: .system,
            primaryAction: UIAction(title: words(.enrolScanStop)) { [weak self] _ in self?.turnedBack?() })
        back.frame = CGRect(x: 16, y: view.bounds.height - 120, width: view.bounds.width - 32, height: 72)
        back.backgroundColor = .white
        view.addSubview(back)
    }
}
