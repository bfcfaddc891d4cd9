// Every page that somebody can reach by links from the first one, each kind of page once.

/** A page's kind: its path with names and codes taken out, and the names of what its query says. */
export function kindOf(href) {
  const url = new URL(href);
  const path = url.pathname
    .replace(/(\/keep\/people\/)[^/]+/, "$1*")
    .split("/")
    .map((part) => (/^[0-9a-f-]{32,}$/.test(part) || /\d{4}/.test(part) ? "*" : part))
    .join("/");
  const asked = [...new Set(url.searchParams.keys())].sort().join("&");
  return asked ? `${path}?${asked}` : path;
}

// Not pages: streams, files, and what ends the session.
const NO_PAGE = /\/console\/(events|assets|language|logout|export|map\/|keep\/map|coverage\/file)|\/v1\/|\.(csv|xlsx|zip|json|geojson|png|svg)(\?|$)/;

/** How many questions of one page are looked at. */
const QUESTIONS = 3;

/** Walks every kind of page; `see(page, kind)` is called on each with the page open. */
export async function walk(desk, see, pages_max = 110) {
  const first = `${desk.base}/console`;
  const seen = new Set([kindOf(first)]);
  const queue = [first];
  let count = 0;
  // The same page with another question looks the same: three questions of each are enough.
  const asked = new Map();
  while (queue.length && count < pages_max) {
    const href = queue.shift();
    const answer = await desk.page.goto(href);
    if (!(answer.headers()["content-type"] ?? "").startsWith("text/html")) continue;
    await desk.page.waitForLoadState("load");
    count += 1;
    await see(href, answer.status());
    for (const link of await desk.page.locator("a[href]").evaluateAll((all) => all.map((a) => a.href))) {
      const url = new URL(link);
      url.hash = "";
      if (url.origin !== desk.base || NO_PAGE.test(url.pathname + url.search)) continue;
      const kind = kindOf(url.href);
      const path = kind.split("?")[0];
      if (!seen.has(kind) && (asked.get(path) ?? 0) < QUESTIONS) {
        asked.set(path, (asked.get(path) ?? 0) + 1);
        seen.add(kind);
        queue.push(url.href);
      }
    }
  }
  return count;
}
