package cn.xunge.app.gateway

import java.util.concurrent.ExecutorService
import java.util.concurrent.Executors
import java.util.concurrent.RejectedExecutionException
import java.util.concurrent.TimeUnit

/** One thread on which calls of the core run, one after the other. */
class Lane(name: String, private val books: Books) {
    private val executor: ExecutorService = Executors.newSingleThreadExecutor { Thread(it, "core-$name") }

    /** Runs later on the lane; after [close] nothing runs any more. */
    fun run(what: String, work: () -> Unit) {
        books.begin()
        try {
            executor.execute {
                try {
                    books.timed(what, work)
                } finally {
                    books.end()
                }
            }
        } catch (_: RejectedExecutionException) {
            books.end()
        }
    }

    /** Ends the lane after what is in line; false where that takes longer than [seconds]. */
    fun close(seconds: Long): Boolean {
        executor.shutdown()
        return executor.awaitTermination(seconds, TimeUnit.SECONDS)
    }
}

/** Which calls are under way and which took long. [noteSlow] is told of every call before it is made, on the thread that makes it. */
class Books(private val noteSlow: (String) -> Unit) {
    private val lock = Object()
    private var open = 0
    private val longest = HashMap<String, Long>()

    fun begin() = synchronized(lock) { open += 1 }

    fun end() = synchronized(lock) {
        open -= 1
        lock.notifyAll()
    }

    fun timed(what: String, work: () -> Unit) {
        noteSlow(what)
        val start = System.nanoTime()
        work()
        val took = (System.nanoTime() - start) / 1_000_000
        if (took >= SLOW_MS) synchronized(lock) { longest[what] = maxOf(took, longest[what] ?: 0) }
    }

    /** Waits until a call ends or none is open; whether none is. */
    fun restedWithin(ms: Long): Boolean = synchronized(lock) {
        if (open > 0) lock.wait(ms)
        open == 0
    }

    /** Calls that took a tenth of a second or more, with the longest time in ms. */
    fun slowest(): Map<String, Long> = synchronized(lock) { longest.toSortedMap() }

    private companion object {
        const val SLOW_MS = 100L
    }
}
