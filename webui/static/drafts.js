/* What is typed into a long form is kept at the box every few seconds: a power cut costs no words. */
(function () {
  "use strict";
  /* A pause in typing saves; who never pauses is saved every few seconds. */
  var PAUSE_MS = 600, EVERY_MS = 4000, address = document.body.dataset.drafts;

  function watch(form) {
    var said = form.querySelector("[data-kept]"), dirty = false, busy = false, pause = 0;
    function content() {
      var data = new FormData(form);
      data.set("draft", form.dataset.draft);
      return data;
    }
    function keep() {
      if (!dirty || busy) { return; }
      dirty = false;
      busy = true;
      fetch(address, { method: "POST", credentials: "same-origin", body: content() })
        .then(function (answer) {
          if (!answer.ok) { throw new Error(String(answer.status)); }
          return answer.text();
        })
        .then(function (words) { busy = false; if (said) { said.textContent = words; } })
        .catch(function () {
          busy = false;
          dirty = true;
          if (said) { said.textContent = said.dataset.failed; }
        });
    }
    form.addEventListener("input", function () {
      dirty = true;
      clearTimeout(pause);
      pause = setTimeout(keep, PAUSE_MS);
    });
    /* Not on the way to the button that sends it: the draft could arrive after the form, and stay. */
    form.addEventListener("focusout", function (event) {
      var next = event.relatedTarget;
      clearTimeout(pause);
      if (!next || next.form !== form || next.type !== "submit") { keep(); }
    });
    form.addEventListener("submit", function () { dirty = false; busy = !("stays" in form.dataset); });
    setInterval(keep, EVERY_MS);
    window.addEventListener("pagehide", function () {
      if (dirty && navigator.sendBeacon) { navigator.sendBeacon(address, content()); }
    });
  }
  if (address) { Array.prototype.slice.call(document.querySelectorAll("form[data-draft]")).forEach(watch); }
})();
