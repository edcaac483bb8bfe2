/* The training of a network replayed: its weights at moments on the way, from the drawn ones on. */

/** The page's replays: {own, moments, weights, times}; null where it has none. */
let replaysRead = null;

function embeddedReplays() {
  replaysRead ||= embedded("replay-data") || {replays: []};
  return replaysRead.replays;
}

function replayOf(own) {
  return embeddedReplays().find((one) => one.own === own) || null;
}

/** By name: the network at each moment that was asked for, null while it is made ready. */
const MOMENTS = new Map();

/** The moment that the address means, by how many passes were done; -1 for the trained weights. */
function momentOf(replay, values) {
  return replay && values.epoch ? replay.moments.findIndex((one) => String(one.epoch) === values.epoch) : -1;
}

/** A network with the weights of a moment; null where that is made ready first. */
function networkAt(network, replay, at) {
  const own = `${network.own} ${at}`,
    found = MOMENTS.get(own);
  if (found === undefined) {
    MOMENTS.set(own, null);
    Engine.load(programAt(network.program, replay.times[at]), replay.weights[at], engineData().wasm).then((member) => {
      MOMENTS.set(own, member);
      show();
    });
  }
  return found ? {...network, members: [found]} : null;
}

/** Milliseconds for which each moment is seen while the replay plays. */
const SEEN_FOR = 900;
let playing = null;

function pause() {
  clearInterval(playing);
  playing = null;
}

/** Plays from a moment on; from the first where it is at the end. */
function play(replay, to) {
  pause();
  const last = replay.moments.length - 1;
  const go = () => {
    const here = momentOf(replay, readAddress(location.hash).values);
    if (here < 0 || here >= last) pause();
    else to({epoch: replay.moments[here + 1].epoch});
    if (here + 1 >= last) pause();
    show();
  };
  playing = setInterval(go, SEEN_FOR);
  if (momentOf(replay, readAddress(location.hash).values) >= last) to({epoch: replay.moments[0].epoch});
  show();
}

function passes({epoch, step}) {
  if (!step) return "before the first step: random weights";
  return `after ${epoch} ${epoch === 1 ? "pass" : "passes"} over the digits, ${comma(step)} steps`;
}

const REPLAY_SIZE = {width: 340, height: 92, left: 34, top: 8, bottom: 20};

/** Where a moment, and an error, are in the curve: moments are evenly apart, errors logarithmic. */
function curvePlace(replay, at, error) {
  const {width, height, left, top, bottom} = REPLAY_SIZE,
    tall = height - top - bottom;
  const x = left + (at / (replay.moments.length - 1)) * (width - left - 10);
  return [x, top + (tall * Math.log(1 / error)) / Math.log(1 / 0.005)];
}

/** The errors along the training, and the moment that is seen. */
function replayCurve(replay, at) {
  const {width, height, left} = REPLAY_SIZE;
  const line = (name) =>
    replay.moments.map((one, number) => curvePlace(replay, number, one[name]).map((v) => v.toFixed(1)).join(" ")).join("L");
  const grid = [1, 0.1, 0.01].map((error) => {
    const [, y] = curvePlace(replay, 0, error);
    return [
      shape("path", {d: `M${left} ${y}H${width}`, class: "grid"}),
      shape("text", {x: left - 4, y: y + 3.5, "text-anchor": "end"}, `${100 * error} %`),
    ];
  });
  const some = replay.moments.map((one, number) => [one, number]).filter(([, number]) => number % 3 === 0);
  const [x, y] = curvePlace(replay, at, replay.moments[at].test_error);
  return shape(
    "svg",
    {
      viewBox: `0 0 ${width} ${height}`,
      class: "curve",
      role: "img",
      "aria-label": `test error: ${replay.moments.map((one) => `${one.epoch} passes ${(100 * one.test_error).toFixed(1)} %`).join(", ")}`,
    },
    grid,
    some.map(([one, number]) =>
      shape(
        "text",
        {x: curvePlace(replay, number, 1)[0], y: height - 5, "text-anchor": "middle"},
        String(one.epoch),
      ),
    ),
    shape("path", {d: `M${line("train_error")}`, class: "trained"}),
    shape("path", {d: `M${line("test_error")}`, class: "tested"}),
    shape("circle", {cx: x, cy: y, r: 4.5, class: "now"}),
  );
}

/**
 * What of the replay is there for a network: nothing, a way into it, or its player; with `others`
 * a way to a network that has one.
 */
function showReplay(home, replay, at, to, others = false) {
  if (at < 0 || !replay) {
    pause();
    const other = !replay && others && embeddedReplays()[0],
      key = replay ? `begin ${replay.own}` : other ? `other ${other.own}` : "";
    if (home.dataset.key === key) return;
    home.dataset.key = key;
    const begin = el("button", {type: "button", id: "replay-begin"}, "Watch it learn");
    begin.onclick = () => {
      to({epoch: 0});
      byId("replay-at")?.focus();
    };
    if (other) {
      const go = el("button", {type: "button"}, `Watch ${other.own} learn`);
      go.onclick = () => {
        CHOOSE.network(other.own);
        byId("replay-begin")?.focus();
      };
      fill(home, el("p", {}, go, el("span", {class: "hint"}, " of this page's networks the one whose training was kept")));
      return;
    }
    fill(home, replay ? el("p", {}, begin, el("span", {class: "hint"}, " its training replayed, from random weights on")) : "");
    return;
  }
  const key = `player ${replay.own}`;
  if (home.dataset.key !== key) {
    home.dataset.key = key;
    fill(home, replayPlayer(replay));
  }
  const moment = replay.moments[at],
    last = replay.moments.length - 1,
    slider = byId("replay-at");
  const goTo = (number) => to({epoch: replay.moments[Math.min(Math.max(number, 0), last)].epoch});
  const by = (number) => {
    pause();
    goTo(number);
    announce(`${passes(replay.moments[Math.min(Math.max(number, 0), last)])}`);
  };
  slider.value = at;
  slider.setAttribute("aria-valuetext", passes(moment));
  slider.oninput = () => by(Number(slider.value));
  byId("replay-back").onclick = () => by(at - 1);
  byId("replay-on").onclick = () => by(at + 1);
  const button = byId("replay-play");
  button.textContent = playing ? "Pause" : "Play";
  button.onclick = () => {
    if (playing) {
      pause();
      show();
    } else play(replay, to);
  };
  byId("replay-end").onclick = () => {
    pause();
    to({epoch: ""});
    byId("replay-begin")?.focus();
  };
  byId("replay-said").textContent =
    `${passes(moment)[0].toUpperCase()}${passes(moment).slice(1)}: ` +
    `${(100 * moment.test_error).toFixed(2)} % of ${comma(replay.tested)} test digits wrong. ` +
    `Loss ${moment.train_loss.toFixed(3)} on digits that it learns from, ${moment.val_loss.toFixed(3)} on others.`;
  fill(byId("replay-curve"), replayCurve(replay, at));
}

function replayPlayer(replay) {
  const button = (name, text, words) =>
    el("button", {type: "button", id: `replay-${name}`, "aria-label": words ?? null}, text);
  const still = matchMedia("(prefers-reduced-motion: reduce)").matches; // then nothing moves by itself
  return el(
    "section",
    {class: "replay", "aria-label": "Its training, replayed"},
    el("h3", {}, "Watch it learn", el("span", {class: "kind"}, ` ${replay.words}`)),
    el(
      "div",
      {class: "player"},
      el("span", {hidden: still}, button("play", "Play")),
      button("back", "‹", "a moment back"),
      el("input", {
        type: "range",
        id: "replay-at",
        min: 0,
        max: replay.moments.length - 1,
        "aria-label": "Moment of the training",
      }),
      button("on", "›", "a moment on"),
      button("end", "Leave the replay"),
    ),
    el("p", {id: "replay-said"}),
    el("div", {id: "replay-curve"}),
    el(
      "p",
      {class: "hint"},
      el("span", {class: "line-key tested"}),
      " test error, ",
      el("span", {class: "line-key trained"}),
      " error on digits that it learns from. Below: passes over the digits. The moments stand evenly apart " +
        "though the passes do not: most is learned in the first.",
    ),
  );
}
