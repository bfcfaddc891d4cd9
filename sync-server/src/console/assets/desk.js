// The desk's own work: pictures sent by tus and resumed, who has a report open, two pictures compared, faces blurred by hand, lines picked
// by key. Part of the console's one script.

const csrfOf = () => document.querySelector('input[name="csrf"]')?.value ?? "";
const wait = (ms) => new Promise((done) => setTimeout(done, ms));

// --- SHA-256. A township's server often speaks plain HTTP in its own house, where browsers give pages no cryptography.
const ROUND = (() => {
  const found = [];
  const roots = [];
  const part = (x) => ((x - Math.floor(x)) * 2 ** 32) | 0;
  for (let n = 2; found.length < 64; n += 1) {
    let isPrime = true;
    for (let d = 2; d * d <= n; d += 1) if (n % d === 0) isPrime = false;
    if (!isPrime) continue;
    if (roots.length < 8) roots.push(part(Math.sqrt(n)));
    found.push(part(Math.cbrt(n)));
  }
  return { constants: found, start: roots };
})();

function sha256(bytes) {
  const { constants, start } = ROUND;
  const bits = bytes.length * 8;
  const padded = new Uint8Array(((bytes.length + 9 + 63) >> 6) << 6);
  padded.set(bytes);
  padded[bytes.length] = 0x80;
  const view = new DataView(padded.buffer);
  view.setUint32(padded.length - 8, Math.floor(bits / 2 ** 32));
  view.setUint32(padded.length - 4, bits >>> 0);
  const state = [...start];
  const words = new Int32Array(64);
  const turn = (x, n) => (x >>> n) | (x << (32 - n));
  for (let offset = 0; offset < padded.length; offset += 64) {
    for (let i = 0; i < 16; i += 1) words[i] = view.getInt32(offset + 4 * i);
    for (let i = 16; i < 64; i += 1) {
      const low = turn(words[i - 15], 7) ^ turn(words[i - 15], 18) ^ (words[i - 15] >>> 3);
      const high = turn(words[i - 2], 17) ^ turn(words[i - 2], 19) ^ (words[i - 2] >>> 10);
      words[i] = words[i - 16] + low + words[i - 7] + high;
    }
    let [a, b, c, d, e, f, g, h] = state;
    for (let i = 0; i < 64; i += 1) {
      const one = turn(e, 6) ^ turn(e, 11) ^ turn(e, 25);
      const first = (h + one + ((e & f) ^ (~e & g)) + constants[i] + words[i]) | 0;
      const two = turn(a, 2) ^ turn(a, 13) ^ turn(a, 22);
      const second = (two + ((a & b) ^ (a & c) ^ (b & c))) | 0;
      [h, g, f, e, d, c, b, a] = [g, f, e, (d + first) | 0, c, b, a, (first + second) | 0];
    }
    [a, b, c, d, e, f, g, h].forEach((value, i) => (state[i] = (state[i] + value) | 0));
  }
  return state.map((value) => (value >>> 0).toString(16).padStart(8, "0")).join("");
}

// --- Pictures: made small and free of what the camera wrote into them, then sent by tus in pieces; a cut goes on where it was.
const PIECE_BYTES = 256 * 1024;
const LONG_SIDE = 1600;
const THUMBNAIL_SIDE = 320;

async function scaled(bitmap, side) {
  const scale = Math.min(1, side / Math.max(bitmap.width, bitmap.height));
  const canvas = document.createElement("canvas");
  canvas.width = Math.max(1, Math.round(bitmap.width * scale));
  canvas.height = Math.max(1, Math.round(bitmap.height * scale));
  canvas.getContext("2d").drawImage(bitmap, 0, 0, canvas.width, canvas.height);
  const blob = await new Promise((done) => canvas.toBlob(done, "image/jpeg", 0.82));
  const bytes = new Uint8Array(await blob.arrayBuffer());
  return { bytes, hash: sha256(bytes), width: canvas.width, height: canvas.height };
}

function tus(method, at, headers, body) {
  const all = { "tus-resumable": "1.0.0", "x-xunge-csrf": csrfOf(), ...headers };
  return fetch(at, { method, headers: all, body, credentials: "same-origin" });
}

async function send(report, picture, told) {
  const plain = { report, sha256: picture.hash, kind: "picture" };
  const meta = Object.entries(plain).map(([key, value]) => `${key} ${btoa(value)}`);
  let at = null;
  let offset = 0;
  for (let tries = 0; offset < picture.bytes.length || at === null; ) {
    try {
      if (at === null) {
        const made = await tus("POST", "/v1/uploads", {
          "upload-length": String(picture.bytes.length),
          "upload-metadata": meta.join(","),
        });
        if (made.status !== 201) throw new Error(`${made.status}`, { cause: "final" });
        at = made.headers.get("location");
        offset = Number(made.headers.get("upload-offset") ?? 0);
        continue;
      }
      const piece = picture.bytes.subarray(offset, offset + PIECE_BYTES);
      const type = "application/offset+octet-stream";
      const sent = await tus("PATCH", at, { "upload-offset": String(offset), "content-type": type }, piece);
      if (sent.status !== 204) {
        if (sent.status !== 409 && sent.status < 500) throw new Error(`${sent.status}`, { cause: "final" });
        throw new Error("again");
      }
      offset = Number(sent.headers.get("upload-offset"));
      tries = 0;
      told(offset / picture.bytes.length);
    } catch (error) {
      tries += 1;
      if (error.cause === "final" || tries > 60) throw error;
      told(null);
      await wait(Math.min(15000, 500 * 2 ** tries));
      if (at !== null) {
        const stands = await tus("HEAD", at, {}).catch(() => null);
        if (stands?.ok) offset = Number(stands.headers.get("upload-offset"));
        else if (stands?.status === 404) at = null;
      }
    }
  }
}

const upload = document.getElementById("upload");
if (upload) {
  upload.hidden = false;
  const said = document.getElementById("upload-said");
  upload.addEventListener("submit", async (event) => {
    event.preventDefault();
    event.stopImmediatePropagation();
    if (upload.dataset.busy) return;
    upload.dataset.busy = "1";
    const files = [...document.getElementById("upload-files").files];
    const add = (name, value) => {
      const field = document.createElement("input");
      field.type = "hidden";
      field.name = name;
      field.value = value;
      upload.append(field);
    };
    try {
      for (const [place, file] of files.entries()) {
        const bitmap = await createImageBitmap(file);
        const small = await scaled(bitmap, THUMBNAIL_SIDE);
        const full = await scaled(bitmap, LONG_SIDE);
        const told = (share) => {
          const percent = Math.round(((place + (share ?? 0)) / files.length) * 100);
          said.textContent = share === null ? upload.dataset.again : upload.dataset.wait.replace("{n}", percent);
        };
        await send(upload.dataset.report, small, () => {});
        await send(upload.dataset.report, full, told);
        add("blob", full.hash);
        add(`thumbnail.${full.hash}`, small.hash);
        add(`size.${full.hash}`, full.bytes.length);
        add(`width.${full.hash}`, full.width);
        add(`height.${full.hash}`, full.height);
      }
      upload.submit();
    } catch (error) {
      said.textContent = upload.dataset.wrong.replace("{x}", error.message);
      delete upload.dataset.busy;
    }
  });
}

// --- Who has it open.
if (page === "report" && csrfOf()) {
  const at = `/console/reports/${document.body.dataset.id}/attend`;
  const form = (more) => new URLSearchParams({ csrf: csrfOf(), ...more });
  const attend = async () => {
    if (document.hidden) return;
    const answer = await fetch(at, { method: "POST", body: form({}), credentials: "same-origin" }).catch(() => null);
    if (!answer?.ok) return;
    const { handled_by: other } = await answer.json();
    const shown = document.getElementById("handled");
    if (other && !shown) say(other);
  };
  setInterval(attend, 30000);
  window.addEventListener("pagehide", () => navigator.sendBeacon(at, form({ leave: "1" })));
}

// Who has what open is no news of a report: the queue asks for it now and then.
if (page === "queue" && live) {
  setInterval(() => {
    if (!document.hidden && Date.now() - touched < QUIET_MS) soon();
  }, 30000);
}

// --- Two pictures: one slider zooms both, and moving one moves the other.
const zoom = document.getElementById("zoom");
if (zoom) {
  zoom.hidden = false;
  zoom.labels[0].hidden = false;
  const frames = [...document.querySelectorAll(".zoomed")];
  zoom.addEventListener("input", () => {
    for (const frame of frames) frame.style.setProperty("--zoom", zoom.value);
  });
  let isMoving = false;
  for (const frame of frames) {
    frame.addEventListener("scroll", () => {
      if (isMoving) return;
      isMoving = true;
      const x = frame.scrollLeft / Math.max(1, frame.scrollWidth - frame.clientWidth);
      const y = frame.scrollTop / Math.max(1, frame.scrollHeight - frame.clientHeight);
      for (const other of frames.filter((one) => one !== frame)) {
        other.scrollTo(x * (other.scrollWidth - other.clientWidth), y * (other.scrollHeight - other.clientHeight));
      }
      requestAnimationFrame(() => (isMoving = false));
    });
  }
}

// --- Blurring by hand. The picture on the server stays as it is.
const blurred = document.getElementById("blur");
if (blurred) {
  const pen = blurred.getContext("2d");
  const source = new Image();
  const frames = [];
  let open = null;
  const coarse = (frame) => {
    // So coarse that nothing of a face or number can be won back: at most six squares on the shorter side.
    const squares = Math.max(1, Math.min(6, Math.floor(Math.min(frame.w, frame.h) / 8)));
    const tiny = document.createElement("canvas");
    tiny.width = Math.max(1, Math.round((squares * frame.w) / Math.min(frame.w, frame.h)));
    tiny.height = Math.max(1, Math.round((squares * frame.h) / Math.min(frame.w, frame.h)));
    tiny.getContext("2d").drawImage(source, frame.x, frame.y, frame.w, frame.h, 0, 0, tiny.width, tiny.height);
    pen.imageSmoothingEnabled = false;
    pen.drawImage(tiny, frame.x, frame.y, frame.w, frame.h);
    pen.imageSmoothingEnabled = true;
  };
  const draw = () => {
    pen.drawImage(source, 0, 0);
    frames.forEach(coarse);
    if (open) {
      pen.lineWidth = Math.max(2, blurred.width / 300);
      pen.strokeStyle = "#ff5a00";
      pen.strokeRect(open.x, open.y, open.w, open.h);
    }
  };
  const tidy = ({ x, y, w, h }) => {
    const frame = { x: Math.min(x, x + w), y: Math.min(y, y + h), w: Math.abs(w), h: Math.abs(h) };
    frame.x = Math.max(0, Math.min(frame.x, blurred.width - 1));
    frame.y = Math.max(0, Math.min(frame.y, blurred.height - 1));
    frame.w = Math.min(frame.w, blurred.width - frame.x);
    frame.h = Math.min(frame.h, blurred.height - frame.y);
    return frame;
  };
  const keep = () => {
    const frame = open && tidy(open);
    if (frame && frame.w >= 4 && frame.h >= 4) frames.push(frame);
  };
  const placeOf = (event) => {
    const box = blurred.getBoundingClientRect();
    const x = ((event.clientX - box.left) / box.width) * blurred.width;
    const y = ((event.clientY - box.top) / box.height) * blurred.height;
    return { x, y };
  };
  source.addEventListener("load", () => {
    blurred.width = source.naturalWidth;
    blurred.height = source.naturalHeight;
    draw();
    document.getElementById("blur-undo").hidden = false;
    document.getElementById("blur-save").hidden = false;
  });
  source.src = blurred.dataset.src;
  blurred.addEventListener("pointerdown", (event) => {
    blurred.setPointerCapture(event.pointerId);
    open = { ...placeOf(event), w: 0, h: 0 };
  });
  blurred.addEventListener("pointermove", (event) => {
    if (!open || !event.buttons) return;
    const here = placeOf(event);
    Object.assign(open, { w: here.x - open.x, h: here.y - open.y });
    draw();
  });
  blurred.addEventListener("pointerup", () => {
    keep();
    open = null;
    draw();
  });
  blurred.addEventListener("keydown", (event) => {
    const step = blurred.width / 40;
    const moves = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
    const move = moves[event.key];
    if (!move && event.key !== "Enter") return;
    event.preventDefault();
    event.stopPropagation();
    open ??= { x: blurred.width / 2 - step * 2, y: blurred.height / 2 - step * 2, w: step * 4, h: step * 4 };
    if (move && event.shiftKey) Object.assign(open, { w: open.w + move[0] * step, h: open.h + move[1] * step });
    else if (move) Object.assign(open, { x: open.x + move[0] * step, y: open.y + move[1] * step });
    else {
      keep();
      open = null;
    }
    draw();
  });
  document.getElementById("blur-undo").addEventListener("click", () => {
    frames.pop();
    draw();
  });
  document.getElementById("blur-save").addEventListener("click", (event) => {
    open = null;
    draw();
    blurred.toBlob((blob) => {
      const link = document.createElement("a");
      link.href = URL.createObjectURL(blob);
      link.download = event.target.dataset.name;
      link.click();
      URL.revokeObjectURL(link.href);
    }, "image/jpeg", 0.9);
  });
}

// --- To whom many are dispatched is asked only where they are.
const bulk = document.getElementById("bulk-act");
if (bulk) {
  const lead = document.getElementById("bulk-lead");
  const fit = () => {
    lead.hidden = bulk.value !== "dispatch";
    lead.labels[0].hidden = lead.hidden;
  };
  bulk.addEventListener("change", fit);
  fit();
}

// --- Picking lines by key.
document.addEventListener("keydown", (event) => {
  const isFree = !event.ctrlKey && !event.metaKey && !event.altKey && !event.isComposing;
  if (!isFree || !isOn || event.key.toUpperCase() !== "X" || page !== "queue") return;
  if (event.target.matches("input, textarea, select")) return;
  const box = event.target.closest("li.line")?.querySelector('input[name="pick"]');
  if (!box) return;
  box.checked = !box.checked;
  event.preventDefault();
});
