// A tile source, where the township configured one. Shifted data come from the server: no datum is converted here.

import TileLayer from "ol/layer/Tile";
import XYZ from "ol/source/XYZ";

export interface Tiles {
  /** With {x}, {y} and {z}. */
  url: string;
  /** What must be said of their origin. */
  attribution: string;
}

export function tileLayer(tiles: Tiles): TileLayer<XYZ> {
  return new TileLayer({ source: new XYZ({ url: tiles.url, attributions: tiles.attribution }), opacity: 0.75 });
}
