// Slider, play, jumps and the cursor in the timeline and the chart: all of them are the one step.
const slider = byId("step");
const lanes = [...document.querySelectorAll(".lane[data-z]")];

listeners.push((now) => {
  const percent = `${(100 * now.step) / plan.steps}%`;
  byId("cursor").style.left = percent;
  byId("chart-cursor").style.left = percent;
  const quiet = now.quiet.filter(Boolean).length;
  byId("clock").textContent = localTime(now.step);
  byId("now-quiet").textContent = `${quiet} of ${plan.zones.length}`;
  byId("now-moving").textContent = count(now.moving);
  byId("now-waiting").textContent = now.waiting > 0 ? ` (${count(now.waiting)} of them wait on the way)` : "";
  byId("now-arrived").textContent = count(now.arrived);
  byId("now-share").textContent = `${share(now.arrived, plan.want)} of those who want to leave`;
  slider.value = now.step;
  slider.setAttribute("aria-valuetext", `${localTime(now.step)}, ${quiet} zones quiet, ${count(now.moving)} people on the way`);
  for (const lane of lanes) lane.classList.toggle("quiet", now.quiet[+lane.dataset.z]);
});

choosers.push((what) => {
  for (const lane of lanes) lane.classList.toggle("chosen", what.kind === "zone" && +lane.dataset.z === what.index);
});

// the same time of day some days later, also where clocks are put forward or back in between
const daysLater = (step, days) => {
  const later = step + days * Math.max(1440 / plan.minutes, 1);
  return Math.round(later + (minutesAhead(step) - minutesAhead(later)) / plan.minutes);
};
const jump = (ahead) => {
  const found = ahead > 0 ? changes.find((step) => step > state.step) : changes.findLast((step) => step < state.step);
  show(found ?? (ahead > 0 ? plan.steps - 1 : 0));
};

slider.addEventListener("input", () => {
  pause();
  show(+slider.value);
});
slider.addEventListener("keydown", (event) => {
  const days = { PageUp: 1, PageDown: -1 };
  if (event.key in days) show(daysLater(state.step, days[event.key]));
  else if (event.key === "n" || event.key === "N") jump(1);
  else if (event.key === "p" || event.key === "P") jump(-1);
  else return;
  event.preventDefault();
});

const playButton = byId("play");
let ticking = 0;

function pause() {
  if (!state.playing) return;
  state.playing = false;
  cancelAnimationFrame(ticking);
  clearTimeout(ticking);
  playButton.textContent = "▶ Play";
  playButton.setAttribute("aria-pressed", "false");
  if (state.chosen) choose(state.chosen, true);
}

function play() {
  state.playing = true;
  playButton.textContent = "❚❚ Stop";
  playButton.setAttribute("aria-pressed", "true");
  if (state.step >= plan.steps - 1) show(0);
  if (stillness.matches) return hop();
  let before = performance.now();
  let exact = state.step;
  const tick = (at) => {
    // the whole plan in about a minute
    exact += ((at - before) / 1000) * (plan.steps / 60);
    before = at;
    show(exact);
    if (exact >= plan.steps - 1) pause();
    else if (state.playing) ticking = requestAnimationFrame(tick);
  };
  ticking = requestAnimationFrame(tick);
}

// for readers who asked for less motion: from one change to the next, two seconds apart
function hop() {
  jump(1);
  if (state.step >= plan.steps - 1) pause();
  else ticking = setTimeout(() => state.playing && hop(), 2000);
}

playButton.addEventListener("click", () => (state.playing ? pause() : play()));
byId("next").addEventListener("click", () => jump(1));
byId("previous").addEventListener("click", () => jump(-1));

for (const button of document.querySelectorAll("button.who")) {
  button.addEventListener("click", () => choose({ kind: "zone", index: +button.dataset.z }));
}

const pick = byId("pick");
plan.zones
  .map((zone, index) => [zone.n, index])
  .sort(([a], [b]) => a.localeCompare(b))
  .forEach(([name, index]) => pick.append(element("option", name, { value: index })));
pick.addEventListener("change", () => pick.value !== "" && choose({ kind: "zone", index: +pick.value }));
choosers.push((what) => (pick.value = what.kind === "zone" ? what.index : ""));

// dragging anywhere on the bars moves the time as well
const bars = document.querySelector(".lanes");
const dragTo = (event) => {
  const box = document.querySelector(".over").getBoundingClientRect();
  if (event.clientX < box.left) return;
  pause();
  show(((event.clientX - box.left) / box.width) * plan.steps);
};
bars.addEventListener("pointerdown", (event) => {
  if (event.target.closest("button")) return;
  if (event.pointerType === "mouse") bars.setPointerCapture(event.pointerId);
  dragTo(event);
});
bars.addEventListener("pointermove", (event) => {
  if (event.pointerType === "mouse" && bars.hasPointerCapture(event.pointerId)) dragTo(event);
});
