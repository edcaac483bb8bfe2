"use strict";
// A picture goes to the server; labels, the class map and the class's test error come back.

const METHODS = {
  cam: "A class activation map (Zhou et al. 2016, arXiv 1512.04150) adds up the network's last "
    + "maps, each times the weight that the class gives it",
  "grad-cam": "Grad-CAM (Selvaraju et al. 2017, arXiv 1610.02391) adds up maps of the network, "
    + "each times how much the class's output changes with it",
};
const MOST_NAMES = 12;
let models = [], limits = {}, pictures = [], picture = null, asked = 0, chosen = "";

const percent = (fraction) => { // a score, as predict shows it
  if (fraction > 0 && fraction < 0.0005) return "<0.1\u00a0%";
  if (fraction < 1 && fraction >= 0.9995) return ">99.9\u00a0%";
  return `${(100 * fraction).toFixed(1)}\u00a0%`;
};
const errorPercent = (fraction) => { // an error, as runs, evaluate and cards show it
  const value = 100 * fraction, whole = fraction === 0 || fraction === 1;
  const near = (text) => Number(text) !== 100 && Math.abs(text - value) <= value / 10;
  let digits = 2, text = value.toFixed(2);
  while (!whole && digits < 8 && !(digits === 2 && text > 0 && text < 100) && !near(text)) {
    text = value.toFixed(++digits);
  }
  return `${text}\u00a0%`;
};
const number = (value) => value.toLocaleString("en");
const model = () => models.find((one) => one.name === $("model").value) || models[0];

function say(text, bad) {
  $("status").textContent = text.charAt(0).toUpperCase() + text.slice(1);
  $("status").classList.toggle("bad", Boolean(text && bad));
}

async function begin() {
  try {
    ({ models, limits } = await ask("/models"));
  } catch (error) {
    say(error.message, true);
    return;
  }
  $("key").hidden = true;
  $("model").replaceChildren(...models.map((one) => (
    new Option(`${one.name}: ${titled(one)}`, one.name))));
  $("choice").hidden = models.length < 2;
  about();
  say("");
}

const titled = ({ title, year }) => (year ? `${title} (${year})` : title);

function about() {
  const { name, classes, input, figures, data, paper } = model();
  const [, height, width] = input;
  const names = classes.slice(0, MOST_NAMES).join(", ");
  const rest = classes.length - MOST_NAMES, more = rest > 0 ? ` and ${number(rest)} more` : "";
  const several = classes.length === 1 ? "class" : "classes";
  $("about").textContent = `${titled(model())} tells ${number(classes.length)}\u00a0${several} apart.`;
  const facts = {
    "Called here": name,
    Input: `${height}\u00a0×\u00a0${width} pixels`,
    "Trained on": data,
    "Test error": figures.test_error === null ? "not known here" : tested(figures),
    [`Its ${number(classes.length)} ${several}`]: names + more,
  };
  const told = Object.entries(facts).filter(([, value]) => value);
  $("facts").replaceChildren(...told.map(([key, value]) => {
    const fact = made("div", "");
    fact.append(made("dt", "", key), made("dd", "", value));
    return fact;
  }));
  $("network-title").textContent = titled(model());
  $("paper").textContent = paper;
  $("network").hidden = false;
}

const tested = ({ test_error: error, test_images: images, interval }) => {
  const of = images ? ` of ${number(images)}\u00a0pictures` : "";
  const range = interval
    ? ` (95\u00a0%\u00a0interval ${interval.map(errorPercent).join(" to ")})` : "";
  return errorPercent(error) + of + range;
};

// All pictures are asked about, one after another; the first is shown, then whichever is chosen.
async function predict() {
  const turn = ++asked;
  for (const one of pictures) one.top = one.error = one.seen = null;
  if (pictures.length) show(pictures.includes(picture) ? picture : pictures[0]);
  for (const one of pictures) {
    const query = new URLSearchParams({ model: model().name, top: 5 });
    let top = null, error = null;
    try {
      [{ top }] = (await ask(`/predict?${query}`, one.file)).predictions;
    } catch (wrong) {
      error = wrong.message;
    }
    if (turn !== asked) return;
    Object.assign(one, { top, error });
    list();
    if (one === picture) show(one);
  }
}

// What stands for a picture that the browser cannot show: a sign, or "?" where nobody could read it.
function sign({ error, file }) {
  const mark = made("b", "", error ? "?" : "");
  mark.setAttribute("role", "img");
  mark.setAttribute("aria-label", file.name);
  if (!error) {
    mark.append($("sign").cloneNode(true));
    mark.firstChild.removeAttribute("id");
    mark.firstChild.removeAttribute("hidden");
  }
  return mark;
}

function list() {
  const items = [...$("pictures").children];
  const focused = items.findIndex((one) => one.contains(document.activeElement));
  $("pictures").hidden = pictures.length < 2;
  $("pictures").replaceChildren(...pictures.map((one) => {
    const item = document.createElement("li"), button = made("button", one.error ? "bad" : "");
    const image = made("img", "");
    image.src = one.seen || one.url;
    image.alt = one.file.name;
    image.addEventListener("error", () => { // a TIFF, which the network reads and no browser does
      one.unshown = true;
      image.replaceWith(sign(one));
    });
    button.title = one.file.name;
    button.type = "button";
    button.setAttribute("aria-pressed", String(one === picture));
    const words = one.error ? "not read" : one.top ? one.top[0].label : "...";
    button.append(image, made("span", "", words));
    button.addEventListener("click", () => show(one));
    item.append(button);
    return item;
  }));
  if (focused >= 0) $("pictures").children[focused]?.firstChild.focus();
}

function show(one) {
  picture = one;
  list();
  $("own").src = one.url;
  unshown(false);
  $("found").hidden = !one.top;
  if (!one.top) {
    say(one.error || "Asking the network ...", one.error);
    return;
  }
  const { top } = one;
  $("labels").replaceChildren(...top.map(({ label, score }) => {
    const item = document.createElement("li"), button = document.createElement("button");
    const [bar, name, share] = ["bar", "name", "score"].map((kind) => made("span", kind));
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
  say("");
  $("status").append(made("strong", "", top[0].label), ` ${percent(top[0].score)}`);
  look(top[0].label);
}

// Your picture, or a sign where the browser cannot show what the network could read.
function unshown(so) {
  $("own").hidden = so;
  $("sign").toggleAttribute("hidden", !so);
}

async function look(label) {
  const turn = asked, own = picture;
  chosen = label;
  for (const button of $("labels").querySelectorAll("button")) {
    button.setAttribute("aria-pressed", String(button.dataset.label === label));
  }
  figures(label);
  const able = model().looks;
  $("veil-label").hidden = $("scale").hidden = $("view").parentNode.hidden = !able;
  $("how").hidden = !able;
  if (!able) {
    $("heat").hidden = true;
    $("caption").textContent = "A committee of several networks has no class map.";
    return;
  }
  const query = new URLSearchParams({ model: model().name, class: label });
  try {
    const found = await ask(`/look?${query}`, own.file);
    if (turn !== asked || chosen !== label || own !== picture) return;
    $("seen").src = found.seen;
    $("seen").alt = "The picture as the network sees it";
    $("heat").src = found.heat;
    if (own.unshown) {
      own.seen = found.seen;
      list();
    }
    $("seen").classList.toggle("coarse", model().input[1] < 96);
    $("veil-words").textContent = `Show what speaks for ${label}`;
    veil();
    $("caption").textContent =
      `Orange marks what speaks for ${label} here. ${METHODS[found.method]} (${found.layer}).`;
  } catch (error) {
    if (turn === asked && own === picture) $("caption").textContent = error.message;
  }
}

function figures(label) {
  const known = model().figures;
  const own = Object.hasOwn(known.classes, label) ? known.classes[label] : null; // "toString" too
  let text = "";
  if (own) {
    const of = `${number(own.images)}\u00a0pictures of ${label}`;
    text = `In the test ${errorPercent(own.error)} of ${of} were labelled otherwise.`;
  } else if (known.test_error !== null) {
    text = `In the test it labelled ${tested(known)} wrongly.`;
  } else {
    text = "How often it is wrong is not known to this server.";
  }
  const count = model().classes.length;
  $("figures").textContent = `${text} Whatever else a picture shows, it answers with one of its `
    + `${number(count)}\u00a0classes.`;
}

function veil() {
  $("heat").hidden = !$("veil").checked || !model().looks;
  $("seen").classList.toggle("veiled", !$("heat").hidden);
}

function take(files) {
  const most = limits.pictures || 1, every = [...files];
  if (!every.length || !models.length) return;
  for (const one of pictures) URL.revokeObjectURL(one.url);
  pictures = every.slice(0, most).map((file) => ({ file, url: URL.createObjectURL(file) }));
  $("drop").classList.add("small");
  $("pictures").scrollLeft = 0;
  $("many").textContent = every.length > most
    ? `These are the first ${most} of ${every.length}\u00a0pictures.` : "";
  predict();
}

for (const [button, input] of [["choose", "file"], ["photograph", "camera"]]) {
  $(button).addEventListener("click", () => $(input).click());
  $(input).addEventListener("change", () => {
    take($(input).files);
    $(input).value = ""; // the same file may have changed
  });
}
$("photograph").hidden = !navigator.maxTouchPoints; // other machines would show files again
$("model").addEventListener("change", () => { about(); predict(); });
$("veil").addEventListener("change", veil);
$("own").addEventListener("error", () => unshown(true));
askAgain(begin);
document.addEventListener("paste", (event) => take(event.clipboardData.files));
for (const kind of ["dragover", "dragleave", "drop"]) {
  document.addEventListener(kind, (event) => {
    event.preventDefault();
    $("drop").classList.toggle("over", kind === "dragover");
    if (kind === "drop") take(event.dataTransfer.files);
  });
}
begin();
