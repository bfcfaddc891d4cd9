// How each thing looks. Nothing is told by colour alone: unknown ground is hatched, what is due is a filled diamond, urgent has a ring.

import type { FeatureLike } from "ol/Feature";
import Circle from "ol/style/Circle";
import Fill from "ol/style/Fill";
import RegularShape from "ol/style/RegularShape";
import Stroke from "ol/style/Stroke";
import Style from "ol/style/Style";
import Text from "ol/style/Text";

import type { Colour, Palette } from "./palette";

export interface Look {
  colours: Palette;
  chosen: FeatureLike | null;
}

const FONT = '600 13px "PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", system-ui, sans-serif';

const patterns = new Map<string, CanvasPattern | string>();

/** Lines aslant, so that the ground beneath stays to be seen. */
function hatch(colour: string, isBack: boolean): CanvasPattern | string {
  const key = `${colour}${isBack}`;
  const known = patterns.get(key);
  if (known) return known;
  const side = 8;
  const sheet = document.createElement("canvas");
  sheet.width = sheet.height = side;
  const pen = sheet.getContext("2d");
  if (!pen) return colour;
  pen.strokeStyle = colour;
  pen.lineWidth = 2;
  for (const from of [-side, 0, side]) {
    pen.moveTo(from, isBack ? 0 : side);
    pen.lineTo(from + side, isBack ? side : 0);
  }
  pen.stroke();
  const made = pen.createPattern(sheet, "repeat") ?? colour;
  patterns.set(key, made);
  return made;
}

function age(days: number): Colour {
  if (days <= 1) return "map-age-0";
  if (days <= 7) return "map-age-1";
  if (days <= 14) return "map-age-2";
  if (days <= 28) return "map-age-3";
  return "map-age-4";
}

/** A plain colour, with a line of its own so that no seam shows between rows of cells. */
function plain(colour: string): Style {
  return new Style({ fill: new Fill({ color: colour }), stroke: new Stroke({ color: colour, width: 0.7 }) });
}

function cell(feature: FeatureLike, { colours }: Look): Style | undefined {
  switch (feature.get("state")) {
    case "seen":
      return plain(colours["map-seen"]);
    case "unknown":
      return new Style({ fill: new Fill({ color: hatch(colours["map-unknown"], false) }) });
    case "excluded":
      return new Style({ fill: new Fill({ color: hatch(colours["map-excluded"], true) }) });
    case "last_seen":
      return plain(colours[age(Number(feature.get("days")))]);
    case "not_seen":
      return plain(colours["map-age-4"]);
    default:
      return plain(colours["map-unseen"]);
  }
}

function outline(feature: FeatureLike, resolution: number, look: Look): Style[] {
  const { colours } = look;
  const styles = [new Style({ stroke: new Stroke({ color: colours.ink, width: 1 }), fill: new Fill({ color: "#0000" }) })];
  const text = feature.get("label") as string | undefined;
  if (text && resolution < 12) {
    styles.push(
      new Style({
        text: new Text({
          text: (feature.get("short") as string | undefined) ?? text,
          font: FONT,
          fill: new Fill({ color: colours.ink }),
          stroke: new Stroke({ color: colours.card, width: 4 }),
          // Above the middle, where key places and blind spots often lie.
          offsetY: -18,
          overflow: false,
        }),
      }),
    );
  }
  return styles;
}

function spot(feature: FeatureLike, { colours }: Look): Style {
  return new Style({
    image: new RegularShape({
      points: 3,
      radius: 8,
      fill: new Fill({ color: colours["map-blind"] }),
      stroke: new Stroke({ color: colours.card, width: 2 }),
    }),
    zIndex: Number(feature.get("cells")),
  });
}

function place(feature: FeatureLike, { colours }: Look): Style {
  const standing = feature.get("standing") as string;
  const colour = standing === "overdue" ? colours.late : standing === "due" ? colours.soon : colours.good;
  return new Style({
    image: new RegularShape({
      points: 4,
      radius: 9,
      fill: new Fill({ color: standing === "overdue" || standing === "due" ? colour : colours.card }),
      stroke: new Stroke({ color: colour, width: 2.5 }),
    }),
  });
}

function report(feature: FeatureLike, { colours, chosen }: Look): Style[] {
  const colour = { late: colours.late, soon: colours.soon, done: colours.quiet }[feature.get("tone") as string] ?? colours.accent;
  const dot = new Circle({
    radius: feature === chosen ? 9 : 6.5,
    fill: new Fill({ color: colour }),
    stroke: new Stroke({ color: colours.card, width: 2 }),
  });
  if (!feature.get("urgent")) return [new Style({ image: dot })];
  const ring = new Circle({ radius: 11, stroke: new Stroke({ color: colours.late, width: 2.5 }) });
  return [new Style({ image: ring }), new Style({ image: dot })];
}

/** The look of a feature of a layer. */
export function styleOf(layer: string, feature: FeatureLike, resolution: number, look: Look): Style | Style[] | undefined {
  switch (layer) {
    case "cells":
      return cell(feature, look);
    case "grids":
      return outline(feature, resolution, look);
    case "villages":
      return new Style({ stroke: new Stroke({ color: look.colours.ink, width: 2.5 }) });
    case "blind":
      return spot(feature, look);
    case "places":
      return place(feature, look);
    case "reports":
      return report(feature, look);
    default:
      return undefined;
  }
}
