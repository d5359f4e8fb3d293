// Widths in the legend, open tables in print, and the first step: where most people are on the way.
function legendWidths() {
  const top = 10 ** Math.floor(Math.log10(most));
  const samples = [...new Set([Math.max(1, top / 10), top, Math.floor(most / top) * top])];
  for (const people of samples) {
    const sample = document.createElementNS("http://www.w3.org/2000/svg", "svg");
    sample.setAttribute("width", "26");
    sample.setAttribute("height", "16");
    const line = document.createElementNS("http://www.w3.org/2000/svg", "path");
    line.setAttribute("d", "M0 8h26");
    line.setAttribute("stroke", "#D55E00");
    line.setAttribute("stroke-width", widthOf(people).toFixed(1));
    sample.append(line);
    byId("widths").append(sample, ` ${count(people)}`);
  }
}

function busiestStep() {
  let best = changes[0] ?? 0;
  let top = valueAt(plan.moving, best);
  for (let step = 0; step < plan.steps; step += Math.max(1, Math.round(plan.steps / 500))) {
    const people = valueAt(plan.moving, step);
    if (people > top) [best, top] = [step, people];
  }
  return best;
}

const folded = document.querySelectorAll("details");
let opened = [];
window.addEventListener("beforeprint", () => {
  opened = [...folded].filter((one) => !one.open && !one.querySelector("pre"));
  for (const one of opened) one.open = true;
});
window.addEventListener("afterprint", () => {
  for (const one of opened) one.open = false;
});

document.documentElement.classList.add("live");
legendWidths();
invite();
show(busiestStep());
startDrawn();
startLive().catch((reason) => {
  byId("map-live").hidden = true;
  byId("map-drawn").style.display = "";
  document.documentElement.dataset.mapWhy = String(reason.message || reason);
});
