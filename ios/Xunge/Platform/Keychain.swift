// The database key of a profile, in the phone's keychain: on this device alone, from the first unlock on, so that background work can use it.
import Foundation
import Security
import XungeKit

struct Keychain: KeyStore {
    private static let service = "xunge.database"

    func key(_ profile: ProfileId) throws -> Data? {
        var query = item(profile)
        query[kSecReturnData as String] = true
        var found: CFTypeRef?
        let status = SecItemCopyMatching(query as CFDictionary, &found)
        if status == errSecSuccess, let key = found as? Data { return key }
        // A profile that had a key and has none any more was hit by a reset: never make a new one over its data.
        guard status == errSecItemNotFound, !wasMade(profile) else { throw KeyLost() }
        return try make(profile)
    }

    func forget(_ profile: ProfileId) {
        SecItemDelete(item(profile) as CFDictionary)
        UserDefaults.standard.removeObject(forKey: mark(profile))
    }

    private func make(_ profile: ProfileId) throws -> Data {
        var key = Data(count: 32)
        let status = key.withUnsafeMutableBytes { bytes in
            bytes.baseAddress.map { SecRandomCopyBytes(kSecRandomDefault, 32, $0) } ?? errSecParam
        }
        guard status == errSecSuccess else { throw KeyLost() }
        var new = item(profile)
        new[kSecValueData as String] = key
        new[kSecAttrAccessible as String] = kSecAttrAccessibleAfterFirstUnlockThisDeviceOnly
        guard SecItemAdd(new as CFDictionary, nil) == errSecSuccess else { throw KeyLost() }
        UserDefaults.standard.set(true, forKey: mark(profile))
        return key
    }

    private func item(_ profile: ProfileId) -> [String: Any] {
        [
            kSecClass as String: kSecClassGenericPassword, kSecAttrService as String: Keychain.service,
            kSecAttrAccount as String: profile,
        ]
    }

    private func wasMade(_ profile: ProfileId) -> Bool { UserDefaults.standard.bool(forKey: mark(profile)) }

    private func mark(_ profile: ProfileId) -> String { "xunge.key.\(profile)" }
}
