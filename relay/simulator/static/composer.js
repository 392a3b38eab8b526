// What the person is about to send: text, an answer to a message, an edit.
import { act, post, words } from "./wire.js";

const box = document.getElementById("text");
const about = document.getElementById("about");
let replied = null;
let edited = null;

function tell(lead, message) {
  about.firstElementChild.textContent = message ? lead + (message.text || message.type) : "";
  about.hidden = !message;
}

function forget() {
  replied = edited = null;
  tell("", null);
}

export function replyTo(message) {
  forget();
  replied = message;
  tell(words.replying, message);
  box.focus();
}

export function editText(message) {
  forget();
  edited = message;
  tell(words.editing, message);
  box.value = message.text;
  box.focus();
}

// What stands in the box becomes the caption of a file; the quote goes along.
export function takeAlong() {
  const taken = { caption: box.value.trim() };
  if (replied) taken.reply_to = replied.id;
  box.value = "";
  forget();
  return taken;
}

function send() {
  const body = box.value.trim();
  if (!body) return;
  const [path, value] = edited
    ? ["/edit", { message_id: edited.id, body }]
    : ["/text", replied ? { body, reply_to: replied.id } : { body }];
  box.value = "";
  forget();
  act(path, post(value));
}

export function start() {
  document.getElementById("composer").addEventListener("submit", (event) => {
    event.preventDefault();
    send();
  });
  document.getElementById("forget").addEventListener("click", forget);
  box.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
      event.preventDefault();
      send();
    }
  });
}
