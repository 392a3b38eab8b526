/* Urgent reports that nobody has taken: words and a number in the title for everybody, a tone for who asked for it. */
(function () {
  "use strict";
  var REPEAT_MS = 60 * 1000, HELD_MS = 1000, note = document.getElementById("urgent"), unheard = document.getElementById("unheard");
  var Context = document.body.dataset.sound && window.AudioContext, sounded = 0, waiting = 0, audio = null, isDue = false;

  /* A browser may hold sound back on a page where nobody has pressed anything: then the page says so. */
  function tellWhereHeld(asked) {
    setTimeout(function () { if (asked.state === "suspended") { unheard.hidden = false; } }, HELD_MS);
  }
  function probe() {
    var asked = new Context();
    asked.resume().then(function () {
      unheard.hidden = true;
      asked.close();
    });
    ["click", "keydown"].forEach(function (name) {
      window.addEventListener(name, function () { if (asked.state === "suspended") { asked.resume(); } });
    });
    tellWhereHeld(asked);
  }
  function tone() {
    if (!Context) { return; }
    audio = audio || new Context();
    isDue = true;
    audio.resume().then(play);
    tellWhereHeld(audio);
  }
  /* Of tones that were held back one is enough. */
  function play() {
    var now = audio.currentTime;
    if (!isDue || audio.state !== "running") { return; }
    isDue = false;
    unheard.hidden = true;
    [0, 0.25, 0.5].forEach(function (after, at) {
      var voice = audio.createOscillator(), level = audio.createGain();
      voice.frequency.value = at === 1 ? 660 : 880;
      level.gain.setValueAtTime(0.0001, now + after);
      level.gain.exponentialRampToValueAtTime(0.4, now + after + 0.02);
      level.gain.exponentialRampToValueAtTime(0.0001, now + after + 0.2);
      voice.connect(level);
      level.connect(audio.destination);
      voice.start(now + after);
      voice.stop(now + after + 0.22);
    });
    document.body.dataset.sounded = String(Number(document.body.dataset.sounded || 0) + 1);
  }
  function title(count) {
    var plain = document.title.replace(/^\(\d+\) /, "");
    document.title = count ? "(" + count + ") " + plain : plain;
  }
  function tell(count) {
    var isMore = count > waiting;
    waiting = count;
    title(count);
    if (note) {
      note.hidden = !count;
      if (count) { note.querySelector("[data-words]").textContent = note.querySelector("[data-words]").dataset.words.replace("{count}", count); }
    }
    if (count && (isMore || Date.now() - sounded >= REPEAT_MS)) {
      sounded = Date.now();
      tone();
    }
  }
  document.addEventListener("satark:pulse", function (event) { tell(event.detail); });
  if (note && !note.hidden) { tell(Number(note.dataset.count)); }
  Array.prototype.slice.call(document.querySelectorAll("[data-test-sound]")).forEach(function (button) {
    button.addEventListener("click", tone);
  });
  if (Context) { probe(); }
})();
