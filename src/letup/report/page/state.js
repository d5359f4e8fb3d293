// What is shown: one step in time, and one chosen thing. Everything else listens.
const plan = JSON.parse(document.getElementById("plan-data").textContent);
const byId = (id) => document.getElementById(id);
const listeners = [];
const state = { step: -1, chosen: null };

const count = (value) => Math.round(value).toLocaleString("en-US");
const share = (part, whole) => {
  if (!(whole > 0)) return "–";
  const percent = Math.round((1000 * part) / whole) / 10;
  if (percent >= 100 && part < whole) return "over 99.9 %";
  if (percent <= 0 && part > 0) return "under 0.1 %";
  return `${percent} %`;
};

const DAYS = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"];
const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

// minutes by which local time is ahead of UTC, from the page: times are the scenario's and not the reader's
function minutesAhead(step) {
  let ahead = 0;
  for (const [first, minutes] of plan.offsets) if (first <= step) ahead = minutes;
  return ahead;
}

function localTime(step) {
  const date = new Date((plan.start + 60 * (step * plan.minutes + minutesAhead(step))) * 1000);
  const two = (value) => String(value).padStart(2, "0");
  const day = `${DAYS[date.getUTCDay()]} ${date.getUTCDate()} ${MONTHS[date.getUTCMonth()]}`;
  return `${day} ${two(date.getUTCHours())}:${two(date.getUTCMinutes())}`;
}

// numbers over time come as second differences: step, change, steps later, change, ...
function valueAt(bends, step) {
  let total = 0;
  let at = 0;
  for (let index = 0; index < bends.length; index += 2) {
    at += bends[index];
    if (at > step) break;
    total += bends[index + 1] * (step - at + 1);
  }
  return total;
}

function largest(bends) {
  let level = 0;
  let slope = 0;
  let top = 0;
  let reached = 0;
  for (let index = 0; index < bends.length; index += 2) {
    // the curve is straight up to the step before a bend, and the bend adds to the slope from that step on
    level += slope * Math.max(bends[index] - (index ? 1 : 0), 0);
    top = Math.max(top, level);
    slope += bends[index + 1];
    level += slope;
    top = Math.max(top, level);
    reached += bends[index];
  }
  if (slope > 0) top = Math.max(top, level + slope * (plan.steps - 1 - reached));
  return top;
}

const isQuiet = (zone, step) => zone.q.some(([first, last]) => first <= step && step <= last);

const most = plan.pieces.reduce((top, piece) => Math.max(top, largest(piece.e)), 1);
// pixels; the square root keeps small movements visible beside large ones
const widthOf = (people) => (people > 0 ? 1.2 + 12 * Math.sqrt(people / most) : 0);

const changes = [...new Set(plan.zones.flatMap((zone) => zone.q.flatMap(([first, last]) => [first, last + 1])))]
  .filter((step) => step < plan.steps)
  .sort((a, b) => a - b);

function snapshot(step) {
  return {
    step,
    quiet: plan.zones.map((zone) => isQuiet(zone, step)),
    on: plan.pieces.map((piece) => valueAt(piece.e, step)),
    moving: valueAt(plan.moving, step),
    waiting: valueAt(plan.waiting, step),
    arrived: plan.arrived.reduce((total, bends) => total + valueAt(bends, step), 0),
  };
}

function show(step) {
  const wanted = Math.min(Math.max(Math.round(step), 0), plan.steps - 1);
  if (wanted === state.step) return;
  state.step = wanted;
  const now = snapshot(wanted);
  state.now = now;
  for (const listen of listeners) listen(now);
}

function unpacked(numbers) {
  const line = [];
  let x = 0;
  let y = 0;
  for (let index = 0; index < numbers.length; index += 2) {
    x += numbers[index];
    y += numbers[index + 1];
    line.push([x / 1e5, y / 1e5]);
  }
  return line;
}

const stillness = window.matchMedia("(prefers-reduced-motion: reduce)");
