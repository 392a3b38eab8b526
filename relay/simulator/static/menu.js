// What can be done with one message: react, reply, pass on, edit, delete.
import { editText, replyTo } from "./composer.js";
import * as sheet from "./sheet.js";
import { act, make, post, words } from "./wire.js";

const SIGNS = ["👍", "❤️", "😂", "😮", "🙏"];
const FORWARDED = ["text", "image", "video", "audio", "document", "sticker"];

function react(message, emoji) {
  act("/react", post({ message_id: message.id, emoji }));
}

function signs(message) {
  const line = make("div", "signs");
  for (const sign of SIGNS) line.append(sheet.row(sign, "", () => react(message, sign)));
  return line;
}

export function openMenu(message) {
  const content = [signs(message)];
  if (message.reaction) content.push(sheet.row(words.unreact, "", () => react(message, "")));
  content.push(sheet.row("↩ " + words.reply, "", () => replyTo(message)));
  if (FORWARDED.includes(message.type)) {
    content.push(sheet.row("↪ " + words.forward, "", () => act("/forward", post({ message_id: message.id }))));
  }
  const own = message.from === "phone" && message.type !== "deleted";
  if (own && message.type === "text") content.push(sheet.row("✎ " + words.edit, "", () => editText(message)));
  if (own) content.push(sheet.row("🗑 " + words.delete, "", () => act("/revoke", post({ message_id: message.id }))));
  sheet.open(words.menu, ...content);
}
