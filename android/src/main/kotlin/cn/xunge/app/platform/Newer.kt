package cn.xunge.app.platform

/** Marks what calls something newer than API 26, behind a look at the phone's version; the check of the public surface passes it over. */
@Retention(AnnotationRetention.BINARY)
@Target(AnnotationTarget.FUNCTION, AnnotationTarget.CLASS)
annotation class Newer(val why: String)
