// The live map: MapLibre GL out of this file, unpacked to blob addresses; nothing is fetched.
async function unpack(id) {
  const packed = Uint8Array.from(atob(byId(id).textContent.trim()), (letter) => letter.charCodeAt(0));
  const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream("gzip"));
  return new Response(stream).text();
}

const asModule = (text) => URL.createObjectURL(new Blob([text], { type: "text/javascript" }));
const collection = (features) => ({ type: "FeatureCollection", features });
const feature = (id, type, coordinates, properties = {}) => ({ type: "Feature", id, properties, geometry: { type, coordinates } });

function sources() {
  const zones = plan.zones.map((zone, index) => feature(index, "MultiPolygon", zone.g.map((rings) => rings.map(unpacked))));
  const labels = plan.zones.map((zone, index) => feature(index, "Point", zone.x, {
    name: zone.l.length ? `${zone.n}\n${zone.l[0]}` : zone.n, people: zone.p,
  }));
  const flows = plan.pieces.map((piece, index) => feature(index, "MultiLineString", piece.l.map(unpacked)));
  const base = [feature(0, "MultiLineString", plan.base.map(unpacked))];
  const places = plan.places.map((place, index) => feature(index, "Point", place.x, { name: place.n }));
  const limits = plan.limits.map((limit, index) => feature(index, "Point", limit.x, { name: String(limit.i) }));
  const layers = { zones, labels, flows, base, places, limits };
  return Object.fromEntries(Object.entries(layers).map(([name, data]) => [name, { type: "geojson", data: collection(data), tolerance: 0.2 }]));
}

const on = (name, yes, no) => ["case", ["boolean", ["feature-state", name], false], yes, no];
const halo = { "text-color": "#1b1f23", "text-halo-color": "#fff", "text-halo-width": 1.6 };

function layers() {
  const wide = ["coalesce", ["feature-state", "width"], 0];
  const round = { "line-join": "round", "line-cap": "round" };
  return [
    { id: "ground", type: "background", paint: { "background-color": "#eef1f3" } },
    { id: "zones", type: "fill", source: "zones", paint: { "fill-color": on("quiet", "#b5dbf4", "#dcdad4") } },
    { id: "edges", type: "line", source: "zones", paint: { "line-color": "#8d8d86", "line-width": 0.8 } },
    { id: "base", type: "line", source: "base", paint: { "line-color": "#fff", "line-width": ["interpolate", ["linear"], ["zoom"], 9, 1.2, 14, 5] } },
    { id: "quiet-edges", type: "line", source: "zones", paint: { "line-color": "#0072B2", "line-width": on("quiet", 1.8, 0) } },
    { id: "chosen-zone", type: "line", source: "zones", paint: { "line-color": "#000", "line-width": on("chosen", 3, 0) } },
    { id: "chosen-flow", type: "line", source: "flows", layout: round, paint: { "line-color": "#000", "line-width": on("chosen", ["+", wide, 4], 0) } },
    { id: "flows", type: "line", source: "flows", layout: round, paint: { "line-color": "#D55E00", "line-width": wide } },
    { id: "places", type: "circle", source: "places", paint: { "circle-radius": 4.5, "circle-color": "#000", "circle-stroke-color": "#fff", "circle-stroke-width": 1.5 } },
    { id: "place-names", type: "symbol", source: "places", layout: { "text-field": ["get", "name"], "text-size": 12, "text-font": ["sans-serif"], "text-variable-anchor": ["left", "right", "top", "bottom"], "text-radial-offset": 0.7 }, paint: halo },
    { id: "zone-names", type: "symbol", source: "labels", layout: { "text-field": ["get", "name"], "text-size": 12.5, "text-font": ["sans-serif"], "text-line-height": 1.1, "text-padding": 3, "symbol-sort-key": ["-", 0, ["get", "people"]] }, paint: halo },
    { id: "limits", type: "circle", source: "limits", paint: { "circle-radius": 8, "circle-color": "#fff", "circle-stroke-color": "#000", "circle-stroke-width": 1.8 } },
    { id: "limit-names", type: "symbol", source: "limits", layout: { "text-field": ["get", "name"], "text-size": 12, "text-allow-overlap": true, "text-padding": 9, "text-font": ["sans-serif"] }, paint: { "text-color": "#000" } },
  ];
}

function bounds() {
  const all = plan.zones.flatMap((zone) => zone.g.flatMap((rings) => unpacked(rings[0])));
  const points = all.length ? all : plan.pieces.flatMap((piece) => piece.l.flatMap(unpacked));
  const [xs, ys] = [points.map((point) => point[0]), points.map((point) => point[1])];
  const low = (values) => values.reduce((a, b) => Math.min(a, b), Infinity);
  const high = (values) => values.reduce((a, b) => Math.max(a, b), -Infinity);
  return [[low(xs), low(ys)], [high(xs), high(ys)]];
}

async function startLive() {
  const probe = document.createElement("canvas").getContext("webgl2");
  if (!probe) throw new Error("this browser has no WebGL 2");
  probe.getExtension("WEBGL_lose_context")?.loseContext();
  const [library, worker, style] = await Promise.all(["lib-map", "lib-worker", "lib-style"].map(unpack));
  document.head.append(element("style", style));
  const maplibre = await import(asModule(library));
  maplibre.setWorkerUrl(asModule(worker));
  const box = byId("map-live");
  box.hidden = false;
  const wide = box.clientWidth > 420;
  const map = new maplibre.Map({
    container: box, bounds: bounds(), fitBoundsOptions: { padding: { top: 16, bottom: 34, left: wide ? 44 : 20, right: wide ? 48 : 24 } }, attributionControl: false,
    cooperativeGestures: true, dragRotate: false, pitchWithRotate: false, touchPitch: false, maxPitch: 0,
    fadeDuration: stillness.matches ? 0 : 150, style: { version: 8, sources: sources(), layers: layers() },
  });
  map.touchZoomRotate.disableRotation();
  map.addControl(new maplibre.NavigationControl({ showCompass: false }), "top-left");
  map.addControl(new maplibre.ScaleControl(), "bottom-right");
  await new Promise((done, fail) => {
    map.once("load", done);
    map.once("error", (event) => fail(event.error));
  });
  map.getCanvas().setAttribute("aria-label", "Map of zones and people on the way; arrow keys move it, plus and minus zoom");
  byId("map-drawn").style.display = "none";
  followTime(map);
  followChoice(map);
  map.once("idle", () => (document.documentElement.dataset.map = "idle"));
  map.triggerRepaint();
}

function followTime(map) {
  const widths = new Float32Array(plan.pieces.length);
  const quiet = new Array(plan.zones.length).fill(false);
  const paint = (now) => {
    now.on.forEach((people, id) => {
      const width = widthOf(people);
      if (Math.abs(width - widths[id]) < 0.05) return;
      widths[id] = width;
      map.setFeatureState({ source: "flows", id }, { width });
    });
    now.quiet.forEach((yes, id) => {
      if (yes === quiet[id]) return;
      quiet[id] = yes;
      map.setFeatureState({ source: "zones", id }, { quiet: yes });
    });
  };
  listeners.push(paint);
  if (state.now) paint(state.now);
}

function followChoice(map) {
  let marked = [];
  choosers.push((what) => {
    for (const one of marked) map.setFeatureState(one, { chosen: false });
    marked = chosenPieces(what).map((id) => ({ source: "flows", id }));
    if (what.kind === "zone") marked.push({ source: "zones", id: what.index });
    for (const one of marked) map.setFeatureState(one, { chosen: true });
  });
  map.on("click", (event) => {
    const { x, y } = event.point;
    const around = [[x - 5, y - 5], [x + 5, y + 5]];
    const busy = map.queryRenderedFeatures(around, { layers: ["flows"] }).filter(({ id }) => state.now.on[id] > 0);
    const zone = map.queryRenderedFeatures(event.point, { layers: ["zones"] })[0];
    if (busy.length) choose({ kind: "piece", index: busy[0].id });
    else if (zone) choose({ kind: "zone", index: zone.id });
  });
}
