// Voice notes: AAC-LC, one channel, straight into the inbox; and playing them. They are written as a stream (by the name's ending, .aac), of
// which everything but the last frame can be heard where the app was ended; the core makes an .m4a of it.
import AVFoundation
import XungeKit

@MainActor
final class Recorder {
    private var recorder: AVAudioRecorder?
    private var player: AVAudioPlayer?

    func start(_ path: String) async -> RecordingAnswer {
        guard await AVAudioApplication.requestRecordPermission() else { return .refused }
        let settings: [String: Any] = [
            AVFormatIDKey: kAudioFormatMPEG4AAC, AVSampleRateKey: 16_000.0, AVNumberOfChannelsKey: 1,
            AVEncoderBitRateKey: 24_000,
        ]
        do {
            try AVAudioSession.sharedInstance().setCategory(.playAndRecord, mode: .default)
            try AVAudioSession.sharedInstance().setActive(true)
            let recorder = try AVAudioRecorder(url: URL(fileURLWithPath: path), settings: settings)
            guard recorder.record(forDuration: 60) else { return .failed }
            self.recorder = recorder
            return .running
        } catch {
            return .failed
        }
    }

    /// The file, where something was recorded.
    func stop() -> String? {
        guard let recorder else { return nil }
        self.recorder = nil
        recorder.stop()
        return recorder.url.path
    }

    func play(_ voice: Data) async {
        guard let player = try? AVAudioPlayer(data: voice) else { return }
        self.player = player
        player.play()
        try? await Task.sleep(for: .seconds(player.duration))
    }

    func stopPlaying() {
        player?.stop()
        player = nil
    }
}
