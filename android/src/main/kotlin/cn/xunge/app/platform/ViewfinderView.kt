package cn.xunge.app.platform

import android.annotation.SuppressLint
import android.content.Context
import android.graphics.ImageFormat
import android.graphics.SurfaceTexture
import android.hardware.camera2.CameraAccessException
import android.hardware.camera2.CameraCaptureSession
import android.hardware.camera2.CameraCharacteristics
import android.hardware.camera2.CameraDevice
import android.hardware.camera2.CameraManager
import android.hardware.camera2.CaptureRequest
import android.media.ImageReader
import android.os.Handler
import android.os.HandlerThread
import android.view.Surface
import android.view.TextureView

/** Shows what the camera sees and hands its brightness on, frame by frame, for a code to be read. */
class ViewfinderView(context: Context) : TextureView(context), TextureView.SurfaceTextureListener {
    /** Brightness, width, height and the length of a row, one frame at a time; called on the camera's thread. */
    var seen: (ByteArray, Int, Int, Int) -> Unit = { _, _, _, _ -> }

    private var thread: HandlerThread? = null
    private var reader: ImageReader? = null
    private var camera: CameraDevice? = null

    init {
        surfaceTextureListener = this
    }

    override fun onMeasure(widthSpec: Int, heightSpec: Int) {
        val width = MeasureSpec.getSize(widthSpec)
        setMeasuredDimension(width, width)
    }

    override fun onSurfaceTextureAvailable(texture: SurfaceTexture, width: Int, height: Int) = open(texture)

    override fun onSurfaceTextureSizeChanged(texture: SurfaceTexture, width: Int, height: Int) = Unit

    override fun onSurfaceTextureUpdated(texture: SurfaceTexture) = Unit

    override fun onSurfaceTextureDestroyed(texture: SurfaceTexture): Boolean {
        close()
        return true
    }

    @SuppressLint("MissingPermission")
    private fun open(texture: SurfaceTexture) {
        val manager = context.getSystemService(CameraManager::class.java)
        val running = HandlerThread("viewfinder").apply { start() }
        val handler = Handler(running.looper)
        thread = running
        texture.setDefaultBufferSize(WIDE, HIGH)
        val frames = ImageReader.newInstance(WIDE, HIGH, ImageFormat.YUV_420_888, 2)
        frames.setOnImageAvailableListener({ hand(it) }, handler)
        reader = frames
        try {
            val back = manager.cameraIdList.firstOrNull {
                manager.getCameraCharacteristics(it).get(CameraCharacteristics.LENS_FACING) == CameraCharacteristics.LENS_FACING_BACK
            } ?: manager.cameraIdList.firstOrNull() ?: return
            manager.openCamera(back, device(listOf(Surface(texture), frames.surface), handler), handler)
        } catch (_: CameraAccessException) {
            close()
        } catch (_: SecurityException) {
            close()
        }
    }

    private fun hand(frames: ImageReader) {
        val image = frames.acquireLatestImage() ?: return
        image.use {
            val light = it.planes[0]
            val bytes = ByteArray(light.buffer.remaining()).also { all -> light.buffer.get(all) }
            seen(bytes, it.width, it.height, light.rowStride)
        }
    }

    private fun device(targets: List<Surface>, handler: Handler) = object : CameraDevice.StateCallback() {
        override fun onOpened(opened: CameraDevice) {
            // The screen may have gone while the camera was opened.
            if (reader == null) return opened.close()
            camera = opened
            tried(opened) {
                @Suppress("DEPRECATION")
                opened.createCaptureSession(targets, session(opened, targets, handler), handler)
            }
        }

        override fun onDisconnected(gone: CameraDevice) = gone.close()

        override fun onError(broken: CameraDevice, error: Int) = broken.close()
    }

    private fun session(device: CameraDevice, targets: List<Surface>, handler: Handler) =
        object : CameraCaptureSession.StateCallback() {
            override fun onConfigured(session: CameraCaptureSession) {
                tried(device) {
                    val request = device.createCaptureRequest(CameraDevice.TEMPLATE_PREVIEW)
                    targets.forEach { request.addTarget(it) }
                    request.set(CaptureRequest.CONTROL_AF_MODE, CaptureRequest.CONTROL_AF_MODE_CONTINUOUS_PICTURE)
                    session.setRepeatingRequest(request.build(), null, handler)
                }
            }

            override fun onConfigureFailed(session: CameraCaptureSession) = device.close()
        }

    /** A camera that was taken away meanwhile is let go; the code can be typed. */
    private fun tried(device: CameraDevice, work: () -> Unit) = try {
        work()
    } catch (_: CameraAccessException) {
        device.close()
    } catch (_: IllegalStateException) {
        device.close()
    }

    private fun close() {
        camera?.close()
        camera = null
        reader?.close()
        reader = null
        thread?.quitSafely()
        thread = null
    }

    private companion object {
        const val WIDE = 1280
        const val HIGH = 720
    }
}
