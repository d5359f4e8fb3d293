// The drawn map: moves with time where the browser has no WebGL, and is the one that is printed.
function startDrawn() {
  const zones = [...document.querySelectorAll("#map-drawn .z")];
  const flows = [...document.querySelectorAll("#map-drawn .f")];
  const paint = (now) => {
    if (byId("map-drawn").style.display === "none") return;
    for (const zone of zones) zone.classList.toggle("quiet", now.quiet[+zone.dataset.z]);
    // strokes are in units of the drawing, about twice as fine as pixels
    for (const flow of flows) flow.style.setProperty("--now", (1.5 * widthOf(now.on[+flow.dataset.p])).toFixed(1));
  };
  listeners.push(paint);
  if (state.now) paint(state.now);
  byId("map-drawn").addEventListener("click", (event) => {
    const { z, p } = event.target.dataset;
    if (p !== undefined) choose({ kind: "piece", index: +p });
    else if (z !== undefined) choose({ kind: "zone", index: +z });
  });
  choosers.push((what) => {
    const pieces = new Set(chosenPieces(what));
    for (const zone of zones) zone.classList.toggle("chosen", what.kind === "zone" && +zone.dataset.z === what.index);
    for (const flow of flows) flow.classList.toggle("chosen", pieces.has(+flow.dataset.p));
  });
  document.documentElement.dataset.map = "drawn";
}
