package cn.xunge.app.gateway

import cn.xunge.app.look.CellRun
import cn.xunge.app.look.CellSort
import cn.xunge.app.look.PlaceMark
import cn.xunge.app.look.Scene
import cn.xunge.app.look.Spot
import xunge.core.MapCellKind
import xunge.core.MapPoint
import xunge.core.MapQuery
import xunge.core.MapScene
import xunge.core.Position

/** The map around a position, in metres east and north of it. */
fun CoreGateway.patrolScene(me: Position, radiusM: Double, then: Then<Scene>) = ask("map", then) { device ->
    scene(device.map(MapQuery(me, radiusM, null)))
}

private fun scene(map: MapScene): Scene {
    val tracks = map.track.map { part -> part.points.map { spot(it) } }
    // Before a part there is a gap where nothing is known of the way; it is drawn as a broken line.
    val gaps = map.track.indices.drop(1).filter { map.track[it].gapBefore != null }
        .mapNotNull { n -> tracks[n - 1].lastOrNull()?.let { from -> tracks[n].firstOrNull()?.let { from to it } } }
    return Scene(
        outlines = map.outlines.flatMap { grid -> grid.rings.map { ring -> ring.map { spot(it) } } },
        cells = map.cells.map { run ->
            val (wide, high) = run.east - run.west to run.north - run.south
            CellRun(run.west.toFloat(), run.south.toFloat(), wide.toFloat(), high.toFloat(), sort(run.kind))
        },
        places = map.keyPlaces.map { PlaceMark(spot(it.at), it.name, it.isOpen) },
        tracks = tracks,
        gaps = gaps,
        me = map.me?.let { spot(it) } ?: Spot(0f, 0f),
    )
}

private fun spot(point: MapPoint) = Spot(point.x.toFloat(), point.y.toFloat())

private fun sort(kind: MapCellKind) = when (kind) {
    MapCellKind.SEEN -> CellSort.SEEN
    MapCellKind.UNKNOWN -> CellSort.UNKNOWN
    MapCellKind.UNSEEN -> CellSort.UNSEEN
}
