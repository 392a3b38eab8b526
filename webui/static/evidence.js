/* Enhancements of the page of one file: the server covers it again by itself, this only does so sooner. */
(function () {
  "use strict";
  var IDLE_MS = 60 * 1000;
  var stage = document.querySelector("[data-shown]"), cover = document.getElementById("cover");
  if (!stage || !cover) { return; }
  var player = stage.querySelector("video, audio"), timer = 0;

  function coverSoon() { clearTimeout(timer); timer = setTimeout(function () { cover.submit(); }, IDLE_MS); }

  /* Sound and film may play on; a minute after they stop they are covered. */
  if (player) {
    player.addEventListener("play", function () { clearTimeout(timer); });
    player.addEventListener("pause", coverSoon);
    player.addEventListener("ended", coverSoon);
  }
  coverSoon();

  /* Who turns to another window leaves nothing to be read over his shoulder. */
  document.addEventListener("visibilitychange", function () {
    stage.classList.toggle("veiled", document.hidden);
    if (document.hidden && player) { player.pause(); }
  });
})();
