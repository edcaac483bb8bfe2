/* A page with the engine alone: a picture is dropped, the network says what is on it, and why. */

const byId = (id) => document.getElementById(id);
const {wasm, networks} = JSON.parse(byId("engine").textContent);
const MOST_SHOWN = 64; // maps of a row
const WARM = [1, 0.35, 0.05], COLD = [0.15, 0.25, 0.55];
let network = null, latest = null, chosen = 0;

/** An element with text in it, which stays text whatever it is. */
function el(tag, properties, ...children) {
  const element = Object.assign(document.createElement(tag), properties);
  element.append(...children);
  return element;
}

async function choose(at) {
  const {program, weights, own} = networks[at];
  network = await Engine.load(program, weights, wasm);
  const [channels, height, width] = program.input;
  const name = own === program.name ? own : `${own} (${program.name})`;
  byId("about").textContent = `${name} sees ${channels}x${height}x${width} and tells `
    + `${program.classes.length} classes apart. It runs here, in `
    + `${network.kind === "wasm" ? "WebAssembly" : "plain JavaScript"}; `
    + "no picture leaves this page.";
  const rows = program.steps.filter((step) => step.out[1] * step.out[2] > 1).map((step) => step.name);
  byId("row").replaceChildren(...rows.map((name) => el("option", {value: name}, name)));
  if (latest) answer();
}

/** Shows what the network says of the latest picture. */
function answer() {
  const begun = performance.now(), out = network.run(latest.data, latest.width, latest.height);
  const took = performance.now() - begun, top = out.top(5);
  chosen = top[0].index;
  byId("took").textContent = `${latest.width} x ${latest.height} pixels, in ${Math.round(took)} ms.`;
  showTop(out, top);
  showInput(out);
  showCam(out);
  showMaps(out);
  byId("row").onchange = () => showMaps(out);
  byId("answer").hidden = false;
}

function showTop(out, top) {
  const able = Boolean(network.program.cam);
  byId("top").replaceChildren(...top.map(({index, label, score}) => {
    const bar = el("i", {});
    bar.style.width = `${100 * score}%`;
    const button = el("button", {type: "button", disabled: !able},
      el("span", {className: "label"}, label), el("span", {className: "score"}, `${(100 * score).toFixed(1)} %`),
      el("span", {className: "bar"}, bar));
    button.setAttribute("aria-pressed", String(able && index === chosen));
    button.onclick = () => {
      chosen = index;
      showTop(out, top);
      showCam(out);
    };
    return el("li", {}, button);
  }));
}

/** The least and the largest of values. */
function range(values) {
  let [least, most] = [Infinity, -Infinity];
  for (const value of values) [least, most] = [Math.min(least, value), Math.max(most, value)];
  return [least, most];
}

/** Paints pixels (height, width) into a canvas: `paint(at)` gives red, green, blue of 0 to 1. */
function painted(canvas, height, width, paint) {
  Object.assign(canvas, {width: width, height: height});
  const image = new ImageData(width, height);
  for (let at = 0; at < height * width; at++) {
    image.data.set([...paint(at).map((value) => 255 * value), 255], 4 * at);
  }
  canvas.getContext("2d").putImageData(image, 0, 0);
  return canvas;
}

/** The input's colours at a pixel, from 0 to 1: as they were, where each was only brought to a range. */
function colours(out) {
  const {channels, height, width, values} = out.map(""), size = height * width;
  const {order, low, high, gcn, mean} = network.program.eyes;
  const ends = Array.from({length: channels}, (_, channel) => gcn || mean
    ? range(values.subarray(channel * size, (channel + 1) * size))
    : [low[low.length > 1 ? channel : 0], high[high.length > 1 ? channel : 0]]);
  const level = (channel, at) => {
    const [least, most] = ends[channel];
    return most === least ? 0 : (values[channel * size + at] - least) / (most - least);
  };
  const places = channels === 1 ? [0, 0, 0] : order === "bgr" ? [2, 1, 0] : [0, 1, 2];
  return {height: height, width: width, paint: (at) => places.map((channel) => level(channel, at))};
}

function showInput(out) {
  const {height, width, paint} = colours(out);
  painted(byId("input"), height, width, paint);
}

/** The class activation map over the input in grey: what speaks for the class is warm. */
function showCam(out) {
  const able = Boolean(network.program.cam);
  byId("cam-part").hidden = !able;
  byId("no-cam").textContent = able ? "" : `There is no class activation map: ${network.program.no_cam}.`;
  if (!able) return;
  const cam = out.cam(chosen), {height, width, paint} = colours(out), [low, high] = range(cam.values);
  const between = (at, length, count) => {
    const place = Math.min(Math.max((at + 0.5) / length * count - 0.5, 0), count - 1), first = Math.floor(place);
    return [first, Math.min(first + 1, count - 1), place - first];
  };
  painted(byId("cam"), height, width, (at) => {
    const [y0, y1, dy] = between(Math.floor(at / width), height, cam.height);
    const [x0, x1, dx] = between(at % width, width, cam.width);
    const value = (y, x) => cam.values[y * cam.width + x];
    const row = (y) => value(y, x0) * (1 - dx) + value(y, x1) * dx;
    const found = row(y0) * (1 - dy) + row(y1) * dy;
    const heat = high > low ? (found - low) / (high - low) : 0, [r, g, b] = paint(at);
    const grey = 0.3 * r + 0.59 * g + 0.11 * b;
    return WARM.map((warm, one) => 0.5 * grey + 0.5 * (heat * warm + (1 - heat) * COLD[one]));
  });
  byId("cam-words").textContent = `What speaks for "${network.classes[chosen]}": warm much, blue little`;
}

function showMaps(out) {
  const name = byId("row").value, {channels, height, width, values} = out.map(name), size = height * width;
  const shown = Math.min(channels, MOST_SHOWN);
  const some = shown < channels ? `, the first ${shown} shown` : "";
  byId("row-words").textContent = `${channels} maps of ${height}x${width}${some}`;
  byId("maps").replaceChildren(...Array.from({length: shown}, (_, channel) => {
    const map = values.subarray(channel * size, (channel + 1) * size), [low, high] = range(map);
    const level = (at) => high > low ? (map[at] - low) / (high - low) : 0;
    const canvas = painted(el("canvas", {title: `map ${channel}: ${low.toPrecision(3)} to ${high.toPrecision(3)}`}),
      height, width, (at) => Array(3).fill(level(at)));
    return canvas;
  }));
}

/** Does some work; what a user can mend is said in the place of an answer. */
async function tried(work) {
  byId("error").hidden = true;
  try {
    await work();
  } catch (error) {
    if (!(error instanceof Engine.EngineError)) throw error;
    byId("answer").hidden = true;
    byId("error").textContent = error.message;
    byId("error").hidden = false;
  }
}

/** A file becomes the latest picture. */
const take = (file) => tried(async () => {
  latest = await Engine.decode(file);
  answer();
});

byId("network").append(...networks.map(({own}, at) => el("option", {value: at}, own)));
byId("which").hidden = networks.length < 2;
byId("network").onchange = (event) => tried(() => choose(Number(event.target.value)));
byId("file").onchange = (event) => event.target.files[0] && take(event.target.files[0]);
addEventListener("dragover", (event) => {
  event.preventDefault();
  byId("drop").classList.add("over");
});
addEventListener("dragleave", () => byId("drop").classList.remove("over"));
addEventListener("drop", (event) => {
  event.preventDefault();
  byId("drop").classList.remove("over");
  if (event.dataTransfer.files[0]) take(event.dataTransfer.files[0]);
});
await tried(() => choose(0));
