/* Enhancements only: every page works without this file. */
(function () {
  "use strict";
  var IDLE_MS = 15 * 60 * 1000, PULSE_MS = 20 * 1000;
  var body = document.body, lastTouched = Date.now(), leaving = false;

  function all(selector) { return Array.prototype.slice.call(document.querySelectorAll(selector)); }
  function typing(target) { return /^(INPUT|SELECT|TEXTAREA|BUTTON|SUMMARY|VIDEO|AUDIO)$/.test(target.tagName); }

  /* A shared PC: after 15 minutes without a touch the page gives way to the sign-in, which knows the place. */
  ["keydown", "pointerdown", "scroll"].forEach(function (name) {
    window.addEventListener(name, function () { lastTouched = Date.now(); }, { passive: true });
  });
  function lockWhenIdle() {
    if (body.dataset.lock && Date.now() - lastTouched > IDLE_MS && !leaving) {
      leaving = true;
      window.location.replace(body.dataset.lock);
    }
  }
  setInterval(lockWhenIdle, 5000);
  document.addEventListener("visibilitychange", lockWhenIdle);

  /* j, k and Enter walk the list; "/" goes to the filters, u back to the list. */
  var here = -1;
  function rows() { return all("tr[data-case]"); }
  function walk(step) {
    var list = rows();
    if (!list.length) { return; }
    list.forEach(function (row) { row.classList.remove("here"); });
    here = Math.max(0, Math.min(list.length - 1, here + step));
    list[here].classList.add("here");
    list[here].querySelector("a").focus();
  }
  document.addEventListener("keydown", function (event) {
    if (event.ctrlKey || event.altKey || event.metaKey || typing(event.target)) { return; }
    if (event.key === "j") { walk(1); }
    else if (event.key === "k") { walk(-1); }
    else if (event.key === "/") {
      var filter = document.querySelector(".filters select");
      if (filter) { event.preventDefault(); filter.focus(); }
    } else if (event.key === "u") {
      var up = document.querySelector("[data-up]");
      if (up) { up.click(); }
    }
  });
  document.addEventListener("focusin", function (event) {
    var row = event.target.closest ? event.target.closest("tr[data-case]") : null;
    if (!row) { return; }
    rows().forEach(function (other, at) {
      other.classList.toggle("here", other === row);
      if (other === row) { here = at; }
    });
  });
  document.addEventListener("htmx:afterSwap", function () { here = -1; });
  document.addEventListener("htmx:configRequest", function (event) {
    var wanted = event.detail.parameters;
    Object.keys(wanted).forEach(function (name) { if (wanted[name] === "") { delete wanted[name]; } });
  });
  document.addEventListener("htmx:pushedIntoHistory", function () {
    var place = window.location.pathname + window.location.search;
    body.dataset.lock = body.dataset.lock.split("?")[0] + "?next=" + encodeURIComponent(place);
    document.getElementById("fresh").href = place;
  });

  /* A brief: how long it is, and how the officer's phone will show it. */
  all("textarea[data-count]").forEach(function (field) {
    var counter = document.getElementById(field.dataset.count);
    function tell() {
      counter.textContent = field.value.length + " / " + field.maxLength;
      all(field.dataset.preview).forEach(function (seen) {
        var words = field.value.trim();
        seen.textContent = words ? seen.dataset.with.split("{brief}").join(words) : seen.dataset.without;
      });
    }
    field.addEventListener("input", tell);
    tell();
  });

  /* One press, one act: the server refuses the second too, this only spares the question. */
  document.addEventListener("submit", function (event) {
    if (event.target.method !== "post" || "stays" in event.target.dataset) { return; }
    setTimeout(function () {
      all("button").forEach(function (button) { button.disabled = event.target.contains(button); });
    }, 0);
  });
  window.addEventListener("pageshow", function (event) {
    if (event.persisted) { window.location.reload(); }
  });

  /* Something new? A few bytes tell; whether somebody touched the page since tells the server who is still there. */
  var tag = "", title = document.title, notice = document.getElementById("fresh"), told = Date.now();
  function pulse() {
    if (leaving || Date.now() - lastTouched > IDLE_MS) { return; }
    var address = body.dataset.pulse + (lastTouched > told ? "?here=1" : "");
    told = Date.now();
    fetch(address, { credentials: "same-origin", headers: tag ? { "If-None-Match": tag } : {} })
      .then(function (answer) {
        if (answer.status === 401) { leaving = true; window.location.replace(body.dataset.lock); }
        if (answer.status !== 200) { return; }
        var seen = answer.headers.get("ETag");
        if (tag && seen !== tag && notice) { notice.hidden = false; document.title = "● " + title; }
        tag = seen || tag;
      })
      .catch(function () { /* the box is restarting: the next round asks again */ });
  }
  if (body.dataset.pulse) { pulse(); setInterval(pulse, PULSE_MS); }
})();
