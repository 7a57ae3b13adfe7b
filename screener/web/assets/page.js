// On every page: one event stream for all tabs, the line on top, menus. Everything works without it.
"use strict";
(() => {
  const $ = (id) => document.getElementById(id);
  const screener = window.screener = {
    kept: {
      get(key) { try { return JSON.parse(localStorage.getItem(key)); } catch { return null; } },
      set(key, value) { try { localStorage.setItem(key, JSON.stringify(value)); } catch { /* private mode: nothing is kept */ } },
    },
    heard: [],          // called with the state after each event
    leads: false,       // whether this tab holds the stream
    listensHidden: () => false,
  };
  const LOST_MS = 25000, CHECK_MS = 5000;

  // ---- the shared stream: the tab that holds the lock listens for all; a hidden one gives it away ----
  const channel = "BroadcastChannel" in window ? new BroadcastChannel("screener") : null;
  let known = "", source = null, release = null, asked = null, last = null, heardAt = 0, again = 0;
  const wanted = () => !document.hidden || screener.listensHidden();

  function take(message, own) {
    if (message.kind === "hello") { if (source && last) tell({ kind: "state", state: last }); return; }
    if (message.kind === "lost") { lost(); return; }
    heardAt = Date.now();
    alive(true);
    if (message.kind !== "state") return;
    last = message.state;
    showParts(message.state.parts);
    for (const call of screener.heard) call(message.state, own);
  }
  function tell(message) { if (channel) channel.postMessage(message); }
  function open() {
    close();
    screener.leads = true;
    source = new EventSource("/events");
    const get = (event) => {
      const message = { kind: "state", state: JSON.parse(event.data) };
      tell(message);
      take(message, true);
    };
    source.addEventListener("list", get);
    source.addEventListener("beat", get);
    source.addEventListener("error", () => {
      lost();
      tell({ kind: "lost" });
      if (source && source.readyState === EventSource.CLOSED) { clearTimeout(again); again = setTimeout(() => { if (source) open(); }, 5000); }
    });
  }
  function close() { clearTimeout(again); if (source) source.close(); source = null; screener.leads = false; }
  function start() {
    if (asked || !wanted()) return;
    asked = new AbortController();
    tell({ kind: "hello" });
    if (!navigator.locks) { open(); return; }   // not on plain http of another machine: a stream a visible tab
    navigator.locks.request("screener-stream", { signal: asked.signal }, () => new Promise((done) => { release = done; open(); }))
      .catch(() => { /* given up before it was our turn */ });
  }
  function stop() {
    if (asked) asked.abort();
    close();
    if (release) release();
    asked = release = null;
  }
  screener.restart = () => { if (wanted()) start(); else stop(); };

  // ---- the line on top ----
  const age = (from) => {
    const minutes = Math.floor((Date.now() - from) / 60000);
    if (minutes < 1) return "now";
    if (minutes < 60) return minutes + "m";
    if (minutes < 1440) return Math.floor(minutes / 60) + "h " + String(minutes % 60).padStart(2, "0") + "m";
    return Math.floor(minutes / 1440) + "d";
  };
  function alive(yes, since) {
    const part = $("alive");
    known = yes ? "on" : "lost";
    // A list of the past does not follow; only the line on top tells of the server then.
    if (!$("live") || $("live").dataset.live === "yes") document.documentElement.dataset.live = known;
    if (!part) return;
    const words = yes ? "live" : "! lost the server" + (since ? " " + since : "") + ": what you see is old";
    part.className = "part " + (yes ? "ok" : "bad");
    if (part.textContent !== words) part.textContent = words;
  }
  function lost() {
    if (known === "lost") return;
    alive(false, new Date(heardAt || Date.now()).toLocaleTimeString([], { hour: "2-digit", minute: "2-digit", timeZone: "America/New_York" }) + " ET");
  }
  function showParts(parts) {
    for (const part of parts || []) {
      const node = document.querySelector('#status [data-key="' + part.key + '"]');
      if (!node) continue;
      const bad = part.tone === "bad";
      node.className = "part " + part.tone;
      node.title = part.title || "";
      const words = [(bad ? "! " : "") + part.text + (part.at ? ", " : "")];
      if (part.at) {
        const time = document.createElement("time");
        time.dateTime = part.at;
        time.dataset.stale = part.stale || 0;
        time.textContent = age(Date.parse(part.at));
        words.push(time);
      }
      if (node.textContent !== words.map((w) => w.textContent || w).join("")) node.replaceChildren(...words);
    }
  }
  function tick() {
    if (document.hidden) return;
    if (asked && heardAt && Date.now() - heardAt > LOST_MS) lost();
    for (const time of document.querySelectorAll("#status time")) {
      const at = Date.parse(time.dateTime), words = age(at), stale = Number(time.dataset.stale) * 1000;
      if (time.textContent !== words) time.textContent = words;
      if (stale && Date.now() - at > stale) time.closest(".part").classList.add("bad");
    }
  }

  // ---- menus: one open at a time, closed by Escape and by a click beside them ----
  const menus = () => document.querySelectorAll("details.menu[open]");
  document.addEventListener("click", (e) => { for (const m of menus()) if (!m.contains(e.target)) m.open = false; });
  document.addEventListener("keydown", (e) => {
    if (e.key !== "Escape") return;
    for (const m of menus()) { m.open = false; m.querySelector("summary").focus(); }
  });
  document.addEventListener("toggle", (e) => {
    if (e.target.matches && e.target.matches("details.menu[open]")) for (const m of menus()) if (m !== e.target) m.open = false;
  }, true);

  // An address with only what was chosen can be read and shared.
  document.addEventListener("submit", (e) => {
    if (!e.target.matches("form.filters")) return;
    for (const field of e.target.elements) if (field.name && !field.value) field.disabled = true;
  });
  addEventListener("pageshow", () => { for (const field of document.querySelectorAll("form.filters [disabled]")) field.disabled = false; });

  if ($("status") && "EventSource" in window) {
    if (channel) channel.addEventListener("message", (e) => take(e.data, false));
    document.addEventListener("visibilitychange", () => { screener.restart(); tick(); });
    addEventListener("pagehide", stop);
    addEventListener("pageshow", (e) => { if (e.persisted) screener.restart(); });
    setInterval(tick, CHECK_MS);
    heardAt = Date.now();
    // After the page's own script, so that what it wants to hear is known.
    addEventListener("DOMContentLoaded", start);
  }
})();
