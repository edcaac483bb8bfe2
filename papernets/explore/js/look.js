/* The room in which a network looks at a picture of the reader's own. */

/** The picture that was given: its pixels RGBA, its name; or what was wrong with it. */
const GIVEN = {picture: null, name: "", wrong: "", sample: ""};
/** Pictures to begin with: a file's name, what it shows, whose it is, and its bytes. */
const {samples: SAMPLES} = embedded("sample-data");
/** What a network said of a picture: it is not asked again where only another map is chosen. */
const LOOKED = {network: null, picture: null, told: null};
/** Classes that are listed, the best first. */
const BEST_CLASSES = 10;

/** How many pictures were given: only the last is shown. */
let taken = 0;

/** Takes a picture: a file, or what was dropped or pasted; or a sample, by its name. */
async function takePicture(file, sample = "") {
  if (!file) return;
  const turn = ++taken,
    name = file.name || "the pasted picture",
    reading = `reading ${name} ...`;
  Object.assign(GIVEN, {picture: null, name: reading, wrong: "", sample: sample});
  if (!sample) forgetSample();
  Object.assign(LOOKED, {network: null, picture: null, told: null}); // its memory is wanted
  for (const id of ["picture-scores", "picture-work", "picture-seen"]) fill(byId(id));
  saidOfPicture(reading);
  announce(reading);
  await new Promise((done) => setTimeout(done, 50)); // so that this is painted, and read meanwhile
  let found;
  try {
    found = {picture: await Engine.decode(file), name: name, wrong: ""};
  } catch (error) {
    const gone = error instanceof DOMException; // the browser's, who could not open it
    const wrong = gone ? `${name} cannot be read: it is a folder, or is there no more` : mendable(error).message;
    found = {picture: null, name: "", wrong: wrong};
  }
  if (turn !== taken) return; // another was given since
  Object.assign(GIVEN, found);
  show();
}

/** Another picture is looked at than the sample that the address may name, or the class in it. */
function forgetSample() {
  const {names, values} = readAddress(location.hash);
  if (values.sample) go("picture", names, {...values, sample: ""}, true);
}

let lookReady = false;

/** A picture is taken wherever in the room it is dropped; over the other rooms the browser has it. */
function readyLook() {
  const here = () => !byId("room-picture").hidden;
  byId("picture-file").addEventListener("change", (event) => {
    takePicture(event.target.files[0]);
    event.target.value = ""; // so that the same file can be chosen again
  });
  for (const kind of ["dragover", "drop"]) {
    addEventListener(kind, (event) => {
      if (!here()) return;
      event.preventDefault();
      byId("drop").classList.toggle("over", kind === "dragover");
      if (kind === "drop") takePicture(event.dataTransfer.files[0]);
    });
  }
  addEventListener("dragleave", (event) => event.relatedTarget || byId("drop").classList.remove("over"));
  addEventListener("paste", (event) => {
    if (here() && event.clipboardData.files.length) takePicture(event.clipboardData.files[0]);
  });
  fill(
    byId("samples"),
    SAMPLES.map(({name, words, data}) =>
      el(
        "button",
        {type: "button", onclick: () => CHOOSE.sample(name)},
        el("img", {src: `data:image/jpeg;base64,${data}`, alt: ""}),
        words,
      ),
    ),
    SAMPLES.length
      ? el("p", {class: "hint"}, `${SAMPLES.map(({words, credit}) => `${words}: ${credit}`).join("; ")}. CC BY 2.0, made smaller.`)
      : "",
  );
}

/** Takes the sample that the address names, unless it is there. */
function followSample(name) {
  const sample = SAMPLES.find((one) => one.name === name);
  if (sample && GIVEN.sample !== name) takePicture(new File([Engine.bytesOf(sample.data)], name, {type: "image/jpeg"}), name);
}

function unknownSample(text) {
  const names = SAMPLES.map((one) => one.name);
  return names.includes(text) ? "" : `There is no sample ${shortened(text)}${names.length ? `: there are ${names.join(" and ")}` : ""}`;
}

/** What is told of the picture: its name, or what is wrong with it. */
function saidOfPicture(name, wrong = "") {
  byId("picture-said").textContent = name;
  byId("picture-wrong").hidden = !wrong;
  say(byId("picture-wrong"), wrong);
}

function showPicture(nets, names, values) {
  const entry = LOOKING.find((one) => one.own === names[0]) || LOOKING[0];
  document.title = `Drop a picture: ${entry.own} - Papernets explorer`;
  if (!lookReady) {
    lookReady = true;
    readyLook();
  }
  const to = (more, name = entry.own) => {
    const {row, map, member} = values;
    const kept = {row: row, map: map, member: member, class: values.class, pixel: values.pixel, sample: GIVEN.sample};
    go("picture", [name], {...kept, ...more}, true);
  };
  CHOOSE.sample = (own) => {
    if (GIVEN.sample === own) return;
    to({class: "", sample: own});
  };
  followSample(values.sample);
  networkButtons(byId("picture-networks"), LOOKING, entry, (own) =>
    to({row: "", map: "", member: "", class: "", pixel: ""}, own),
  );
  const empty = () => ["picture-scores", "picture-work", "picture-seen"].map((id) => fill(byId(id)));
  const network = openedNetwork(LOOKING, entry, byId("picture-scores"));
  fill(byId("picture-knows"), network ? knownWords(network) : "");
  if (!network || !GIVEN.picture) {
    if (network) empty();
    saidOfPicture(GIVEN.name, GIVEN.wrong);
    return;
  }
  try {
    const told = lookedAt(network);
    saidOfPicture(GIVEN.name);
    showLooked(network, told, values, to);
  } catch (error) {
    empty();
    saidOfPicture("", mendable(error).message);
  }
}

function knownWords({own, classes}) {
  const some = classes.slice(0, 20).join(", "),
    more = classes.length > 20 ? ", ..." : "";
  return (
    `${own} knows ${plural(classes.length, "class", "classes")}: ${some}${more}. It always names one of ` +
    "them, whatever the picture shows."
  );
}

function lookedAt(network) {
  const {picture} = GIVEN;
  if (LOOKED.network !== network || LOOKED.picture !== picture) {
    LOOKED.network = null; // until all have answered
    const told = recognised(network, (member) => member.run(picture.data, picture.width, picture.height));
    Object.assign(LOOKED, {network: network, picture: picture, told: told});
    announce(
      `${network.own} sees ${network.classes[told.label]}, score ${Math.round(100 * told.scores[told.label])} per cent`,
    );
  }
  return LOOKED.told;
}

function showLooked(network, told, values, to) {
  const {length} = told.answers,
    answer = told.answers[Math.min(wholeOf(values.member, 1, 1, length), length) - 1];
  const label = wholeOf(values.class, told.label, 0, network.classes.length - 1);
  fill(byId("picture-seen"), seenView(network, answer, label));
  const choose = answer.network.program.cam ? (at) => to({class: at === told.label ? "" : at}) : null;
  showView(byId("picture-scores"), scoresView(network, bestOf(told.scores), label, choose), told);
  showView(byId("picture-work"), workView(network, values, to), told);
}

/** The numbers of the best classes, the best first. */
function bestOf(scores) {
  const order = scores.map((_, at) => at).sort((a, b) => scores[b] - scores[a] || a - b);
  return order.slice(0, BEST_CLASSES);
}
