// What opens from below: a list to choose from, a form to fill in.
import { button, make } from "./wire.js";

const sheet = document.getElementById("sheet");
const title = document.getElementById("sheet-title");
const rows = document.getElementById("sheet-rows");

export function open(heading, ...content) {
  title.textContent = heading;
  rows.replaceChildren(...content);
  sheet.showModal();
}

export function row(text, note, onClick) {
  const element = button("row", text, () => {
    sheet.close();
    onClick();
  });
  if (note) element.append(make("small", "", note));
  return element;
}

// fields: [name, label, value, type]; onDone gets an object of them.
export function form(fields, label, onDone) {
  const element = make("form", "fields");
  for (const [name, text, value, type] of fields) {
    const field = make("label", "", text);
    const input = make("input");
    Object.assign(input, { name, value, type: type || "text", step: "any" });
    field.append(input);
    element.append(field);
  }
  element.append(make("button", "", label));
  element.addEventListener("submit", (event) => {
    event.preventDefault();
    sheet.close();
    onDone(Object.fromEntries(new FormData(element)));
  });
  return element;
}

document.getElementById("sheet-close").addEventListener("click", () => sheet.close());
sheet.addEventListener("click", (event) => {
  if (event.target === sheet) sheet.close();
});
