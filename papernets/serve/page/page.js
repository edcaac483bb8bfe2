"use strict";
// A picture goes to the server; labels, the class map and the class's test error come back.

const $ = (id) => document.getElementById(id);
let models = [], picture = null, token = "", asked = 0, chosen = "";

const percent = (fraction) => {
  if (fraction > 0 && fraction < 0.0005) return "<0.1\u00a0%";
  if (fraction < 1 && fraction >= 0.9995) return ">99.9\u00a0%";
  return `${(100 * fraction).toFixed(1)}\u00a0%`;
};
const number = (value) => value.toLocaleString("en");
const model = () => models.find((one) => one.name === $("model").value) || models[0];

function say(text, bad) {
  $("status").textContent = text;
  $("status").classList.toggle("bad", Boolean(bad));
}

async function ask(path, body) {
  const headers = token ? { Authorization: `Bearer ${token}` } : {};
  const options = body ? { method: "POST", body, headers } : { headers };
  let answer;
  try {
    answer = await fetch(path, options);
  } catch {
    throw new Error("The server cannot be reached.");
  }
  const value = await answer.json().catch(() => ({ error: "The server gave no answer." }));
  if (answer.ok) return value;
  if (answer.status === 401) $("key").hidden = false;
  throw new Error(value.error);
}

async function begin() {
  try {
    models = (await ask("/models")).models;
  } catch (error) {
    say(error.message, true);
    return;
  }
  $("key").hidden = true;
  $("model").replaceChildren(...models.map((one) => new Option(one.name, one.name)));
  $("choice").hidden = models.length < 2;
  about();
  say("Choose a picture.");
}

function about() {
  const { name, classes, input, figures } = model();
  const [, height, width] = input;
  const known = figures.test_error === null ? ""
    : ` Of the test pictures it labels ${percent(figures.test_error)} wrongly.`;
  const several = classes.length === 1 ? "class" : "classes";
  $("about").textContent =
    `${name} tells ${number(classes.length)} ${several} apart, at ${height}×${width} pixels.${known}`;
}

async function predict() {
  const turn = ++asked;
  if (!picture) return;
  say("Asking the network ...");
  const query = new URLSearchParams({ model: model().name, top: 5 });
  try {
    const value = await ask(`/predict?${query}`, picture);
    if (turn !== asked) return;
    show(value.predictions[0].top);
    await look(value.predictions[0].label);
  } catch (error) {
    if (turn !== asked) return;
    $("found").hidden = true;
    say(error.message, true);
  }
}

function show(top) {
  $("labels").replaceChildren(...top.map(({ label, score }) => {
    const item = document.createElement("li"), button = document.createElement("button");
    const [bar, name, share] = ["bar", "name", "score"].map((kind) => {
      const part = document.createElement("span");
      part.className = kind;
      return part;
    });
    bar.style.width = `${100 * score}%`;
    bar.setAttribute("aria-hidden", "true");
    name.textContent = label;
    share.textContent = percent(score);
    button.type = "button";
    button.dataset.label = label;
    button.setAttribute("aria-pressed", "false");
    button.append(bar, name, share);
    button.addEventListener("click", () => look(label));
    item.append(button);
    return item;
  }));
  $("found").hidden = false;
  say(`${top[0].label}, ${percent(top[0].score)}`);
}

async function look(label) {
  const turn = asked;
  chosen = label;
  for (const button of $("labels").querySelectorAll("button")) {
    button.setAttribute("aria-pressed", String(button.dataset.label === label));
  }
  figures(label);
  const able = model().looks;
  $("veil-label").hidden = $("heat").hidden = !able;
  if (!able) {
    $("seen").src = URL.createObjectURL(picture);
    $("seen").alt = "The picture";
    $("seen").className = "";
    $("caption").textContent = "A committee of several networks has no class map.";
    return;
  }
  const query = new URLSearchParams({ model: model().name, class: label });
  try {
    const found = await ask(`/look?${query}`, picture);
    if (turn !== asked || chosen !== label) return;
    $("seen").src = found.seen;
    $("seen").alt = "The picture as the network sees it";
    $("heat").src = found.heat;
    $("seen").classList.toggle("coarse", model().input[1] < 96);
    veil();
    const method = found.method === "cam" ? "Class activation map" : "Grad-CAM";
    $("caption").textContent =
      `The picture as the network sees it. Orange: what speaks for ${label} (${method} of ${found.layer}).`;
  } catch (error) {
    if (turn === asked) $("caption").textContent = error.message;
  }
}

function figures(label) {
  const known = model().figures;
  const own = Object.hasOwn(known.classes, label) ? known.classes[label] : null; // "toString" too
  let text = "";
  if (own) {
    text = `In the test ${percent(own.error)} of ${number(own.images)} pictures of ${label} were labelled otherwise.`;
  } else if (known.test_error !== null) {
    const of = known.test_images ? ` of ${number(known.test_images)} pictures` : "";
    const range = known.interval ? ` (95 % interval ${known.interval.map(percent).join(" to ")})` : "";
    text = `In the test ${percent(known.test_error)}${of} of all classes were labelled wrongly${range}. `
      + "For each class it is not known.";
  } else {
    text = "The network's test error is not known to this server.";
  }
  $("figures").textContent = text;
}

function veil() {
  $("heat").hidden = !$("veil").checked || !model().looks;
  $("seen").classList.toggle("veiled", !$("heat").hidden);
}

function take(file) {
  if (!file) return;
  picture = file;
  predict();
}

$("choose").addEventListener("click", () => $("file").click());
$("file").addEventListener("change", () => {
  take($("file").files[0]);
  $("file").value = ""; // the same file may have changed
});
$("model").addEventListener("change", () => { about(); predict(); });
$("veil").addEventListener("change", veil);
$("key").addEventListener("submit", (event) => {
  event.preventDefault();
  token = $("token").value.trim();
  begin();
});
document.addEventListener("paste", (event) => take(event.clipboardData.files[0]));
for (const kind of ["dragover", "dragleave", "drop"]) {
  document.addEventListener(kind, (event) => {
    event.preventDefault();
    $("drop").classList.toggle("over", kind === "dragover");
    if (kind === "drop") take(event.dataTransfer.files[0]);
  });
}
begin();
