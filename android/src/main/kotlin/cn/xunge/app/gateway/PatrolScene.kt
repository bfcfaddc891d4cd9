package cn.xunge.app.gateway

import cn.xunge.app.look.PlaceMark
import cn.xunge.app.look.Scene
import cn.xunge.app.look.Spot
import xunge.core.Position

/** The map around a position, in metres east and north of it. */
fun CoreGateway.patrolScene(me: Position, @Suppress("UNUSED_PARAMETER") radiusM: Double, then: Then<Scene>) =
    ask("key_places", then) { device ->
        val places = device.keyPlaces().map { place ->
            val north = (place.position.latDeg - me.latDeg) * 111_320
            val east = (place.position.lonDeg - me.lonDeg) * 111_320 * Math.cos(Math.toRadians(me.latDeg))
            PlaceMark(Spot(east.toFloat(), north.toFloat()), place.name, place.isOpen)
        }
        Scene(places = places, me = Spot(0f, 0f))
    }
