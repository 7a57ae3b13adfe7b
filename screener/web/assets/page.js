// Live updates without losing one's place, "new since you looked", and keys in the list. Everything works without it.
"use strict";
(() => {
  const $ = (id) => document.getElementById(id);
  const store = {
    get(key) { try { return JSON.parse(localStorage.getItem(key)); } catch { return null; } },
    set(key, value) { try { localStorage.setItem(key, JSON.stringify(value)); } catch { /* private mode: nothing is kept */ } },
  };
  const rows = () => [...document.querySelectorAll("tr[data-key]")];
  const day = () => ($("live") ? $("live").dataset.day : "");
  const seenKey = () => "screener-seen:" + day();

  function forgetOldDays() {
    const keys = Object.keys(localStorage).filter((k) => k.startsWith("screener-seen:")).sort();
    keys.slice(0, -10).forEach((k) => localStorage.removeItem(k));
  }
  function markNew() {
    const seen = store.get(seenKey());
    if (!seen || !Array.isArray(seen.keys)) return 0;
    const known = new Set(seen.keys);
    let count = 0;
    for (const row of rows()) {
      const fresh = !known.has(row.dataset.key);
      row.classList.toggle("new", fresh);
      const old = row.querySelector(".badge");
      if (fresh && !old) {
        const badge = document.createElement("span");
        badge.className = "badge";
        badge.textContent = "new";
        row.querySelector(".tick a").after(badge);
      } else if (!fresh && old) old.remove();
      count += fresh ? 1 : 0;
    }
    return count;
  }
  function remember() {
    if (!day()) return;
    const before = store.get(seenKey());
    const keys = new Set(before && Array.isArray(before.keys) ? before.keys : []);
    rows().forEach((r) => keys.add(r.dataset.key));
    store.set(seenKey(), { at: Date.now(), keys: [...keys].slice(-3000) });
  }
  function say(text, count) {
    const live = $("live");
    if (!live) return;
    live.textContent = text;
    if (count) {
      const button = document.createElement("button");
      button.type = "button";
      button.textContent = "Seen";
      button.addEventListener("click", () => { remember(); markNew(); live.textContent = ""; $("main").focus(); });
      live.append(button);
    }
  }
  const tellNew = (lead) => {
    const count = markNew();
    const words = count ? `${count} new since you looked` : "";
    say([lead, words].filter(Boolean).join(": "), count);
  };

  // ---- live ----
  let loading = false, again = false;
  async function reload() {
    if (loading) { again = true; return; }
    loading = true;
    try {
      const answer = await fetch(location.href, { headers: { accept: "text/html" }, cache: "no-cache" });
      if (answer.ok) swap(new DOMParser().parseFromString(await answer.text(), "text/html"));
    } catch { /* the server went away; the event stream tries again by itself */ }
    loading = false;
    if (again) { again = false; reload(); }
  }
  function anchor() {
    // The row being read: the focused one while it is in view, else the first that stands whole in the window.
    const top = (row) => row.getBoundingClientRect().top;
    const inView = (row) => row && top(row) >= 0 && top(row) < innerHeight;
    const focused = document.activeElement && document.activeElement.closest("tr[data-key]");
    const row = inView(focused) ? focused : rows().find(inView);
    return row ? { key: row.dataset.key, top: top(row) } : null;
  }
  function swap(next) {
    const list = next.getElementById("list");
    if (!list || list.dataset.list === $("list").dataset.list && list.textContent === $("list").textContent) return;
    const changed = list.dataset.list !== $("list").dataset.list;
    const place = scrollY > 40 ? anchor() : null;
    const focused = document.activeElement && document.activeElement.id;
    const open = [...$("list").querySelectorAll("details[open]")].length > 0;
    $("list").replaceWith(document.adoptNode(list));
    if (open) $("list").querySelectorAll("details").forEach((d) => { d.open = true; });
    for (const id of ["regime", "dayhead"]) {
      const fresh = next.getElementById(id), old = $(id);
      if (fresh && old && !old.contains(document.activeElement)) old.replaceWith(document.adoptNode(fresh));
    }
    const status = next.getElementById("live");
    if (status) Object.assign($("live").dataset, { day: status.dataset.day, list: status.dataset.list });
    if (focused && $(focused)) $(focused).focus({ preventScroll: true });
    if (changed) tellNew("Updated " + new Date().toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" }));
    else markNew();
    if (place) {
      const row = rows().find((r) => r.dataset.key === place.key);
      if (row) scrollBy({ top: row.getBoundingClientRect().top - place.top, behavior: "instant" });
    }
  }
  function listen() {
    let marks = null;
    const events = new EventSource("/events");
    events.addEventListener("list", (event) => {
      const state = JSON.parse(event.data);
      const other = state.list !== $("list").dataset.list || (marks !== null && state.marks !== marks);
      marks = state.marks;
      if (other) reload();
    });
    events.addEventListener("error", () => { document.documentElement.dataset.live = "lost"; });
    events.addEventListener("open", () => { document.documentElement.dataset.live = "on"; });
    addEventListener("pagehide", () => events.close());
    setInterval(() => { if (!document.hidden) reload(); }, 60000);
  }

  // ---- keys: with the focus in the list, arrows or j and k go from row to row ----
  function move(event) {
    const here = event.target.closest && event.target.closest("tr[data-key]");
    if (!here || event.ctrlKey || event.metaKey || event.altKey) return;
    const step = { ArrowDown: 1, j: 1, ArrowUp: -1, k: -1 }[event.key];
    if (!step) return;
    const all = rows(), target = all[all.indexOf(here) + step];
    if (target) { event.preventDefault(); target.querySelector(".tick a").focus(); }
  }

  if ($("list")) {
    if (store.get(seenKey()) && $("live").dataset.live === "yes") tellNew("");
    addEventListener("visibilitychange", () => { if (document.hidden) remember(); });
    addEventListener("pagehide", remember);
    if (!store.get(seenKey())) remember();
    forgetOldDays();
    if ($("live").dataset.live === "yes" && "EventSource" in window) listen();
    document.addEventListener("keydown", move);
  }
  const filters = $("filters");
  if (filters) {
    filters.addEventListener("change", (e) => { if (e.target.matches("select")) filters.requestSubmit(); });
    // An address with only what was chosen can be read and shared.
    filters.addEventListener("submit", () => {
      for (const field of filters.elements) if (field.name && !field.value) field.disabled = true;
    });
    addEventListener("pageshow", () => { for (const field of filters.elements) field.disabled = false; });
  }
})();
