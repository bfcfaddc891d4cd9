package cn.xunge.app.platform

import android.security.keystore.KeyGenParameterSpec
import android.security.keystore.KeyProperties
import cn.xunge.app.gateway.KeyLost
import java.io.File
import java.io.IOException
import java.security.GeneralSecurityException
import java.security.KeyStore
import java.security.SecureRandom
import javax.crypto.Cipher
import javax.crypto.KeyGenerator
import javax.crypto.SecretKey
import javax.crypto.spec.GCMParameterSpec

/**
 * The key of the phone's database: 32 random bytes, wrapped by a key that never leaves the phone's keystore. Where the keystore was reset
 * (a changed lock can do that) the wrapped bytes stay where they are and [KeyLost] is thrown: nothing is ever wiped here.
 */
class DatabaseKey(folder: File) {
    private val file = File(folder, "database.key")

    /** The key; made at the first call. */
    fun open(): ByteArray = try {
        if (file.exists()) unwrap(file.readBytes()) else make()
    } catch (thrown: GeneralSecurityException) {
        throw KeyLost(thrown)
    } catch (thrown: IOException) {
        throw KeyLost(thrown)
    }

    /** Puts the lost key's bytes aside, so that a new one can be made. */
    fun setAside() {
        if (file.exists()) file.renameTo(File(file.path + "." + System.currentTimeMillis()))
    }

    private fun make(): ByteArray {
        val key = ByteArray(KEY_BYTES).also { SecureRandom().nextBytes(it) }
        val cipher = Cipher.getInstance(CIPHER).apply { init(Cipher.ENCRYPT_MODE, wrapping(isNew = true)) }
        val wrapped = cipher.iv + cipher.doFinal(key)
        file.parentFile?.mkdirs()
        val fresh = File(file.path + ".new")
        fresh.outputStream().use {
            it.write(wrapped)
            it.fd.sync()
        }
        if (!fresh.renameTo(file)) throw IOException("the key cannot be kept")
        return key
    }

    private fun unwrap(wrapped: ByteArray): ByteArray {
        if (wrapped.size <= IV_BYTES) throw IOException("the wrapped key is cut short")
        val cipher = Cipher.getInstance(CIPHER)
        cipher.init(Cipher.DECRYPT_MODE, wrapping(isNew = false), GCMParameterSpec(TAG_BITS, wrapped, 0, IV_BYTES))
        return cipher.doFinal(wrapped, IV_BYTES, wrapped.size - IV_BYTES)
    }

    private fun wrapping(isNew: Boolean): SecretKey {
        val store = KeyStore.getInstance(STORE).apply { load(null) }
        (store.getKey(ALIAS, null) as? SecretKey)?.let { return it }
        if (!isNew) throw IOException("the keystore has no such key any more")
        val use = KeyProperties.PURPOSE_ENCRYPT or KeyProperties.PURPOSE_DECRYPT
        val spec = KeyGenParameterSpec.Builder(ALIAS, use)
            .setBlockModes(KeyProperties.BLOCK_MODE_GCM)
            .setEncryptionPaddings(KeyProperties.ENCRYPTION_PADDING_NONE)
            .setKeySize(KEY_BYTES * 8)
            .build()
        return KeyGenerator.getInstance(KeyProperties.KEY_ALGORITHM_AES, STORE).apply { init(spec) }.generateKey()
    }

    private companion object {
        const val STORE = "AndroidKeyStore"
        const val ALIAS = "xunge-database"
        const val CIPHER = "AES/GCM/NoPadding"
        const val KEY_BYTES = 32
        const val IV_BYTES = 12
        const val TAG_BITS = 128
    }
}
