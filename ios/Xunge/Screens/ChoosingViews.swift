// Choosing: a category, a grid and a place, the report that was there already.
import SwiftUI
import XungeKit

struct CategoryView: View {
    @Environment(\.words) private var words
    let state: CategoryState
    let send: @MainActor (CategoryEvent) -> Void

    var body: some View {
        Page(words(.categoryTitle)) {
            Entry(words(.categorySearch), text: state.search) { send(.search($0)) }
            Trouble(failure: state.failure)
            if state.search.isEmpty {
                if !state.recent.isEmpty && state.way.isEmpty {
                    Heading(words(.categoryRecent))
                    tiles(state.recent)
                }
                Heading(state.way.last?.name ?? words(.categoryAll))
                if !state.way.isEmpty { Tap(words(.categoryUp)) { send(.up) } }
                tiles(state.tiles)
            } else if state.found.isEmpty {
                Line(words(.categoryNone))
            } else {
                tiles(state.found)
            }
        }
    }

    private func tiles(_ tiles: [CategoryTile]) -> some View {
        LazyVGrid(columns: [GridItem(.adaptive(minimum: 150))], spacing: Size.gap) {
            ForEach(tiles, id: \.category.id) { tile in
                Tap(name(tile), isBig: true) { send(.choose(tile)) }
            }
        }
    }

    private func name(_ tile: CategoryTile) -> String {
        tile.category.isRecordOnly
            ? "\(tile.category.name)\n\(words(.categoryRecordOnly))" : tile.category.name
    }
}

struct PlaceView: View {
    @Environment(\.words) private var words
    let state: PlaceState
    let send: @MainActor (PlaceEvent) -> Void

    var body: some View {
        Page(words(.placeTitle)) {
            Entry(words(.placeText), text: state.text) { send(.text($0)) }
            if state.nearby.isEmpty {
                Line(words(.placeNearbyNone), role: .small, isQuiet: true)
            } else {
                Heading(words(.placeNearby))
                ForEach(state.nearby, id: \.name) { near in
                    Tap("\(near.name) · \(words.distance(near.distanceM))") { send(.nearby(near.name)) }
                }
            }
            Tap(words(.placeHere)) { send(.here) }
            Trouble(trouble: state.trouble)
            if state.isMeasuring { Line(words(.captureQualityNone), role: .small) }
            Heading(words(.placeGrid))
            Entry(words(.placeSearch), text: state.search) { send(.search($0)) }
            Trouble(failure: state.failure)
            ForEach(state.grids) { grid in
                Tap(grid.name, role: state.chosen == grid.id ? .chosen : .plain) { send(.grid(grid.id)) }
            }
        } foot: {
            Tap(words(.commonDone), role: .primary) { send(.done) }
        }
    }
}

struct HintView: View {
    @Environment(\.words) private var words
    let state: HintState
    let send: @MainActor (HintEvent) -> Void

    var body: some View {
        Page(words(.hintTitle)) {
            if state.isJoined {
                Line(words(.hintJoined), role: .title, isBold: true)
            } else {
                Line(words(state.similar.isEmpty ? .hintNone : .hintIntro))
                ForEach(state.similar, id: \.report) { row in
                    Card {
                        Line(row.title, isBold: true)
                        Line("\(row.gridName) · \(words.time(row.at))", role: .small)
                        Line(words.named("state", row.state), role: .small)
                        Tap(words(.hintJoin), label: "\(words(.hintJoin)) \(row.title)") {
                            send(.join(row.report))
                        }
                    }
                }
            }
            Trouble(failure: state.failure)
        } foot: {
            Tap(words(state.isJoined ? .commonDone : .hintOther), role: .primary) { send(.other) }
        }
    }
}
