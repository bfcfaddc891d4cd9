// The page's own colours, read from its style, so that light and dark hold on the map too.

const NAMES = [
  "ground", "card", "ink", "quiet", "line", "field", "accent", "late", "soon", "good",
  "map-seen", "map-unknown", "map-unseen", "map-excluded", "map-blind",
  "map-age-0", "map-age-1", "map-age-2", "map-age-3", "map-age-4",
] as const;

export type Colour = (typeof NAMES)[number];
export type Palette = Record<Colour, string>;

export function palette(place: HTMLElement): Palette {
  const style = getComputedStyle(place);
  return Object.fromEntries(NAMES.map((name) => [name, style.getPropertyValue(`--${name}`).trim() || "#888"])) as Palette;
}
