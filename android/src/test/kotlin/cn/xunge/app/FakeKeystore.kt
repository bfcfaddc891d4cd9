package cn.xunge.app

import java.io.InputStream
import java.io.OutputStream
import java.security.Key
import java.security.KeyStoreSpi
import java.security.Provider
import java.security.SecureRandom
import java.security.Security
import java.security.cert.Certificate
import java.security.spec.AlgorithmParameterSpec
import java.util.Collections
import java.util.Date
import java.util.Enumeration
import javax.crypto.KeyGenerator
import javax.crypto.KeyGeneratorSpi
import javax.crypto.SecretKey

/** Stands in for the phone's keystore, which the test framework does not have: keys in memory, which a reset takes away. */
object FakeKeystore {
    internal val keys = HashMap<String, SecretKey>()
    private const val NAME = "AndroidKeyStore"

    fun install() {
        reset()
        if (Security.getProvider(NAME) == null) Security.addProvider(Fake())
    }

    fun reset() = keys.clear()

    private class Fake : Provider(NAME, "1", "in memory") {
        init {
            put("KeyStore.$NAME", Store::class.java.name)
            put("KeyGenerator.AES", Generator::class.java.name)
        }
    }

    class Generator : KeyGeneratorSpi() {
        private val made = KeyGenerator.getInstance("AES", "SunJCE")

        override fun engineInit(random: SecureRandom?) = made.init(256)

        override fun engineInit(spec: AlgorithmParameterSpec?, random: SecureRandom?) = made.init(256)

        override fun engineInit(bits: Int, random: SecureRandom?) = made.init(bits)

        override fun engineGenerateKey(): SecretKey = made.generateKey().also { keys["xunge-database"] = it }
    }

    class Store : KeyStoreSpi() {
        override fun engineGetKey(alias: String, password: CharArray?): Key? = keys[alias]

        override fun engineLoad(stream: InputStream?, password: CharArray?) = Unit

        override fun engineStore(stream: OutputStream?, password: CharArray?) = Unit

        override fun engineContainsAlias(alias: String) = alias in keys

        override fun engineIsKeyEntry(alias: String) = alias in keys

        override fun engineIsCertificateEntry(alias: String) = false

        override fun engineGetCertificate(alias: String): Certificate? = null

        override fun engineGetCertificateChain(alias: String): Array<Certificate>? = null

        override fun engineGetCertificateAlias(certificate: Certificate): String? = null

        override fun engineGetCreationDate(alias: String): Date? = null

        override fun engineSetKeyEntry(alias: String, key: Key, password: CharArray?, chain: Array<Certificate>?) = Unit

        override fun engineSetKeyEntry(alias: String, key: ByteArray, chain: Array<Certificate>?) = Unit

        override fun engineSetCertificateEntry(alias: String, certificate: Certificate) = Unit

        override fun engineDeleteEntry(alias: String) = Unit

        override fun engineAliases(): Enumeration<String> = Collections.enumeration(keys.keys)

        override fun engineSize() = keys.size
    }
}
