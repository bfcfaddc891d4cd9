// The patrol with its map, the self-test, and what was seen of the grids.
import SwiftUI
import XungeKit

struct PatrolView: View {
    @Environment(\.words) private var words
    let state: PatrolScreenState
    let notices: [PatrolNotice]
    let isLocationOff: Bool
    let isRefused: Bool
    let failure: Failure?
    let send: @MainActor (PatrolEvent) -> Void

    var body: some View {
        Page(words(.patrolTitle)) {
            standing
            if let map = state.map {
                MapView(map: map)
                Legend()
                Tap(words(.patrolZoomIn)) { send(.zoomIn) }
                Tap(words(.patrolZoomOut)) { send(.zoomOut) }
                Tap(words(.patrolCentre)) { send(.centre) }
            } else {
                Line(words(.patrolMapNone))
            }
            Tap(words(.patrolNext)) { send(.whereNext) }.disabled(state.map == nil)
            ForEach(Array(state.next.enumerated()), id: \.offset) {
                Line(words.stop($0.element, places: state.placeNames))
            }
            gaps
            Tap(words(.patrolSelfTest)) { send(.selfTest) }
            Line(words(.patrolPrivacy), role: .small, isQuiet: true)
            Trouble(failure: state.failure)
        } foot: {
            buttons
        }
    }

    @ViewBuilder private var standing: some View {
        if let patrol = state.patrol {
            Line(words.patrolState(patrol.state), role: .title, isBold: true)
            Line(words(.patrolWalked, words.distance(patrol.distanceM)))
            Line(words(.patrolTime, words.duration(patrol.movingMs + patrol.restingMs)))
            if let silent = patrol.silentMs {
                Line(words(.patrolSilent, words.duration(silent)), isCare: true)
            }
        }
        if isRefused {
            Line(words(.patrolLocationRefused), isBold: true, isCare: true)
            Tap(words(.commonOpenSettings)) { send(.openSettings(.app)) }
        }
        if isLocationOff {
            Line(words(.patrolLocationOff), isBold: true, isCare: true)
            Tap(words(.commonOpenSettings)) { send(.openSettings(.location)) }
        }
        Trouble(failure: failure)
        ForEach(Array(notices.enumerated()), id: \.offset) {
            Line(words.patrolNotice($0.element), isCare: true)
        }
    }

    /// Every gap with its cause; nothing is smoothed over.
    private var gaps: some View {
        ForEach(Array((state.patrol?.gaps ?? []).enumerated()), id: \.offset) { item in
            let gap = item.element
            Line(
                words(
                    .patrolGap, words.time(gap.at), gap.gapMs.map { words.duration($0) } ?? "",
                    words.named("patrol_gap", gap.cause)), role: .small)
        }
    }

    @ViewBuilder private var buttons: some View {
        switch state.patrol?.state {
        case .running:
            Tap(words(.patrolPause)) { send(.pause) }
            Tap(words(state.isEnding ? .patrolEndSure : .patrolEnd), role: state.isEnding ? .care : .primary)
            { send(.end) }
        case .paused:
            Tap(words(.patrolResume), role: .primary) { send(.resume) }
            Tap(words(state.isEnding ? .patrolEndSure : .patrolEnd), role: state.isEnding ? .care : .plain) {
                send(.end)
            }
        case .ended, nil:
            Tap(words(.patrolStart), role: .primary, isBig: true) { send(.start) }
        }
    }
}

/// The phone's own data as a map: no tiles, no network.
private struct MapView: View {
    @Environment(\.words) private var words
    @Environment(\.palette) private var palette
    let map: MapScene

    var body: some View {
        Canvas { context, size in
            let scale = min(size.width, size.height) / CGFloat(2 * map.radiusM)
            let at = { (point: MapPoint) in
                CGPoint(
                    x: size.width / 2 + CGFloat(point.x) * scale,
                    y: size.height / 2 - CGFloat(point.y) * scale)
            }
            for cells in map.cells {
                let (from, to) = (
                    at(MapPoint(x: cells.west, y: cells.north)), at(MapPoint(x: cells.east, y: cells.south))
                )
                let rectangle = CGRect(x: from.x, y: from.y, width: to.x - from.x, height: to.y - from.y)
                context.fill(Path(rectangle), with: .color(color(cells.kind)))
            }
            for outline in map.outlines {
                for ring in outline.rings {
                    context.stroke(
                        line(ring, at, isClosed: true), with: .color(palette.text.color), lineWidth: 2)
                }
            }
            for stretch in map.track {
                context.stroke(
                    line(stretch.points, at, isClosed: false), with: .color(palette.primary.color),
                    lineWidth: 4)
            }
            for place in map.keyPlaces {
                context.fill(
                    dot(at(place.at), 7), with: .color((place.isOpen ? palette.care : palette.text).color))
            }
            if let me = map.me { context.fill(dot(at(me), 9), with: .color(palette.primary.color)) }
        }
        .frame(maxWidth: .infinity, minHeight: 320)
        .aspectRatio(1, contentMode: .fit)
        .accessibilityLabel(Text(verbatim: words(.patrolMap)))
    }

    private func line(_ points: [MapPoint], _ at: (MapPoint) -> CGPoint, isClosed: Bool) -> Path {
        var path = Path()
        for (number, point) in points.enumerated() {
            if number == 0 { path.move(to: at(point)) } else { path.addLine(to: at(point)) }
        }
        if isClosed { path.closeSubpath() }
        return path
    }

    private func dot(_ middle: CGPoint, _ radius: CGFloat) -> Path {
        Path(
            ellipseIn: CGRect(
                x: middle.x - radius, y: middle.y - radius, width: 2 * radius, height: 2 * radius))
    }

    private func color(_ kind: MapCellKind) -> Color {
        switch kind {
        case .seen: Palette.seen.color
        case .unknown: Palette.unknown.color
        case .unseen: Palette.unseen.color
        }
    }
}

/// What the colours mean, in words, each beside its colour.
private struct Legend: View {
    @Environment(\.words) private var words
    @Environment(\.palette) private var palette

    var body: some View {
        entry(Palette.seen, .patrolLegendSeen)
        entry(Palette.unseen, .patrolLegendUnseen)
        entry(Palette.unknown, .patrolLegendUnknown)
        entry(palette.primary, .patrolLegendTrack)
        entry(palette.care, .patrolLegendPlace)
    }

    private func entry(_ tone: Tone, _ key: Key) -> some View {
        HStack(spacing: Size.gap) {
            tone.color.frame(width: 24, height: 24)
            Line(words(key), role: .small)
        }
    }
}

struct SelfTestView: View {
    @Environment(\.words) private var words
    let state: SelfTestState
    let send: @MainActor (SelfTestEvent) -> Void

    var body: some View {
        Page(words(.selftestTitle)) {
            Line(words(.selftestIntro))
            Trouble(failure: state.failure)
            if let findings = state.findings {
                if findings.isEmpty { Line(words(.selftestOk), role: .title, isBold: true) }
                ForEach(findings, id: \.key) { finding in
                    Card {
                        Line(
                            words.named("selftest", finding.severity), isBold: true,
                            isCare: finding.severity == .blocks)
                        Line(words.language == .chinese ? finding.zh : finding.en)
                    }
                }
            }
            Tap(words(.selftestLocation)) { send(.openSettings(.location)) }
            Tap(words(.selftestPermission)) { send(.openSettings(.app)) }
        } foot: {
            Tap(words(.selftestAgain), role: .primary) { send(.appeared) }
        }
    }
}

struct CoverageView: View {
    @Environment(\.words) private var words
    let state: CoverageState
    let send: @MainActor (CoverageEvent) -> Void

    var body: some View {
        Page(words(.coverageTitle)) {
            Tap(words(.coverageWeek), role: state.isMonth ? .plain : .chosen) { send(.month(false)) }
            Tap(words(.coverageMonth), role: state.isMonth ? .chosen : .plain) { send(.month(true)) }
            Line(words(.coverageOfPlaces), role: .small, isQuiet: true)
            Trouble(failure: state.failure)
            if state.rows.isEmpty { Line(words(.coverageEmpty)) }
            ForEach(state.rows, id: \.unit) { row in
                Card {
                    Line(row.village.isEmpty ? row.name : "\(row.village) · \(row.name)", isBold: true)
                    ForEach(Array(words.share(row).enumerated()), id: \.offset) {
                        Line($0.element.text, isBold: $0.element.isCare, isCare: $0.element.isCare)
                    }
                    if row.hasOutline { Tap(words(.coverageMap, row.name)) { send(.open(row.unit)) } }
                    if state.opened == row.unit, let map = state.map {
                        Picture(bytes: map, name: words(.coverageMap, row.name))
                    }
                }
            }
        }
    }
}
