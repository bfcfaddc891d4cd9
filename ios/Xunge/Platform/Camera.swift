// The system's camera and album. The picture lies in the inbox before anything else is done with it.
import AVFoundation
import UIKit
import XungeKit

@MainActor
final class Camera: NSObject {
    private let inbox: Inbox
    private var report: ReportId = ""
    private var waiting: CheckedContinuation<PictureAnswer, Never>?
    private static let quality = 0.92

    init(inbox: Inbox) { self.inbox = inbox }

    func take(_ report: ReportId) async -> PictureAnswer {
        guard UIImagePickerController.isSourceTypeAvailable(.camera) else { return .missing }
        guard await AVCaptureDevice.requestAccess(for: .video) else { return .refused }
        return await ask(report, .camera)
    }

    func pick(_ report: ReportId) async -> PictureAnswer { await ask(report, .photoLibrary) }

    private func ask(_ report: ReportId, _ source: UIImagePickerController.SourceType) async -> PictureAnswer
    {
        guard waiting == nil, let front = PhonePlatform.frontController() else { return .nothing }
        self.report = report
        let picker = UIImagePickerController()
        picker.sourceType = source
        picker.delegate = self
        return await withCheckedContinuation { continuation in
            waiting = continuation
            front.present(picker, animated: true, completion: nil)
        }
    }

    private func answer(_ answer: PictureAnswer, _ picker: UIImagePickerController) {
        picker.dismiss(animated: true, completion: nil)
        waiting?.resume(returning: answer)
        waiting = nil
    }

    /// As a JPEG, whatever the camera's own format is: the core reads no HEIC.
    private func keep(_ picture: UIImage) -> PictureAnswer {
        guard let bytes = picture.jpegData(compressionQuality: Self.quality) else { return .nothing }
        return inbox.keep(bytes, for: report, name: "\(UUID().uuidString).jpg")
    }
}

extension Camera: UIImagePickerControllerDelegate, UINavigationControllerDelegate {
    func imagePickerController(
        _ picker: UIImagePickerController,
        didFinishPickingMediaWithInfo info: [UIImagePickerController.InfoKey: Any]
    ) {
        guard let picture = info[.originalImage] as? UIImage else { return answer(.nothing, picker) }
        answer(keep(picture), picker)
    }

    func imagePickerControllerDidCancel(_ picker: UIImagePickerController) { answer(.nothing, picker) }
}
