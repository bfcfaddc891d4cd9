// Outlines drawn and edited by hand: what is drawn stands in the form's field as GeoJSON at once, and what is pasted there is drawn.
// Nothing is checked here: the server names what is wrong. Beneath lie the outlines of other grids, to which lines snap.

import Feature from "ol/Feature";
import Map from "ol/Map";
import View from "ol/View";
import { platformModifierKeyOnly } from "ol/events/condition";
import { isEmpty } from "ol/extent";
import GeoJSON from "ol/format/GeoJSON";
import type Geometry from "ol/geom/Geometry";
import LinearRing from "ol/geom/LinearRing";
import MultiPolygon from "ol/geom/MultiPolygon";
import Point from "ol/geom/Point";
import Polygon from "ol/geom/Polygon";
import DragPan from "ol/interaction/DragPan";
import Draw from "ol/interaction/Draw";
import Modify from "ol/interaction/Modify";
import MouseWheelZoom from "ol/interaction/MouseWheelZoom";
import Snap from "ol/interaction/Snap";
import { defaults as usualInteractions } from "ol/interaction/defaults";
import VectorLayer from "ol/layer/Vector";
import { fromLonLat, toLonLat } from "ol/proj";
import VectorSource from "ol/source/Vector";
import Circle from "ol/style/Circle";
import Fill from "ol/style/Fill";
import Stroke from "ol/style/Stroke";
import Style from "ol/style/Style";

import { palette } from "./palette";
import { styleOf } from "./style";
import { tileLayer, type Tiles } from "./tiles";

interface Sheet {
  tiles: Tiles | null;
  layers: { name: string; features: object }[];
}

const format = new GeoJSON({ featureProjection: "EPSG:3857" });

/** Seven digits are a centimetre. */
const near = (degrees: number) => Math.round(degrees * 1e7) / 1e7;

function look(place: HTMLElement): Style {
  const colours = palette(place);
  return new Style({
    stroke: new Stroke({ color: colours.accent, width: 3 }),
    fill: new Fill({ color: `${colours.accent}33` }),
    image: new Circle({ radius: 7, fill: new Fill({ color: colours.accent }), stroke: new Stroke({ color: colours.card, width: 2 }) }),
  });
}

class Drawing {
  readonly own = new VectorSource<Feature<Geometry>>();
  readonly others: VectorSource<Feature<Geometry>>;
  readonly map: Map;
  private draw: Draw | null = null;
  private isHole = false;
  private snaps: Snap[] = [];
  private readonly field = document.querySelector<HTMLTextAreaElement>("[data-outline]");
  private readonly lat = document.querySelector<HTMLInputElement>("#f-lat_deg");
  private readonly lon = document.querySelector<HTMLInputElement>("#f-lon_deg");

  constructor(
    private readonly place: HTMLElement,
    sheet: Sheet,
  ) {
    const features = sheet.layers[0] ? (format.readFeatures(sheet.layers[0].features) as Feature<Geometry>[]) : [];
    this.others = new VectorSource({ features });
    const style = (feature: Feature<Geometry>, resolution: number) =>
      styleOf("grids", feature, resolution, { colours: palette(place), chosen: null });
    this.map = new Map({
      target: place,
      controls: [],
      interactions: usualInteractions({ mouseWheelZoom: false, dragPan: false, doubleClickZoom: false }).extend([
        new DragPan(),
        new MouseWheelZoom({ condition: (event) => platformModifierKeyOnly(event) || place.contains(document.activeElement) }),
      ]),
      layers: [
        ...(sheet.tiles ? [tileLayer(sheet.tiles)] : []),
        new VectorLayer({ source: this.others, style: (feature, resolution) => style(feature as Feature<Geometry>, resolution) }),
        new VectorLayer({ source: this.own, style: look(place) }),
      ],
      view: new View({ center: fromLonLat([119, 29]), zoom: 12, maxZoom: 20 }),
    });
    this.read();
    const modify = new Modify({ source: this.own });
    modify.on("modifyend", () => this.write());
    this.map.addInteraction(modify);
    this.snap();
    this.field?.addEventListener("input", () => this.read());
    for (const input of [this.lat, this.lon]) input?.addEventListener("input", () => this.read());
    if (place.dataset.kind === "point") this.map.on("click", (event) => this.put(event.coordinate));
    place.addEventListener("keydown", (event) => this.key(event));
    this.all();
    this.map.once("rendercomplete", () => (place.dataset.state = "drawn"));
  }

  /** Draws what stands in the form. */
  read(): void {
    this.own.clear();
    if (this.place.dataset.kind === "point") {
      const [lat, lon] = [Number(this.lat?.value), Number(this.lon?.value)];
      if (lat && lon) this.own.addFeature(new Feature(new Point(fromLonLat([lon, lat]))));
      return;
    }
    let geometry: Geometry | null = null;
    try {
      // What is no GeoJSON yet is left to the server to name.
      geometry = format.readFeatures(this.field?.value ?? "")[0]?.getGeometry() ?? null;
    } catch {
      return;
    }
    const polygons = geometry instanceof MultiPolygon ? geometry.getPolygons() : geometry instanceof Polygon ? [geometry] : [];
    this.own.addFeatures(polygons.map((polygon) => new Feature<Geometry>(polygon)));
  }

  /** Writes what is drawn into the form. */
  write(): void {
    const polygons = this.own.getFeatures().map((feature) => feature.getGeometry()).filter((shape) => shape instanceof Polygon);
    const degrees = (at: number[]) => toLonLat(at).map(near);
    const coordinates = polygons.map((polygon) => polygon.getCoordinates().map((ring) => ring.map(degrees)));
    if (!this.field) return;
    this.field.value = coordinates.length ? JSON.stringify({ type: "MultiPolygon", coordinates }) : "";
  }

  /** A place is where somebody clicked. */
  put(at: number[]): void {
    const [lon, lat] = toLonLat(at).map(near);
    if (this.lat) this.lat.value = String(lat);
    if (this.lon) this.lon.value = String(lon);
    this.read();
  }

  /** Lines snap to outlines. Snapping comes last, or drawing does not feel it; what snapped before goes. */
  private snap(): void {
    for (const old of this.snaps) this.map.removeInteraction(old);
    this.snaps = [this.others, this.own].map((source) => new Snap({ source }));
    for (const one of this.snaps) this.map.addInteraction(one);
  }

  begin(isHole: boolean): void {
    this.stop();
    this.isHole = isHole;
    this.draw = new Draw({ type: "Polygon", stopClick: true });
    this.draw.on("drawend", (event) => {
      const drawn = event.feature.getGeometry();
      if (drawn instanceof Polygon) this.take(drawn);
      // The event still goes on: the interaction ends after it.
      setTimeout(() => this.stop());
    });
    this.map.addInteraction(this.draw);
    this.snap();
    this.place.dataset.drawing = "yes";
    this.place.focus();
  }

  private take(drawn: Polygon): void {
    if (!this.isHole) {
      this.own.addFeature(new Feature<Geometry>(drawn));
    } else {
      const ring = drawn.getCoordinates()[0] ?? [];
      const around = this.own.getFeatures().map((f) => f.getGeometry()).find((shape) => shape?.intersectsCoordinate(ring[0] ?? [0, 0]));
      if (around instanceof Polygon) around.appendLinearRing(new LinearRing(ring));
    }
    this.write();
  }

  stop(): void {
    if (this.draw) this.map.removeInteraction(this.draw);
    this.draw = null;
    delete this.place.dataset.drawing;
  }

  undo(): void {
    if (this.draw) {
      this.draw.removeLastPoint();
      return;
    }
    const last = this.own.getFeatures().at(-1);
    if (last) this.own.removeFeature(last);
    this.write();
  }

  clear(): void {
    this.stop();
    this.own.clear();
    this.write();
  }

  /** By keyboard: arrows move the map, Enter takes its middle, Ctrl and Enter end, Escape gives up. */
  key(event: KeyboardEvent): void {
    const middle = this.map.getView().getCenter();
    if (!middle) return;
    if (event.key === "Enter" && this.place.dataset.kind === "point") this.put(middle);
    else if (event.key === "Enter" && this.draw && event.ctrlKey) this.draw.finishDrawing();
    else if (event.key === "Enter" && this.draw) this.draw.appendCoordinates([middle]);
    else if (event.key === "Escape" && this.draw) this.stop();
    else return;
    event.preventDefault();
  }

  zoom(step: number): void {
    const view = this.map.getView();
    view.animate({ zoom: (view.getZoom() ?? 12) + step, duration: 120 });
  }

  all(): void {
    const extent = this.own.isEmpty() ? this.others.getExtent() : this.own.getExtent();
    if (extent && !isEmpty(extent)) this.map.getView().fit(extent, { padding: [40, 40, 40, 40], maxZoom: 17 });
    else if (!this.own.isEmpty()) this.map.getView().fit(this.own.getExtent() ?? [], { maxZoom: 16 });
  }
}

async function open(place: HTMLElement): Promise<void> {
  const answer = await fetch(place.dataset.url ?? "", { credentials: "same-origin" });
  if (!answer.ok) throw new Error(String(answer.status));
  const drawing = new Drawing(place, (await answer.json()) as Sheet);
  const tools = place.parentElement?.querySelector<HTMLElement>("[data-tools]");
  if (!tools) return;
  tools.hidden = false;
  const acts: Record<string, () => void> = {
    polygon: () => drawing.begin(false),
    hole: () => drawing.begin(true),
    undo: () => drawing.undo(),
    clear: () => drawing.clear(),
    in: () => drawing.zoom(1),
    out: () => drawing.zoom(-1),
    all: () => drawing.all(),
  };
  for (const button of tools.querySelectorAll<HTMLButtonElement>("button")) {
    const act = acts[button.dataset.draw ?? button.dataset.map ?? ""];
    if (act) button.addEventListener("click", act);
  }
}

for (const place of document.querySelectorAll<HTMLElement>("[data-draw-place]")) {
  open(place).catch(() => {
    place.dataset.state = "failed";
    place.textContent = place.dataset.failed ?? "";
  });
}
