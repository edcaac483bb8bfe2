/* The room in which a network looks at a picture of the reader's own. */

/** The picture that was given: its pixels RGBA, its name; or what was wrong with it. */
const GIVEN = {picture: null, name: "", wrong: ""};
/** What a network said of a picture: it is not asked again where only another map is chosen. */
const LOOKED = {network: null, picture: null, told: null};
/** Classes that are listed, the best first. */
const BEST_CLASSES = 10;

/** How many pictures were given: only the last is shown. */
let taken = 0;

/** Takes a picture: a file, or what was dropped or pasted. */
async function takePicture(file) {
  if (!file) return;
  const turn = ++taken,
    name = file.name || "the pasted picture",
    reading = `reading ${name} ...`;
  Object.assign(GIVEN, {picture: null, name: "", wrong: reading});
  Object.assign(LOOKED, {network: null, picture: null, told: null}); // its memory is wanted
  for (const id of ["picture-scores", "picture-work", "picture-seen"]) fill(byId(id));
  byId("picture-said").textContent = reading;
  announce(reading);
  await new Promise((done) => setTimeout(done, 50)); // so that this is painted, and read meanwhile
  let found;
  try {
    found = {picture: await Engine.decode(file), name: name, wrong: ""};
  } catch (error) {
    found = {picture: null, name: "", wrong: mendable(error).message};
  }
  if (turn !== taken) return; // another was given since
  Object.assign(GIVEN, found);
  if (found.wrong) announce(found.wrong);
  show();
}

let lookReady = false;

function readyLook() {
  const drop = byId("drop");
  byId("picture-file").addEventListener("change", (event) => takePicture(event.target.files[0]));
  for (const kind of ["dragover", "drop"]) {
    drop.addEventListener(kind, (event) => {
      event.preventDefault();
      if (kind === "drop") takePicture(event.dataTransfer.files[0]);
    });
  }
  addEventListener("paste", (event) => {
    if (!byId("room-picture").hidden && event.clipboardData.files.length)
      takePicture(event.clipboardData.files[0]);
  });
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
    go("picture", [name], {row: row, map: map, member: member, class: values.class, ...more}, true);
  };
  networkButtons(byId("picture-networks"), LOOKING, entry, (own) =>
    to({row: "", map: "", member: "", class: ""}, own),
  );
  const empty = () => ["picture-scores", "picture-work", "picture-seen"].map((id) => fill(byId(id)));
  const network = openedNetwork(LOOKING, entry, byId("picture-scores"));
  if (!network || !GIVEN.picture) {
    if (network) empty();
    byId("picture-said").textContent = GIVEN.wrong || (network ? knownWords(network) : "");
    return;
  }
  try {
    const told = lookedAt(network);
    byId("picture-said").textContent = GIVEN.name;
    showLooked(network, told, values, to);
  } catch (error) {
    empty();
    byId("picture-said").textContent = mendable(error).message;
  }
}

function knownWords({own, classes}) {
  const some = classes.slice(0, 20).join(", "),
    more = classes.length > 20 ? ", ..." : "";
  return `${own} knows ${plural(classes.length, "class", "classes")}: ${some}${more}`;
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
