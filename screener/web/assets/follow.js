// Pages that follow the store (ticker, stream, desk): made anew in place when something changed; the chart's readout; copy.
"use strict";
(() => {
  const $ = (id) => document.getElementById(id);
  let stood = null, loading = false;

  async function reload() {
    if (loading) return;
    loading = true;
    try {
      const answer = await fetch(location.href, { headers: { accept: "text/html" }, cache: "no-cache" });
      if (answer.ok) swap(new DOMParser().parseFromString(await answer.text(), "text/html").getElementById("follow"));
    } catch { /* the line on top says that the server is lost */ }
    loading = false;
  }
  function swap(next) {
    const old = $("follow");
    // Whoever writes a note is not disturbed.
    if (!next || !old || next.textContent === old.textContent || old.contains(document.activeElement) && document.activeElement.matches("input")) return;
    const open = [...old.querySelectorAll("details")].map((d) => d.open), focused = document.activeElement && document.activeElement.id;
    old.replaceWith(document.adoptNode(next));
    [...$("follow").querySelectorAll("details")].forEach((d, n) => { if (open[n]) d.open = true; });
    if (focused && $(focused)) $(focused).focus({ preventScroll: true });
    chart();
  }
  window.screener.heard.push((state) => {
    const now = state.list + " " + state.marks;
    if (stood !== null && stood !== now && $("follow") && $("follow").dataset.live === "yes") reload();
    stood = now;
  });

  // ---- the numbers of the day under the pointer, or of the day the arrow keys chose ----
  function chart() {
    const svg = document.querySelector("svg.price[data-bars]"), out = $("readout");
    if (!svg || !out) return;
    const bars = JSON.parse(svg.dataset.bars), [top, bottom] = svg.dataset.box.split(" ");
    const line = document.createElementNS("http://www.w3.org/2000/svg", "line");
    line.setAttribute("class", "cross");
    line.setAttribute("y1", top);
    line.setAttribute("y2", bottom);
    let here = bars.length - 1;
    const show = (n) => {
      here = Math.max(0, Math.min(bars.length - 1, n));
      const [x, day, open, high, low, close, volume] = bars[here], before = here ? Number(bars[here - 1][5].replace(/,/g, "")) : 0;
      const change = before ? (Number(close.replace(/,/g, "")) / before - 1) * 100 : null;
      line.setAttribute("x1", x);
      line.setAttribute("x2", x);
      if (!line.parentNode) svg.append(line);
      out.textContent = `${day}  ` + (open === "\u2013" ? "" : `open ${open}  high ${high}  low ${low}  `) + `close ${close}` +
        (change === null ? "" : `  ${change > 0 ? "+" : change < 0 ? "\u2212" : ""}${Math.abs(change).toFixed(1)}%`) + `  volume ${volume}`;
    };
    svg.addEventListener("pointermove", (e) => {
      const box = svg.getBoundingClientRect(), x = (e.clientX - box.left) / box.width * svg.viewBox.baseVal.width;
      let best = 0;
      bars.forEach((b, n) => { if (Math.abs(b[0] - x) < Math.abs(bars[best][0] - x)) best = n; });
      show(best);
    });
    svg.closest(".widechart").addEventListener("keydown", (e) => {
      const step = { ArrowLeft: -1, ArrowRight: 1 }[e.key];
      if (step && e.target === e.currentTarget) { e.preventDefault(); show(here + step); }
    });
    show(here);
  }
  chart();

  for (const button of document.querySelectorAll("button.copytext")) {
    button.hidden = false;
    button.addEventListener("click", async () => {
      const text = $(button.dataset.copies).textContent;
      try { await navigator.clipboard.writeText(text); button.textContent = "Copied"; } catch {
        getSelection().selectAllChildren($(button.dataset.copies));
        button.textContent = document.execCommand("copy") ? "Copied" : "Not copied";
      }
      setTimeout(() => { button.textContent = "Copy"; }, 2500);
    });
  }
})();
