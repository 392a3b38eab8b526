/* Enhancements only: every page works without this file. */
(function () {
  "use strict";
  var IDLE_MS = 15 * 60 * 1000, PULSE_MS = 20 * 1000, ASK_MS = 5000, DEAF_MS = 60 * 1000;
  var body = document.body, lastTouched = Date.now(), leaving = false;

  function all(selector) { return Array.prototype.slice.call(document.querySelectorAll(selector)); }
  function typing(target) { return /^(INPUT|SELECT|TEXTAREA|BUTTON|SUMMARY|VIDEO|AUDIO)$/.test(target.tagName); }

  /* A shared PC: the page gives way to the sign-in, which knows the place, once nobody used any page for 15 minutes.
     Only the box knows of the other pages; where it gives no answer, or an error, this one goes by its own clock. */
  ["keydown", "pointerdown", "scroll"].forEach(function (name) {
    window.addEventListener(name, function () { lastTouched = Date.now(); }, { passive: true });
  });
  function idleFor(ms) { return Date.now() - lastTouched > ms; }
  function lock() {
    leaving = true;
    window.location.replace(body.dataset.lock);
  }

  /* u goes back to the list, ? to the help. */
  document.addEventListener("keydown", function (event) {
    if (event.ctrlKey || event.altKey || event.metaKey || typing(event.target)) { return; }
    var goal = event.key === "u" ? "[data-up]" : event.key === "?" && !document.getElementById("keys") ? "[data-help]" : "";
    var link = goal && document.querySelector(goal);
    if (link && !document.querySelector("dialog[open]")) { link.click(); }
  });

  /* The key e leads to the next step of a case: to what one presses there, not only to its sight. */
  if (window.location.hash === "#acts") {
    var step = document.querySelector(".acts details[open] select, .acts details[open] textarea, .acts summary");
    if (step) { step.focus(); }
  }

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

  /* A post without a phone: nobody reads what is shown below, and that is said. */
  all("[data-phones]").forEach(function (seen) {
    var field = document.getElementById(seen.dataset.phones), none = document.getElementById("no-phone");
    function tell() {
      var post = field.querySelector("option:checked");
      seen.hidden = Boolean(post.value) && !("phone" in post.dataset);
      none.hidden = !seen.hidden;
    }
    field.addEventListener("change", tell);
    tell();
  });

  /* One press, one act: the server refuses the second too, this only spares the question. */
  document.addEventListener("submit", function (event) {
    if (event.target.method !== "post" || "stays" in event.target.dataset) { return; }
    setTimeout(function () {
      all("button").forEach(function (button) { button.disabled = event.target.contains(button); });
      if ("saves" in event.target.dataset) { event.target.querySelector("[hidden][role=status]").hidden = false; }
    }, 0);
  });
  window.addEventListener("pageshow", function (event) {
    if (event.persisted) { window.location.reload(); }
  });

  /* Something new? A few bytes tell; whether somebody touched the page since tells the server who is still there. */
  var tag = "", urgent = "0", title = document.title, notice = document.getElementById("fresh"), told = Date.now();
  function pulse() {
    if (leaving) { return; }
    var isHere = lastTouched > told && !idleFor(IDLE_MS);
    told = Date.now();
    fetch(body.dataset.pulse + (isHere ? "?here=1" : ""), { credentials: "same-origin", headers: tag ? { "If-None-Match": tag } : {} })
      .then(function (answer) {
        if (answer.status === 401) { lock(); }
        if (answer.status >= 500) { throw new Error(String(answer.status)); }
        if (answer.status !== 200) { return answer.status === 304 ? urgent : "0"; }
        var seen = answer.headers.get("ETag");
        if (tag && seen !== tag && notice) { notice.hidden = false; document.title = "● " + title; }
        tag = seen || tag;
        return answer.text();
      })
      .then(function (count) {
        urgent = count;
        document.dispatchEvent(new CustomEvent("satark:pulse", { detail: Number(count) || 0 }));
      })
      .catch(function () {
        /* the box is restarting: the next round asks again, and the alarm stays as it was */
        if (idleFor(IDLE_MS + DEAF_MS)) { lock(); }
      });
  }
  function lockWhenIdle() { if (idleFor(IDLE_MS)) { pulse(); } }
  if (body.dataset.pulse) {
    pulse();
    setInterval(pulse, PULSE_MS);
    setInterval(lockWhenIdle, ASK_MS);
    document.addEventListener("visibilitychange", lockWhenIdle);
  }
})();
