/* The page of a desk that idled: asks how many urgent reports nobody has taken, hears a number, and alarm.js tells it. */
(function () {
  "use strict";
  var EVERY_MS = 20 * 1000, address = document.body.dataset.waiting, deaf = document.getElementById("deaf"), timer;

  function tell(count) {
    document.dispatchEvent(new CustomEvent("satark:pulse", { detail: Number(count) || 0 }));
  }
  function hear() {
    fetch(address, { credentials: "same-origin" })
      .then(function (answer) {
        if (answer.status === 200) { return answer.text().then(tell); }
        if (answer.status === 204) {
          clearInterval(timer);
          tell(0);
          deaf.hidden = false;
        }
        return null;
      })
      .catch(function () { /* the box is restarting: the next round asks again */ });
  }
  timer = setInterval(hear, EVERY_MS);
})();
