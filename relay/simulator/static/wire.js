// Talking to the simulator: one phone's acts, and the news of its chat.

export const words = JSON.parse(document.body.dataset.words);
export const mediaBase = document.body.dataset.media;

const api = document.body.dataset.api;
const problem = document.getElementById("problem");
let refresh = () => {};

export function whenChanged(callback) {
  refresh = callback;
}

export function complain(text) {
  problem.textContent = text;
  problem.hidden = !text;
}

export async function ask(path, options) {
  const answer = await fetch(api + path, options);
  const body = await answer.json();
  if (!answer.ok) throw new Error(body.error || "HTTP " + answer.status);
  return body;
}

export async function act(path, options) {
  const sending = ask(path, options);
  refresh();  // what was written stands in the chat before the relay has answered
  try {
    const done = await sending;
    complain(done.webhook && !done.webhook.settled ? words.retrying : "");
  } catch (error) {
    complain(error.message);
  }
  refresh();
}

export function post(value) {
  return { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(value) };
}

export function make(tag, className, text) {
  const element = document.createElement(tag);
  if (className) element.className = className;
  if (text) element.textContent = text;
  return element;
}

export function button(className, text, onClick) {
  const element = make("button", className, text);
  element.type = "button";
  element.addEventListener("click", onClick);
  return element;
}
