// Figures of the chosen zone, road or movement. Text only ever goes in as text, never as markup.
const choosers = [];

function element(tag, text, more = {}) {
  const made = document.createElement(tag);
  if (text !== undefined) made.textContent = text;
  for (const [name, value] of Object.entries(more)) made.setAttribute(name, value);
  return made;
}

function named(tag, name, local) {
  const made = element(tag);
  made.append(element("bdi", name, { dir: "auto" }));
  for (const other of local) made.append(" ", element("bdi", other, { dir: "auto", class: "l" }));
  return made;
}

function facts(rows) {
  const list = element("dl");
  for (const [term, value] of rows) if (value !== "") list.append(element("dt", term), element("dd", value));
  return list;
}

const span = ([first, last]) => {
  const [from, to] = [localTime(first), localTime(last + 1)];
  return from.slice(0, -6) === to.slice(0, -6) ? `${from}–${to.slice(-5)}` : `${from} – ${to}`;
};

const waysOf = new Map();
plan.ways.forEach((way, index) => waysOf.set(way.o, [...(waysOf.get(way.o) || []), index]));

function wayButton(index) {
  const way = plan.ways[index];
  const button = element("button", `${count(way.p)} people to ${way.to}`, { type: "button" });
  button.addEventListener("click", () => choose({ kind: "way", index }));
  const item = element("li");
  item.append(button);
  return item;
}

function zoneDetail(zone, index) {
  const parts = [named("h3", zone.n, zone.l)];
  parts.push(facts([
    ["People", `${count(zone.p)}, of whom ${count(zone.w)} want to leave`],
    ["With this plan", zone.w ? `${count(zone.out)} leave and reach a shelter (${share(zone.out, zone.w)} of those here who want to)` : ""],
    ["Left by now", zone.w ? `${count(valueAt(zone.e, state.step))} people (${localTime(state.step)})` : ""],
    ["Waiting here on their way", valueAt(zone.wait, state.step) ? `${count(valueAt(zone.wait, state.step))} people (${localTime(state.step)})` : ""],
    ["Paused", zone.q.map(span).join("; ") || (zone.need ? "never in this plan" : "needs no pause")],
    ["Safer than where people leave", { safer: "a source says so", not_safer: "no", unknown: "unknown" }[zone.safety] || zone.safety],
    ["Places here", zone.c.map(([kind, many]) => `${kind}: ${many}`).join(", ")],
    ["Sources", [...zone.pb, `Outline: ${zone.b}`].join(". ")],
  ]));
  const ways = waysOf.get(index) || [];
  if (ways.length) {
    const list = element("ul");
    ways.slice(0, 6).forEach((way) => list.append(wayButton(way)));
    if (ways.length > 6) list.append(element("li", `and ${ways.length - 6} more destinations`));
    parts.push(element("p", "Movements from here:"), list);
  }
  return parts;
}

const roadName = (road) => road.n || (road.c === "access" ? "Walking access (modelled)" : `Unnamed ${road.c} road`);

function roadDetail(piece) {
  const road = plan.roads[piece.r];
  return [
    named("h3", roadName(road), road.l),
    facts([
      ["On it now", `${count(valueAt(piece.e, state.step))} people (${localTime(state.step)})`],
      ["Over the whole plan", `${count(piece.p)} people pass, most of them towards the ${piece.d}`],
      ["Class", road.c],
      ["Carries", [road.f ? `${count(road.f)} people on foot` : "", road.v ? `${count(road.v)} vehicles` : ""].filter(Boolean).join(", ") + " an hour and direction at most"],
      ["Source", road.b],
    ]),
  ];
}

function wayDetail(way) {
  const from = way.o >= 0 ? plan.zones[way.o] : { n: "outside all zones", l: [] };
  const range = ([low, high], unit) => (low === high ? `${low} ${unit}` : `${low} to ${high} ${unit}`);
  const heading = named("h3", from.n, from.l);
  heading.append(" → ", element("bdi", way.to, { dir: "auto" }));
  const back = element("button", `All of ${from.n}`, { type: "button" });
  back.addEventListener("click", () => choose({ kind: "zone", index: way.o }));
  return [
    heading,
    ...(way.o >= 0 ? [back] : []),
    facts([
      ["People", `${count(way.p)} (${way.g.map(([group, many]) => `${group}: ${count(many)}`).join(", ")})`],
      way.t[1] === null ? ["First leave", localTime(way.t[0])] : ["First leave, last arrive", `${localTime(way.t[0])} – ${localTime(way.t[1])}`],
      ["On the way for", way.m ? range(way.m, "minutes") : ""],
      ["Length of the way", way.km ? range(way.km, "km") : ""],
      ["Not said", way.m ? "" : "when they arrive and how long the way is, as that would show where a protected place lies"],
      ["Source", "this plan (modelled); each part is a row of movements.csv"],
    ]),
  ];
}

function choose(what, again = false) {
  state.chosen = what;
  const panel = byId("detail");
  // screen readers hear of a choice, not of each step of the time
  panel.setAttribute("aria-live", again ? "off" : "polite");
  const inside = panel.contains(document.activeElement);
  const parts =
    what.kind === "zone" ? zoneDetail(plan.zones[what.index], what.index)
    : what.kind === "piece" ? roadDetail(plan.pieces[what.index])
    : what.kind === "way" ? wayDetail(plan.ways[what.index])
    : [];
  panel.replaceChildren(...parts);
  if (inside) panel.focus({ preventScroll: true });
  for (const listen of choosers) listen(what);
}

const chosenPieces = (what) => {
  if (!what) return [];
  if (what.kind === "piece") return [what.index];
  if (what.kind !== "way") return [];
  let at = 0;
  return plan.ways[what.index].s.map((later) => (at += later));
};

// before anything is chosen: how to, and the roads that most people take, for those who cannot point at the map
function invite() {
  const best = new Map();
  plan.pieces.forEach((piece, index) => {
    const known = best.get(piece.r);
    if (plan.roads[piece.r].c !== "access" && (known === undefined || piece.p > plan.pieces[known].p)) best.set(piece.r, index);
  });
  const top = [...best.values()].sort((a, b) => plan.pieces[b].p - plan.pieces[a].p).slice(0, 5);
  const list = element("ul");
  for (const index of top) {
    const piece = plan.pieces[index];
    const button = element("button", `${roadName(plan.roads[piece.r])}: ${count(piece.p)} people`, { type: "button" });
    button.addEventListener("click", () => choose({ kind: "piece", index }));
    const item = element("li");
    item.append(button);
    list.append(item);
  }
  const how = "Choose a zone, a road or a movement for its figures and their source: on the map, in the list of zones, or here.";
  const panel = byId("detail");
  panel.append(element("p", how, { class: "small" }));
  if (top.length) panel.append(element("p", "Roads that most people take, at their busiest point over the whole plan:"), list);
}

// numbers "now" in the panel follow the time
listeners.push(() => {
  if (state.chosen && state.chosen.kind !== "way" && !state.playing) choose(state.chosen, true);
});
