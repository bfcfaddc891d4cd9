package cn.xunge.app.platform

import android.content.ContentProvider
import android.content.ContentValues
import android.content.Context
import android.database.Cursor
import android.database.MatrixCursor
import android.net.Uri
import android.os.ParcelFileDescriptor
import android.provider.OpenableColumns
import java.io.File
import java.io.FileNotFoundException

/** Hands single files of one folder to the camera and to apps that share: each by a grant of its own, nothing else is reachable. */
class FileHandOver : ContentProvider() {
    override fun onCreate() = true

    override fun openFile(uri: Uri, mode: String): ParcelFileDescriptor =
        ParcelFileDescriptor.open(file(uri), ParcelFileDescriptor.parseMode(mode))

    override fun getType(uri: Uri): String = when (uri.lastPathSegment?.substringAfterLast('.')) {
        "jpg" -> "image/jpeg"
        "png" -> "image/png"
        "m4a" -> "audio/mp4"
        else -> "application/octet-stream"
    }

    override fun query(
        uri: Uri,
        columns: Array<out String>?,
        where: String?,
        filled: Array<out String>?,
        order: String?,
    ): Cursor {
        val file = file(uri)
        val named = columns ?: arrayOf(OpenableColumns.DISPLAY_NAME, OpenableColumns.SIZE)
        val cursor = MatrixCursor(named)
        cursor.addRow(named.map { if (it == OpenableColumns.SIZE) file.length() else file.name })
        return cursor
    }

    private fun file(uri: Uri): File {
        val name = uri.lastPathSegment.orEmpty()
        val folder = folder(checkNotNull(context))
        val file = File(folder, name)
        if (uri.pathSegments.size != 1 || file.canonicalFile.parentFile != folder.canonicalFile) throw FileNotFoundException(name)
        return file
    }

    override fun insert(uri: Uri, values: ContentValues?): Uri? = null

    override fun delete(uri: Uri, where: String?, filled: Array<out String>?) = 0

    override fun update(uri: Uri, values: ContentValues?, where: String?, filled: Array<out String>?) = 0

    companion object {
        private const val AUTHORITY = "cn.xunge.app.files"

        /** Where files lie that are handed over. Survives the app, so that a picture does too. */
        fun folder(context: Context) = File(context.applicationInfo.dataDir, "files/handed")

        fun uri(file: File): Uri = Uri.Builder().scheme("content").authority(AUTHORITY).appendPath(file.name).build()
    }
}
