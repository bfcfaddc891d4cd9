package cn.xunge.app.look

/** A map in metres east and north of its middle. */
data class Scene(
    val outlines: List<List<Spot>> = emptyList(),
    val cells: List<CellRun> = emptyList(),
    val cellSize: Float = 0f,
    val places: List<PlaceMark> = emptyList(),
    val tracks: List<List<Spot>> = emptyList(),
    val gaps: List<Pair<Spot, Spot>> = emptyList(),
    val me: Spot? = null,
    val meErrorM: Float = 0f,
)

/** A point: metres east and north. */
data class Spot(val east: Float, val north: Float)

enum class CellSort { SEEN, UNKNOWN, UNSEEN }

/** Cells in a row, from west to east: their south-western corner, and how far they reach east and north, in metres. */
data class CellRun(val west: Float, val south: Float, val east: Float, val north: Float, val sort: CellSort)

data class PlaceMark(val at: Spot, val name: String, val isDue: Boolean)
