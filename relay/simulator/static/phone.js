// The chat of one simulated phone: shows what came, sends what is typed, tapped or attached.
"use strict";

const api = document.body.dataset.api;
const mediaBase = document.body.dataset.media;
const chat = document.getElementById("chat");
const presence = document.getElementById("presence");
const problem = document.getElementById("problem");
const composer = document.getElementById("composer");
const box = document.getElementById("text");
const file = document.getElementById("file");
const sheet = document.getElementById("sheet");
const number = presence.textContent;
const POLL_MS = 700;

let revision = 0;
let polling = false;
let following = true;  // the end of the chat is in view, and stays there

function toEnd() {
  if (following) chat.scrollTop = chat.scrollHeight;
}

function make(tag, className, text) {
  const element = document.createElement(tag);
  if (className) element.className = className;
  if (text) element.textContent = text;
  return element;
}

// WhatsApp sets *words between stars* in bold.
function written(text) {
  const paragraph = make("p");
  text.split(/\*([^*\n]+)\*/).forEach((part, at) => paragraph.append(at % 2 ? make("b", "", part) : part));
  return paragraph;
}

function complain(text) {
  problem.textContent = text;
  problem.hidden = !text;
}

async function ask(path, options) {
  const answer = await fetch(api + path, options);
  const body = await answer.json();
  if (!answer.ok) throw new Error(body.error || "HTTP " + answer.status);
  return body;
}

async function act(path, options) {
  const sending = ask(path, options);
  poll();  // what was written stands in the chat before the relay has answered
  try {
    const done = await sending;
    const slow = done.webhook && !done.webhook.settled;
    complain(slow ? "Not delivered yet: the webhook does not answer. Retrying." : "");
  } catch (error) {
    complain(error.message);
  }
  poll();
}

function post(value) {
  return { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(value) };
}

function tap(message, option) {
  sheet.close();
  act("/tap", post({ id: option.id, message_id: message.id }));
}

function choice(label, onClick) {
  const button = make("button", "choice", label);
  button.type = "button";
  button.addEventListener("click", onClick);
  return button;
}

function openList(message) {
  document.getElementById("sheet-title").textContent = message.list_label;
  const rows = document.getElementById("sheet-rows");
  rows.replaceChildren();
  let section = "";
  for (const option of message.options) {
    if (option.section && option.section !== section) rows.append(make("h3", "", option.section));
    section = option.section;
    const row = make("button", "row", option.title);
    row.type = "button";
    if (option.description) row.append(make("small", "", option.description));
    row.addEventListener("click", () => tap(message, option));
    rows.append(row);
  }
  sheet.showModal();
}

function picture(message) {
  const source = mediaBase + message.media_id;
  const family = message.mime.split("/")[0];
  if (family === "image") {
    const image = make("img");
    image.src = source;
    image.alt = message.filename || "photo";
    image.addEventListener("load", toEnd);  // only now it takes its room
    return image;
  }
  if (family === "audio" || family === "video") {
    const player = make(family);
    player.controls = true;
    player.src = source;
    return player;
  }
  return make("p", "kind", "📄 " + (message.filename || message.mime));
}

function mark(message) {
  const time = make("time");
  if (message.from === "phone") time.append(make("span", "ticks " + message.status, "✓✓"), " ");
  time.append(new Date(message.at * 1000).toLocaleTimeString("en-IN", { hour: "2-digit", minute: "2-digit" }));
  return time;
}

function bubble(message) {
  const inside = make("div", "bubble");
  if (message.media_id) inside.append(picture(message));
  if (message.header) inside.append(make("h3", "", message.header));
  const icon = { location: "📍 ", contacts: "👤 ", unsupported: "⚠ " }[message.type] || "";
  if (message.text) inside.append(written(icon + message.text));
  if (message.footer) inside.append(make("p", "foot", message.footer));
  inside.append(mark(message));
  return inside;
}

function draw(message) {
  const whole = make("article", "message " + (message.from === "phone" ? "own" : ""));
  whole.id = "m" + message.n;
  whole.append(bubble(message));
  if (message.list_label) {
    whole.append(choice("☰ " + message.list_label, () => openList(message)));
  } else {
    for (const option of message.options) whole.append(choice(option.title, () => tap(message, option)));
  }
  return whole;
}

function show(messages) {
  following = chat.scrollHeight - chat.scrollTop - chat.clientHeight < 120;
  let fresh = false;
  for (const message of messages) {
    const old = document.getElementById("m" + message.n);
    if (old) {
      old.querySelector("time").replaceWith(mark(message));  // only ticks change later
    } else {
      chat.append(draw(message));
      fresh = true;
    }
  }
  if (fresh) toEnd();
}

async function poll() {
  if (polling) return;
  polling = true;
  try {
    const news = await ask("/messages?all=1&since=" + revision);
    revision = news.revision;
    show(news.messages);
    presence.textContent = news.typing ? "typing…" : number;
  } catch (error) {
    complain("The simulator does not answer: " + error.message);
  }
  polling = false;
}

function send() {
  const body = box.value.trim();
  if (!body) return;
  box.value = "";
  act("/text", post({ body }));
}

composer.addEventListener("submit", (event) => {
  event.preventDefault();
  send();
});

box.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
    event.preventDefault();
    send();
  }
});

file.addEventListener("change", () => {
  const chosen = file.files[0];
  if (!chosen) return;
  const query = new URLSearchParams({ filename: chosen.name, caption: box.value.trim() });
  const type = chosen.type || "application/octet-stream";
  box.value = "";
  file.value = "";
  act("/file?" + query, { method: "POST", headers: { "Content-Type": type }, body: chosen });
});

document.getElementById("sheet-close").addEventListener("click", () => sheet.close());
sheet.addEventListener("click", (event) => {
  if (event.target === sheet) sheet.close();
});

poll();
setInterval(poll, POLL_MS);
