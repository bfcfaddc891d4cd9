// The key of the phone's databases, in its keychain: on this device alone, from the first unlock on, so that background work can use it.
import Foundation
import Security
import XungeKit

struct Keychain: KeyStore {
    private static let service = "xunge.database"
    private static let mark = "xunge.key"

    func key() throws -> Data? {
        guard CoreGateway.isEncrypted else { return nil }
        var query = item
        query[kSecReturnData as String] = true
        var found: CFTypeRef?
        let status = SecItemCopyMatching(query as CFDictionary, &found)
        if status == errSecSuccess, let key = found as? Data { return key }
        // A phone that had a key and has none any more was hit by a reset: never make a new one over its data.
        guard status == errSecItemNotFound, !wasMade else { throw KeyLost() }
        return try make()
    }

    func forget() {
        SecItemDelete(item as CFDictionary)
        UserDefaults.standard.removeObject(forKey: Keychain.mark)
    }

    private func make() throws -> Data {
        var key = Data(count: 32)
        let status = key.withUnsafeMutableBytes { bytes in
            bytes.baseAddress.map { SecRandomCopyBytes(kSecRandomDefault, 32, $0) } ?? errSecParam
        }
        guard status == errSecSuccess else { throw KeyLost() }
        var new = item
        new[kSecValueData as String] = key
        new[kSecAttrAccessible as String] = kSecAttrAccessibleAfterFirstUnlockThisDeviceOnly
        guard SecItemAdd(new as CFDictionary, nil) == errSecSuccess else { throw KeyLost() }
        UserDefaults.standard.set(true, forKey: Keychain.mark)
        return key
    }

    private var item: [String: Any] {
        [
            kSecClass as String: kSecClassGenericPassword, kSecAttrService as String: Keychain.service,
            kSecAttrAccount as String: "phone",
        ]
    }

    private var wasMade: Bool { UserDefaults.standard.bool(forKey: Keychain.mark) }
}
