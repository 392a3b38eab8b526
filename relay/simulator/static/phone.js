// The chat of one simulated phone: shows what came, and who the phone is at present.
import * as attach from "./attach.js";
import { draw, redraw } from "./bubbles.js";
import * as composer from "./composer.js";
import * as sheet from "./sheet.js";
import { act, ask, complain, post, whenChanged, words } from "./wire.js";

const chat = document.getElementById("chat");
const presence = document.getElementById("presence");
const business = presence.textContent;
const POLL_MS = 300;
const NEAR_PX = 120;

let revision = 0;
let polling = false;
let following = true;  // the end of the chat is in view, and stays there until somebody scrolls up
let scrolledTo = 0;
let phone = { identity: "both", offline: false };

function toEnd() {
  if (following) chat.scrollTop = chat.scrollHeight;
}

// Pictures that take their room later move the end away too: only scrolling up means that somebody reads there.
function scrolled() {
  if (chat.scrollHeight - chat.scrollTop - chat.clientHeight < NEAR_PX) following = true;
  else if (chat.scrollTop < scrolledTo) following = false;
  scrolledTo = chat.scrollTop;
}

function show(messages) {
  for (const message of messages) {
    const old = document.getElementById("m" + message.n);
    if (old) {
      redraw(old, message, toEnd);
      continue;
    }
    following = following || message.from === "phone";
    chat.append(draw(message, toEnd));
  }
  if (messages.length) toEnd();
}

function showPhone(about) {
  phone = about;
  document.getElementById("own-number").textContent = (phone.identity === "bsuid" ? "@ " : "+") + phone.number;
  document.getElementById("offline").hidden = !phone.offline;
}

async function poll() {
  if (polling) return;
  polling = true;
  try {
    const news = await ask("/messages?all=1&since=" + revision);
    revision = news.revision;
    show(news.messages);
    showPhone(news.phone);
    presence.textContent = news.typing ? words.typing : business;
  } catch (error) {
    complain(words.no_answer + error.message);
  }
  polling = false;
}

// The number may have changed since the page was loaded.
function otherLines() {
  const forms = [...document.getElementById("other-lines").content.cloneNode(true).children];
  for (const form of forms) form.elements.number.value = phone.number;
  return forms;
}

function openSettings() {
  const named = phone.identity === "bsuid";
  const plane = phone.offline ? words.airplane_off : words.airplane_on;
  sheet.open(
    words.settings,
    sheet.row("✈ " + plane, "", () => act("/airplane", post({ on: !phone.offline }))),
    sheet.row("@ " + (named ? words.username_off : words.username_on), "", () => (
      act("/identity", post({ identity: named ? "both" : "bsuid" })))),
    ...otherLines(),
    sheet.form([["number", words.new_number, "", "tel"]], words.change_number, (value) => act("/number", post(value))),
  );
}

chat.addEventListener("scroll", scrolled);
document.getElementById("settings").addEventListener("click", openSettings);
composer.start();
attach.start();
whenChanged(poll);
poll();
setInterval(poll, POLL_MS);
document.getElementById("text").disabled = false;  // what is typed before anybody listens would be lost
