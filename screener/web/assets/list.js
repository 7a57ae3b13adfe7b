// The list: live without losing one's place, what is new or changed since the last look, filters in place, copy, keys.
"use strict";
(() => {
  const $ = (id) => document.getElementById(id);
  const { kept } = window.screener;
  const rows = () => [...document.querySelectorAll("tr[data-key]")];
  const day = () => ($("live") ? $("live").dataset.day : "");
  const isLive = () => $("live").dataset.live === "yes";
  const seenKey = () => "screener-seen:" + day();
  const title = document.title;

  // ---- seen: by row its score at the last look; a row counts as seen only when it was shown ----
  const seen = () => { const s = kept.get(seenKey()); return s && s.keys && !Array.isArray(s.keys) ? s.keys : null; };
  function forgetOldDays() {
    const keys = Object.keys(localStorage).filter((k) => k.startsWith("screener-seen:")).sort();
    keys.slice(0, -10).forEach((k) => localStorage.removeItem(k));
  }
  function remember(all) {
    if (!day()) return;
    const keys = seen() || {};
    if (all) for (const k of listed()) { const key = k.replace("~", ""); keys[key] = keys[key] ?? null; }
    for (const r of rows()) keys[r.dataset.key] = Number(r.dataset.score);
    kept.set(seenKey(), { at: Date.now(), keys: Object.fromEntries(Object.entries(keys).slice(-3000)) });
  }
  const listed = () => ($("list").dataset.keys || "").split(" ").filter(Boolean);
  function mark(row, word, cls, long) {
    const old = row.querySelector(".badge");
    if (old && old.textContent === word) return;
    if (old) old.remove();
    row.classList.toggle("new", cls === "fresh");
    if (!word) return;
    const badge = document.createElement("span");
    badge.className = "badge " + cls;
    badge.textContent = word;
    if (long) badge.title = long;
    (cls === "fresh" ? row.querySelector(".tick a") : row.querySelector(".score .num")).after(badge);
  }
  function markNew() {
    const known = seen();
    if (!known) return { all: 0, here: 0 };
    let here = 0;
    for (const row of rows()) {
      const key = row.dataset.key, score = Number(row.dataset.score);
      if (!(key in known)) { mark(row, "new", "fresh"); here += 1; continue; }
      const step = known[key] === null ? 0 : score - known[key];
      if (Math.abs(step) >= 5) mark(row, (step > 0 ? "+" : "\u2212") + Math.abs(step), step > 0 ? "rose" : "fell", "score was " + known[key] + " when you last looked");
      else mark(row, "", "");
    }
    const all = listed().filter((k) => k[0] !== "~" && !(k in known)).length;
    document.title = (all ? "(" + all + ") " : "") + title;
    return { all, here };
  }
  function say(text, count) {
    const live = $("live");
    live.textContent = text;
    if (!count) return;
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = "Seen";
    button.addEventListener("click", () => { remember(true); markNew(); live.textContent = ""; $("main").focus(); });
    live.append(button);
  }
  function tellNew(lead) {
    const { all, here } = markNew();
    const elsewhere = here < all ? `, ${here} of them in this view` : "";
    say([lead, all ? `${all} new since you looked${elsewhere}` : ""].filter(Boolean).join(": "), all);
    return all;
  }

  // ---- in place: the list of an address is fetched and put in, focus and place stay ----
  let loading = false, again = null;
  async function load(address, push) {
    if (loading) { again = [address, push]; return; }
    loading = true;
    try {
      const answer = await fetch(address, { headers: { accept: "text/html" }, cache: "no-cache" });
      if (answer.ok) {
        if (push) history.pushState(null, "", address);
        swap(new DOMParser().parseFromString(await answer.text(), "text/html"), push);
      } else if (push) location.assign(address);
    } catch { /* the server went away; the line on top says so */ }
    loading = false;
    if (again) { const next = again; again = null; load(...next); }
  }
  function anchor() {
    // The row being read: the focused one while it is in view, else the first that stands whole in the window.
    const top = (row) => row.getBoundingClientRect().top;
    const inView = (row) => row && top(row) >= 0 && top(row) < innerHeight;
    const focused = document.activeElement && document.activeElement.closest("tr[data-key]");
    const row = inView(focused) ? focused : rows().find(inView);
    return row ? { key: row.dataset.key, top: top(row) } : null;
  }
  function swap(next, moved) {
    const list = next.getElementById("list"), old = $("list");
    views(next.getElementById("views"));
    if (!list || (!moved && list.dataset.list === old.dataset.list && list.textContent === old.textContent)) { markNew(); return; }
    const changed = list.dataset.list !== old.dataset.list;
    const place = !moved && scrollY > 40 ? anchor() : null;
    const focused = document.activeElement && document.activeElement.id;
    const open = old.querySelector("details[open]");
    old.replaceWith(document.adoptNode(list));
    if (open) $("list").querySelectorAll("details").forEach((d) => { d.open = true; });
    for (const id of ["regime", "dayhead"]) {
      const fresh = next.getElementById(id), was = $(id);
      if (!fresh || !was || was.contains(document.activeElement)) continue;
      if (was.open) fresh.open = true;
      was.replaceWith(document.adoptNode(fresh));
    }
    for (const [n, menu] of [...next.querySelectorAll("#filters .menu > summary")].entries()) {
      const here = document.querySelectorAll("#filters .menu > summary")[n];
      if (here && here.innerHTML !== menu.innerHTML) here.innerHTML = menu.innerHTML;
    }
    const status = next.getElementById("live");
    if (status) Object.assign($("live").dataset, { day: status.dataset.day, list: status.dataset.list });
    if (focused && $(focused)) $(focused).focus({ preventScroll: true });
    ready();
    if (changed) announce(tellNew("Updated " + now()));
    else if (moved) tellNew("");
    else markNew();
    if (!place) return;
    const row = rows().find((r) => r.dataset.key === place.key);
    if (row) scrollBy({ top: row.getBoundingClientRect().top - place.top, behavior: "instant" });
  }
  function views(next) {
    const old = $("views");
    if (!next || !old) return;
    if (!old.contains(document.activeElement)) { next.open = old.open; old.replaceWith(document.adoptNode(next)); return; }
    // Whoever writes a name is not disturbed; what would be saved is the view of now.
    const query = next.querySelector("input[name=query]"), snippet = next.querySelector("#snippet");
    for (const field of old.querySelectorAll("input[name=query]")) field.value = query ? query.value : "";
    $("snippet").textContent = snippet.textContent;
  }
  const now = () => new Date().toLocaleTimeString([], { hour: "2-digit", minute: "2-digit", timeZone: "America/New_York", hourCycle: "h23" }) + " ET";

  // ---- sound and notification, for one tab with a list of all; which one listens to the stream is another matter ----
  let speaks = !navigator.locks;
  if (navigator.locks) navigator.locks.request("screener-speaks", () => { speaks = true; return new Promise(() => { /* as long as the tab is open */ }); });
  const wants = (name) => kept.get("screener-" + name) === true;
  let told = 0;
  function announce(count) {
    if (!speaks) return;
    if (count > told && wants("sound")) beep();
    if (count > told && wants("notify") && "Notification" in window && Notification.permission === "granted" && document.hidden) {
      const known = seen() || {}, fresh = rows().filter((r) => !(r.dataset.key in known)).slice(0, 3);
      const words = fresh.map((r) => r.querySelector(".tick a").textContent + ": " + r.querySelector(".hl").textContent.trim());
      new Notification(`${count} new on the list`, { body: words.join("\n"), tag: "screener" });
    }
    told = count;
  }
  function beep() {
    const audio = new AudioContext(), tone = audio.createOscillator(), gain = audio.createGain();
    gain.gain.setValueAtTime(0.08, audio.currentTime);
    gain.gain.exponentialRampToValueAtTime(0.0001, audio.currentTime + 0.35);
    tone.frequency.value = 880;
    tone.connect(gain).connect(audio.destination);
    tone.start();
    tone.stop(audio.currentTime + 0.35);
    tone.addEventListener("ended", () => audio.close());
  }
  function ready() {
    for (const name of ["sound", "notify"]) {
      const button = $(name);
      if (!button || (name === "notify" && !("Notification" in window)) || !isLive()) continue;
      button.hidden = false;
      button.setAttribute("aria-pressed", String(wants(name)));
      button.addEventListener("click", async () => {
        if (name === "notify" && !wants(name) && await Notification.requestPermission() !== "granted") return;
        kept.set("screener-" + name, !wants(name));
        button.setAttribute("aria-pressed", String(wants(name)));
        if (name === "sound" && wants(name)) beep();
      });
    }
    const copy = $("copy");
    if (!copy) return;
    copy.hidden = false;
    copy.addEventListener("click", async () => {
      const answer = await fetch(copy.dataset.from);
      const text = await answer.text();
      const done = answer.ok && await put(text);
      copy.textContent = done ? "Copied " + (text.split("\n").length - 2) : "Not copied";
      setTimeout(() => { copy.textContent = "Copy"; }, 2500);
    });
  }
  async function put(text) {
    try { await navigator.clipboard.writeText(text); return true; } catch { /* not allowed on plain http of another machine */ }
    const area = document.createElement("textarea");
    area.value = text;
    document.body.append(area);
    area.select();
    const done = document.execCommand("copy");
    area.remove();
    return done;
  }
  // Rows that are selected and copied by hand come as tab-separated lines, too.
  document.addEventListener("copy", (event) => {
    const chosen = getSelection(), picked = rows().filter((r) => chosen.containsNode(r, true));
    if (picked.length < 2) return;
    const plain = (node) => (node ? node.textContent.replace(/\s+/g, " ").trim() : "");
    // A cell of two lines is two columns.
    const without = (node, words) => { const c = node.cloneNode(true); c.querySelectorAll(words).forEach((n) => n.remove()); return plain(c); };
    const both = (cell) => {
      const second = cell.querySelector(".under");
      return "u" in cell.dataset ? [without(cell, ".under, .sr"), second ? without(second, ".sr") : ""] : [without(cell, ".sr")];
    };
    const text = picked.map((r) => [
      plain(r.querySelector(".rank")), plain(r.querySelector(".tick a")), plain(r.querySelector(".co")), plain(r.querySelector(".score .num")),
      plain(r.querySelector(".act")), plain(r.querySelector(".catcell a")),
      ...(r.querySelector(".c-sec") ? [plain(r.querySelector(".c-sec"))] : []), plain(r.querySelector(".hl")), ...[...r.querySelectorAll("td[data-l]")].flatMap(both),
    ].join("\t")).join("\n") + "\n";
    event.clipboardData.setData("text/plain", text);
    event.preventDefault();
  });

  // ---- keys: with the focus in the list, arrows or j and k go from row to row ----
  function move(event) {
    const here = event.target.closest && event.target.closest("tr[data-key]");
    if (!here || event.ctrlKey || event.metaKey || event.altKey) return;
    const step = { ArrowDown: 1, j: 1, ArrowUp: -1, k: -1 }[event.key];
    if (!step) return;
    const all = rows(), target = all[all.indexOf(here) + step];
    if (target) { event.preventDefault(); target.querySelector(".tick a").focus(); }
  }

  // ---- filters in place: a tick at once, a number when it is done, a choice by keys when it is left ----
  function address(form) {
    const given = new URLSearchParams();
    for (const [name, value] of new FormData(form)) if (value) given.append(name, value);
    return form.getAttribute("action") + (String(given) ? "?" + given : "");
  }
  function filters(form) {
    let byKey = false;
    const apply = () => { const to = address(form); if (to !== location.pathname + location.search) load(to, true); };
    form.addEventListener("keydown", (e) => { if (e.target.matches("select")) byKey = true; });
    form.addEventListener("pointerdown", () => { byKey = false; });
    form.addEventListener("change", (e) => { if (!(e.target.matches("select") && byKey)) apply(); });
    form.addEventListener("focusout", (e) => { if (e.target.matches("select") && byKey) { byKey = false; apply(); } });
    form.addEventListener("submit", (e) => { e.preventDefault(); apply(); });
    // Links of the list that only change the view go in place as well.
    document.addEventListener("click", (e) => {
      const link = e.target.closest && e.target.closest("#list thead a, #list .tally a, #list .on a, #list .pages a, #list .legend a");
      if (!link || e.ctrlKey || e.metaKey || e.shiftKey || e.button) return;
      e.preventDefault();
      load(link.getAttribute("href"), true).then(() => follow(form));
    });
    addEventListener("popstate", () => location.reload());
  }
  function follow(form) {
    const given = new URLSearchParams(location.search);
    for (const field of form.elements) {
      if (field.type === "checkbox") field.checked = given.getAll(field.name).includes(field.value);
      else if (field.name === "sort") field.value = given.get("sort") || "";
      else if (field.type === "text") field.value = given.get(field.name) || "";
    }
  }

  if (!$("list")) return;
  window.screener.listensHidden = () => isLive() && (wants("sound") || wants("notify"));
  if (seen()) { if (isLive()) told = tellNew(""); } else remember(true);
  document.addEventListener("visibilitychange", () => { if (document.hidden) remember(); });
  addEventListener("pagehide", () => remember());
  forgetOldDays();
  ready();
  const market = $("regime");
  if (market && kept.get("screener-market")) market.open = true;
  document.addEventListener("toggle", (e) => { if (e.target.id === "regime") kept.set("screener-market", e.target.open); }, true);
  if ($("filters")) filters($("filters"));
  document.addEventListener("keydown", move);
  if (isLive()) {
    let marks = null;
    window.screener.heard.push((state) => {
      const other = state.list !== $("list").dataset.list || (marks !== null && state.marks !== marks);
      marks = state.marks;
      if (other) load(location.href, false);
    });
    setInterval(() => { if (!document.hidden) load(location.href, false); }, 60000);
  }
})();
