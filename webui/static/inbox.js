/* The list by keys: the page works without them, and no key does what cannot be taken back. */
(function () {
  "use strict";
  var here = -1;

  function rows() { return Array.prototype.slice.call(document.querySelectorAll("tr[data-case]")); }
  function typing(target) { return /^(INPUT|SELECT|TEXTAREA)$/.test(target.tagName); }
  function link(row) { return row.querySelector(".serial a"); }
  function chosen() { return rows()[here] || null; }
  function walk(step) {
    var list = rows();
    if (!list.length) { return; }
    here = Math.max(0, Math.min(list.length - 1, here + step));
    link(list[here]).focus();
  }
  function help(event) {
    var keys = document.getElementById("keys");
    if (!keys || !keys.showModal) { return; }
    event.preventDefault();
    if (!keys.open) { keys.showModal(); }
  }

  document.addEventListener("focusin", function (event) {
    var row = event.target.closest ? event.target.closest("tr[data-case]") : null;
    if (!row) { return; }
    rows().forEach(function (other, at) {
      other.classList.toggle("here", other === row);
      if (other === row) { here = at; }
    });
  });
  document.addEventListener("keydown", function (event) {
    var row = chosen(), field;
    if (event.ctrlKey || event.altKey || event.metaKey || typing(event.target)) { return; }
    if (document.querySelector("dialog[open]")) { return; }
    if (event.key === "j") { walk(1); }
    else if (event.key === "k") { walk(-1); }
    else if (event.key === "e" && row) { window.location.assign(link(row).href + "#acts"); }
    else if (event.key === "a" && row) {
      field = row.querySelector("[data-take]");
      if (field) { event.preventDefault(); field.click(); }
    } else if (event.key === "/") {
      field = document.querySelector(".filters input[type=search]");
      event.preventDefault();
      field.focus();
      field.select();
    } else if (event.key === "?") { help(event); }
  });
  document.addEventListener("click", function (event) {
    if (event.target.closest && event.target.closest("[data-keys]")) { help(event); }
  });

  /* htmx brings only the list: what hangs on its address follows. */
  document.addEventListener("htmx:afterSwap", function () { here = -1; });
  document.addEventListener("htmx:configRequest", function (event) {
    var wanted = event.detail.parameters;
    Object.keys(wanted).forEach(function (name) { if (wanted[name] === "") { delete wanted[name]; } });
  });
  document.addEventListener("htmx:pushedIntoHistory", function () {
    var place = window.location.pathname + window.location.search, lock = document.body.dataset.lock;
    document.body.dataset.lock = lock.split("?")[0] + "?next=" + encodeURIComponent(place);
    document.getElementById("fresh").href = place;
  });
})();
