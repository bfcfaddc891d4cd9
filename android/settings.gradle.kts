// For Android Studio. Nobody has run these files yet: the build that is tested is pom.xml (see README.md here).
pluginManagement {
    repositories {
        google()
        mavenCentral()
        gradlePluginPortal()
    }
}
dependencyResolutionManagement {
    repositories {
        google()
        mavenCentral()
    }
}
rootProject.name = "xunge"
