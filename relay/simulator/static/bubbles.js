// One message on the screen.
import { openMenu } from "./menu.js";
import * as sheet from "./sheet.js";
import { act, button, make, mediaBase, post, words } from "./wire.js";

const ICONS = { location: "📍 ", contacts: "👤 ", unsupported: "⚠ " };
const KINDS = { view_once: words.view_once, poll_creation: words.poll };
const TICKS = { waiting: "🕓", sent: "✓", delivered: "✓✓", read: "✓✓" };

// WhatsApp sets *words between stars* in bold.
function written(text) {
  const paragraph = make("p");
  text.split(/\*([^*\n]+)\*/).forEach((part, at) => paragraph.append(at % 2 ? make("b", "", part) : part));
  return paragraph;
}

function tap(message, option) {
  act("/tap", post({ id: option.id, message_id: message.id }));
}

function openList(message) {
  const content = [];
  let section = "";
  for (const option of message.options) {
    if (option.section && option.section !== section) content.push(make("h3", "", option.section));
    section = option.section;
    content.push(sheet.row(option.title, option.description, () => tap(message, option)));
  }
  sheet.open(message.list_label, ...content);
}

function picture(message, onLoaded) {
  const source = mediaBase + message.media_id;
  const family = message.mime.split("/")[0];
  if (family === "image") {
    const image = make("img", message.type === "sticker" ? "sticker" : "");
    image.src = source;
    image.alt = message.filename || words.photo;
    image.addEventListener("load", onLoaded);  // only now it takes its room
    return image;
  }
  if (family === "audio" || family === "video") {
    const player = make(family);
    player.controls = true;
    player.preload = "metadata";
    player.src = source;
    player.addEventListener("loadedmetadata", onLoaded);
    return player;
  }
  const link = make("a", "kind", "📄 " + (message.filename || message.mime));
  Object.assign(link, { href: source, target: "_blank", rel: "noopener" });
  return link;
}

function mark(message) {
  const time = make("time");
  if (message.edited) time.append(words.edited + " · ");
  if (message.from === "phone") time.append(make("span", "ticks " + message.status, TICKS[message.status]), " ");
  time.append(new Date(message.at * 1000).toLocaleTimeString("en-IN", { hour: "2-digit", minute: "2-digit" }));
  return time;
}

function bubble(message, onLoaded) {
  const inside = make("div", "bubble");
  const menu = button("more", "⌄", () => openMenu(message));
  menu.setAttribute("aria-label", words.menu);
  inside.append(menu);
  if (message.forwarded) inside.append(make("div", "passed", "↪ " + words.forwarded));
  if (message.quote) inside.append(make("blockquote", "", message.quote));
  if (message.media_id) inside.append(picture(message, onLoaded));
  if (message.header) inside.append(make("h3", "", message.header));
  const lead = message.type === "unsupported" ? ICONS.unsupported + words.cannot_pass_on : ICONS[message.type] || "";
  const text = message.type === "deleted" ? "🚫 " + words.deleted
    : message.type === "unsupported" ? KINDS[message.text] || message.text || "?" : message.text;
  if (text) inside.append(written(lead + text));
  if (message.footer) inside.append(make("div", "foot", message.footer));
  inside.append(mark(message));
  if (message.reaction) inside.append(make("span", "reaction", message.reaction));
  return inside;
}

// What makes it look different: ticks may change without touching the rest, a player would stop playing.
function looks(message) {
  return JSON.stringify([message.type, message.text, message.reaction, message.media_id]);
}

export function draw(message, onLoaded) {
  if (message.from === "system") {
    const note = make("div", "note", message.text);
    note.id = "m" + message.n;
    return note;
  }
  const whole = make("article", "message " + (message.from === "phone" ? "own" : ""));
  whole.id = "m" + message.n;
  whole.dataset.looks = looks(message);
  whole.append(bubble(message, onLoaded));
  if (message.list_label) {
    whole.append(button("choice", "☰ " + message.list_label, () => openList(message)));
  } else {
    for (const option of message.options) whole.append(button("choice", option.title, () => tap(message, option)));
  }
  return whole;
}

export function redraw(element, message, onLoaded) {
  const time = element.querySelector("time");
  if (time && element.dataset.looks === looks(message)) time.replaceWith(mark(message));
  else element.replaceWith(draw(message, onLoaded));
}
