// --- A large export shows how far it is and can be cancelled. Without this the browser's own download does the same without a count.
const running = document.getElementById("export-progress");
for (const form of document.querySelectorAll("form[data-export]")) {
  form.addEventListener("submit", async (event) => {
    if (Number(running.dataset.count) < Number(running.dataset.large) || !window.fetch) return;
    event.preventDefault();
    const job = crypto.getRandomValues(new Uint8Array(16)).reduce((text, byte) => text + byte.toString(16).padStart(2, "0"), "");
    const fields = new URLSearchParams(new FormData(form, event.submitter));
    fields.set("job", job);
    const stop = new AbortController();
    const bar = running.querySelector("progress");
    const said = running.querySelector("p");
    running.hidden = false;
    running.querySelector("button").onclick = () => stop.abort();
    const look = setInterval(async () => {
      const answer = await fetch(`/console/export/progress?job=${job}`).catch(() => null);
      if (!answer?.ok) return;
      const { written, total } = await answer.json();
      bar.max = Math.max(total, 1);
      bar.value = written;
      said.textContent = running.dataset.running.replace("{n}", written).replace("{m}", total);
    }, 500);
    try {
      const isPost = form.method === "post";
      const address = isPost ? form.action : `${form.action}?${fields}`;
      const answer = await fetch(address, { method: form.method, body: isPost ? fields : undefined, signal: stop.signal });
      if (!answer.ok) throw new Error(answer.status);
      const file = await answer.blob();
      const link = document.createElement("a");
      link.href = URL.createObjectURL(file);
      link.download = /filename="([^"]+)"/.exec(answer.headers.get("content-disposition") ?? "")?.[1] ?? "xunge";
      link.click();
      setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
      bar.value = bar.max;
      said.textContent = running.dataset.ready;
    } catch (error) {
      said.textContent = error.name === "AbortError" ? running.dataset.cancelled : running.dataset.failed;
    } finally {
      clearInterval(look);
    }
  });
}
