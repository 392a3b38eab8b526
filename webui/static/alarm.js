/* Urgent reports that nobody has taken: words and a number in the title for everybody, a tone for who asked for it. */
(function () {
  "use strict";
  var REPEAT_MS = 60 * 1000, note = document.getElementById("urgent"), sounded = 0, waiting = 0, audio = null;

  function tone() {
    var Context = window.AudioContext, now;
    if (!Context || !document.body.dataset.sound) { return; }
    audio = audio || new Context();
    audio.resume();
    now = audio.currentTime;
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
  var test = document.querySelector("[data-test-sound]");
  if (test) { test.addEventListener("click", tone); }
})();
