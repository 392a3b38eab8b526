// Everything that is not typed: files, albums, voice, places, cards, what WhatsApp does not pass on.
import { takeAlong } from "./composer.js";
import * as sheet from "./sheet.js";
import { act, complain, post, words } from "./wire.js";

const file = document.getElementById("file");
const record = document.getElementById("record");
const ANY = file.accept;
let recorder = null;

function choose(accept, kind, multiple) {
  Object.assign(file, { accept, multiple });
  file.dataset.kind = kind;
  file.click();
}

function sendOne(chosen, kind) {
  const query = new URLSearchParams({ filename: chosen.name, ...(kind ? { as: kind } : {}), ...takeAlong() });
  const type = chosen.type || "application/octet-stream";
  act("/file?" + query, { method: "POST", headers: { "Content-Type": type }, body: chosen });
}

function inBase64(blob) {
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => resolve(reader.result.split(",")[1] || "");
    reader.onerror = () => reject(reader.error);
    reader.readAsDataURL(blob);
  });
}

async function sendAlbum(chosen) {
  const { caption, ...along } = takeAlong();
  const files = await Promise.all(chosen.map(async (each, at) => (
    { base64: await inBase64(each), mime: each.type, filename: each.name, caption: at ? "" : caption })));
  act("/album", post({ files, ...along }));
}

function place() {
  const fields = [
    ["latitude", words.latitude, "25.7464", "number"], ["longitude", words.longitude, "82.6837", "number"],
    ["name", words.place_name, ""],
  ];
  sheet.open(words.place, sheet.form(fields, words.send_place, (value) => act("/location", post(value))));
}

function card() {
  const fields = [["name", words.contact_name, ""], ["number", words.contact_number, "", "tel"]];
  sheet.open(words.contact, sheet.form(fields, words.send_contact, (value) => act("/contacts", post(value))));
}

function openSheet() {
  sheet.open(
    words.attach,
    sheet.row("🖼 " + words.photo, "", () => choose("image/*", "image", false)),
    sheet.row("🎬 " + words.video, "", () => choose("video/*", "video", false)),
    sheet.row("🎵 " + words.audio, "", () => choose("audio/*", "audio", false)),
    sheet.row("📄 " + words.document, "", () => choose("", "document", false)),
    sheet.row("🗂 " + words.album, "", () => choose("image/*,video/*", "", true)),
    sheet.row("📍 " + words.place, "", place),
    sheet.row("👤 " + words.contact, "", card),
    sheet.row("① " + words.view_once, "", () => act("/unsupported", post({ kind: "view_once" }))),
    sheet.row("📊 " + words.poll, "", () => act("/unsupported", post({ kind: "poll_creation" }))),
    sheet.row("🙂 " + words.sticker, "", () => choose("image/webp", "sticker", false)),
  );
}

async function startRecording() {
  const stream = await navigator.mediaDevices.getUserMedia({ audio: true });
  // WhatsApp sends Ogg. Browsers that cannot write it give WebM, which the simulator puts into Ogg.
  const ogg = "audio/ogg;codecs=opus";
  recorder = new MediaRecorder(stream, { mimeType: MediaRecorder.isTypeSupported(ogg) ? ogg : "audio/webm;codecs=opus" });
  const parts = [];
  recorder.ondataavailable = (event) => parts.push(event.data);
  recorder.onstop = () => {
    for (const track of stream.getTracks()) track.stop();
    const { caption, ...along } = takeAlong();
    const type = recorder.mimeType.split(";")[0];
    const query = new URLSearchParams({ as: "voice", ...along });
    recorder = null;
    document.getElementById("text").value = caption;  // a voice note has none: what was typed stays
    act("/file?" + query, { method: "POST", headers: { "Content-Type": type }, body: new Blob(parts) });
  };
  recorder.start();
}

function showRecording(on) {
  record.textContent = on ? "■" : "🎤";
  record.classList.toggle("on", on);
  record.setAttribute("aria-label", on ? words.stop_recording : words.record);
}

async function toggleRecording() {
  if (recorder) {
    recorder.stop();
    showRecording(false);
    return;
  }
  try {
    await startRecording();
    showRecording(true);
  } catch (error) {
    complain(words.no_microphone + error.message);
  }
}

export function start() {
  document.getElementById("attach").addEventListener("click", openSheet);
  record.addEventListener("click", toggleRecording);
  file.addEventListener("change", () => {
    const chosen = [...file.files];
    const kind = file.dataset.kind || "";
    file.value = file.dataset.kind = "";
    Object.assign(file, { accept: ANY, multiple: true });
    if (chosen.length > 1) sendAlbum(chosen);
    else if (chosen.length) sendOne(chosen[0], kind);
  });
}
