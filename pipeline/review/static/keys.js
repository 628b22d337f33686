// Keyboard and small comforts. Every screen works without this file.
(() => {
  "use strict";
  const all = (what, inside = document) => [...inside.querySelectorAll(what)];
  const items = () => all("article.item");
  const typing = (node) => node && (node.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(node.tagName));
  let current = null; // id, since a decided card is replaced by a new one

  const card = () => document.getElementById(current) || null;

  function choose(item) {
    if (!item) return;
    items().forEach((each) => each.classList.toggle("current", each === item));
    const number = item.id.replace("item-", "");
    all("svg polygon").forEach((line) => line.classList.toggle("current", line.dataset.item === number));
    current = item.id;
    item.focus({ preventScroll: true });
    const still = window.matchMedia("(prefers-reduced-motion: reduce)").matches;
    item.scrollIntoView({ block: "nearest", behavior: still ? "auto" : "smooth" });
  }

  function step(by) {
    const list = items();
    const place = list.findIndex((each) => each.id === current);
    choose(list[Math.min(list.length - 1, Math.max(0, place < 0 ? 0 : place + by))]);
  }

  // Said before half a gigabyte has travelled; the server refuses it as well.
  document.addEventListener("change", (event) => {
    const most = Number(event.target.dataset && event.target.dataset.mostMb) * 1e6;
    if (!most) return;
    const total = [...event.target.files].reduce((sum, file) => sum + file.size, 0);
    event.target.setCustomValidity(total > most ? event.target.dataset.tooMuch : "");
    event.target.reportValidity();
  });

  function nextOpen() {
    const list = items();
    const place = list.findIndex((each) => each.id === current);
    const order = [...list.slice(place + 1), ...list.slice(0, place + 1)];
    choose(order.find((each) => each.dataset.state === "open") || list[place]);
  }

  function press(what) {
    const form = card() && card().querySelector(`form[data-act="${what}"]`);
    if (form) form.requestSubmit();
  }

  function open(what) {
    const part = card() && card().querySelector(`details.${what}`);
    if (!part) return;
    part.open = true;
    const field = part.querySelector("input:not([type=hidden])");
    if (field) {
      field.focus();
      if (field.type === "text") field.select();
    }
  }

  function goTo(where) {
    const link = document.querySelector(`a[data-go="${where}"]`);
    if (link) link.click();
  }

  function settle() {
    const panel = document.getElementById("whose");
    if (!panel) return;
    const part = panel.querySelector("details");
    if (part) part.open = true;
    const first = panel.querySelector("details button, details input[type=search]");
    (first || panel).focus();
    panel.scrollIntoView({ block: "nearest" });
  }

  const keys = {
    j: () => step(1),
    k: () => step(-1),
    a: () => press("accept"),
    u: () => press("undo"),
    e: () => open("amend"),
    r: () => open("reject"),
    i: settle,
    n: () => goTo("after"),
    p: () => goTo("before"),
    z: () => goTo("zoom"),
    "?": () => { const help = document.getElementById("help"); if (help) help.showModal(); },
  };

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || document.querySelector("dialog[open]")) return;
    if (event.key === "Escape") {
      const part = document.activeElement.closest("details[open]");
      if (part && card()) { part.open = false; card().focus(); }
      return;
    }
    const act = keys[event.key];
    if (!act || typing(event.target) || !document.querySelector("main .two-sides")) return;
    event.preventDefault();
    act();
  });

  // A click or tab into a card makes it the current one.
  document.addEventListener("focusin", (event) => {
    const item = event.target.closest("article.item");
    if (!item || item.id === current) return;
    items().forEach((each) => each.classList.toggle("current", each === item));
    current = item.id;
  });

  document.addEventListener("click", (event) => {
    const line = event.target.closest("svg a");
    if (line) {
      const target = document.getElementById(line.getAttribute("href").slice(1));
      const folded = target && target.closest("details");
      if (folded) folded.open = true;
      if (target && target.matches("article.item")) { event.preventDefault(); choose(target); }
      return;
    }
    const pick = event.target.closest("button.pick");
    if (pick) {
      const item = pick.closest("article.item");
      current = item.id;
      open("amend");
      const field = item.querySelector(`details.amend input[name="${pick.dataset.field}"]`);
      if (field) { field.value = pick.textContent; field.focus(); }
    }
  });

  // With JavaScript, alternatives and strengths can be picked.
  function pickable(inside) {
    for (const field of ["drug", "strength"]) {
      all(`li[data-${field}]`, inside).forEach((entry) => {
        const item = entry.closest("article.item");
        if (!item.querySelector("details.amend") || entry.querySelector("button")) return;
        const name = entry.dataset[field];
        const place = entry.querySelector("[lang]") || entry;
        const button = document.createElement("button");
        button.type = "button";
        button.className = "pick";
        button.dataset.field = field;
        button.textContent = name;
        place.replaceChildren(button);
      });
    }
  }

  document.addEventListener("decided", (event) => {
    if (event.detail.verb === "undo") choose(card());
    else nextOpen();
  });
  document.addEventListener("htmx:afterSettle", () => pickable(document));
  document.addEventListener("htmx:responseError", () => window.location.reload());
  document.addEventListener("DOMContentLoaded", () => {
    pickable(document);
    const named = document.getElementById(window.location.hash.slice(1));
    const folded = named && named.closest("details");
    if (folded) folded.open = true;
    const first = items().find((each) => each.dataset.state === "open");
    if (named && named.matches("article.item")) choose(named);
    else if (first) { current = first.id; first.classList.add("current"); }
  });
})();
