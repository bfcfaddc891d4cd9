// Stand-in: the signatures of AVFoundation that the app uses, from Apple's public documentation. Nothing here does anything.
@_exported import CoreMedia
@_exported import Foundation
@_exported import UIKit

public let AVFormatIDKey = "AVFormatIDKey"
public let AVSampleRateKey = "AVSampleRateKey"
public let AVNumberOfChannelsKey = "AVNumberOfChannelsKey"
public let AVEncoderBitRateKey = "AVEncoderBitRateKey"
public let kAudioFormatMPEG4AAC: UInt32 = 0
open class AVAudioApplication: NSObject {
    public class func requestRecordPermission() async -> Bool { false }
}
open class AVAudioSession: NSObject {
    public struct Category: Sendable { public static let playAndRecord = Category() }
    public struct Mode: Sendable { public static let `default` = Mode() }
    public struct CategoryOptions: OptionSet, Sendable {
        public let rawValue: UInt
        public init(rawValue: UInt) { self.rawValue = rawValue }
    }
    public class func sharedInstance() -> AVAudioSession { AVAudioSession() }
    public func setCategory(_ category: Category, mode: Mode, options: CategoryOptions = []) throws {}
    public func setActive(_ active: Bool) throws {}
}
open class AVAudioRecorder: NSObject {
    public init(url: URL, settings: [String: Any]) throws {}
    public var url: URL { URL(fileURLWithPath: "/") }
    public func record(forDuration duration: TimeInterval) -> Bool { false }
    public func stop() {}
}
open class AVAudioPlayer: NSObject {
    public init(data: Data) throws {}
    public var duration: TimeInterval { 0 }
    @discardableResult public func play() -> Bool { false }
    public func stop() {}
}
public struct AVMediaType: Sendable { public static let video = AVMediaType() }
open class AVCaptureDevice: NSObject {
    public class func requestAccess(for type: AVMediaType) async -> Bool { false }
    public class func `default`(for type: AVMediaType) -> AVCaptureDevice? { nil }
}
open class AVCaptureInput: NSObject {}
open class AVCaptureDeviceInput: AVCaptureInput { public init(device: AVCaptureDevice) throws {} }
open class AVCaptureOutput: NSObject {}
open class AVCaptureConnection: NSObject {}
public protocol AVCaptureVideoDataOutputSampleBufferDelegate: AnyObject {
    func captureOutput(
        _ output: AVCaptureOutput, didOutput sampleBuffer: CMSampleBuffer,
        from connection: AVCaptureConnection)
}
open class AVCaptureVideoDataOutput: AVCaptureOutput {
    public var videoSettings: [String: Any]!
    public var alwaysDiscardsLateVideoFrames = true
    public func setSampleBufferDelegate(
        _ delegate: (any AVCaptureVideoDataOutputSampleBufferDelegate)?, queue: DispatchQueue?
    ) {}
}
open class AVCaptureSession: NSObject, @unchecked Sendable {
    public func canAddInput(_ input: AVCaptureInput) -> Bool { false }
    public func canAddOutput(_ output: AVCaptureOutput) -> Bool { false }
    public func addInput(_ input: AVCaptureInput) {}
    public func addOutput(_ output: AVCaptureOutput) {}
    public func startRunning() {}
    public func stopRunning() {}
}
public struct AVLayerVideoGravity: Sendable { public static let resizeAspectFill = AVLayerVideoGravity() }
open class AVCaptureVideoPreviewLayer: CALayer {
    public init(session: AVCaptureSession) {}
    public var videoGravity = AVLayerVideoGravity()
}
