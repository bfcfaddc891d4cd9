// The map of the console. The server's page names where the data are; everything on the map stands in a table of the same page too.

import Map from "ol/Map";
import View from "ol/View";
import type Feature from "ol/Feature";
import GeoJSON from "ol/format/GeoJSON";
import { defaults as usualInteractions, MouseWheelZoom, DragPan } from "ol/interaction";
import { platformModifierKeyOnly } from "ol/events/condition";
import VectorLayer from "ol/layer/Vector";
import VectorSource from "ol/source/Vector";
import type { FeatureLike } from "ol/Feature";
import type { Geometry } from "ol/geom";
import { isEmpty } from "ol/extent";
import { fromLonLat } from "ol/proj";

import { palette } from "./palette";
import { styleOf, type Look } from "./style";
import { tileLayer, type Tiles } from "./tiles";

/** What the server sends: one collection for each layer, in the order in which they are drawn. */
interface Sheet {
  tiles: Tiles | null;
  layers: { name: string; features: object }[];
}

const format = new GeoJSON({ featureProjection: "EPSG:3857" });

async function draw(place: HTMLElement): Promise<void> {
  const answer = await fetch(place.dataset.url ?? "", { credentials: "same-origin" });
  if (!answer.ok) throw new Error(String(answer.status));
  const sheet = (await answer.json()) as Sheet;
  let look: Look = { colours: palette(place), chosen: null };
  const layers = sheet.layers.map(({ name, features }) => {
    const source = new VectorSource<Feature<Geometry>>({ features: format.readFeatures(features) as Feature<Geometry>[] });
    return new VectorLayer({ source, style: (feature, resolution) => styleOf(name, feature, resolution, look), properties: { name } });
  });
  const map = new Map({
    target: place,
    controls: [],
    // A wheel that scrolls the page must not be caught by the map: it zooms with Ctrl alone, and once the map has the focus.
    interactions: usualInteractions({ mouseWheelZoom: false, dragPan: false }).extend([
      new DragPan(),
      new MouseWheelZoom({ condition: (event) => platformModifierKeyOnly(event) || place.contains(document.activeElement) }),
    ]),
    layers: [...(sheet.tiles ? [tileLayer(sheet.tiles)] : []), ...layers],
    view: new View({ center: fromLonLat([119, 29]), zoom: 12, maxZoom: 19 }),
  });
  const outlines = layers.find((layer) => layer.get("name") === "grids") ?? layers[0];
  const all = () => {
    const extent = outlines?.getSource()?.getExtent();
    if (extent && !isEmpty(extent)) map.getView().fit(extent, { padding: [16, 16, 16, 16] });
  };
  all();
  wireButtons(place, map, all);
  wireChoice(place, map, layers, (chosen) => {
    look = { ...look, chosen };
    for (const layer of layers) layer.changed();
  });
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => {
    look = { ...look, colours: palette(place) };
    for (const layer of layers) layer.changed();
  });
  map.once("rendercomplete", () => (place.dataset.state = "drawn"));
}

function wireButtons(place: HTMLElement, map: Map, all: () => void): void {
  const by = (step: number) => () => {
    const view = map.getView();
    view.animate({ zoom: (view.getZoom() ?? 12) + step, duration: 120 });
  };
  const acts: Record<string, () => void> = { in: by(1), out: by(-1), all };
  for (const button of place.parentElement?.querySelectorAll<HTMLButtonElement>("button[data-map]") ?? []) {
    button.hidden = false;
    const act = acts[button.dataset.map ?? ""];
    if (act) button.addEventListener("click", act);
  }
}

/** What lies under a click is told beside the map, in words and with its link. */
function wireChoice(place: HTMLElement, map: Map, layers: VectorLayer[], choose: (chosen: FeatureLike | null) => void): void {
  const told = place.parentElement?.querySelector<HTMLElement>("[data-told]");
  const isOurs = (layer: unknown) => layers.includes(layer as VectorLayer);
  const at = (pixel: number[]) => {
    const found: FeatureLike[] = [];
    map.forEachFeatureAtPixel(pixel, (feature) => void found.push(feature), { hitTolerance: 4, layerFilter: isOurs });
    // Points lie above cells, cells above outlines: the topmost that has something to say.
    return found.filter((feature) => feature.get("label"));
  };
  map.on("click", (event) => {
    const found = at(event.pixel);
    choose(found[0] ?? null);
    if (!told) return;
    told.replaceChildren(...found.slice(0, 5).map(line));
    told.hidden = found.length === 0;
  });
  map.on("pointermove", (event) => {
    if (!event.dragging) place.style.cursor = at(event.pixel).length ? "pointer" : "";
  });
}

function line(feature: FeatureLike): HTMLElement {
  const entry = document.createElement("p");
  const href = feature.get("href") as string | undefined;
  const name = document.createElement(href ? "a" : "b");
  name.textContent = feature.get("label") as string;
  if (href && name instanceof HTMLAnchorElement) name.href = href;
  entry.append(name);
  const detail = feature.get("detail") as string | undefined;
  if (detail) entry.append(` ${detail}`);
  return entry;
}

for (const place of document.querySelectorAll<HTMLElement>("[data-map-place]")) {
  draw(place).catch(() => {
    place.dataset.state = "failed";
    place.textContent = place.dataset.failed ?? "";
  });
}
