import SwiftUI
import Testing
import XungeKit
@testable import XungeScreens

@MainActor @Suite struct LookTests {
    @Test func aBigButtonIsHighEnough() {
        #expect(render(Tap("上报", isBig: true) {}).minHeight >= 96)
    }
}
