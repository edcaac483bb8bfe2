/* The room in which a small network of photographs looks at a picture of the reader's own. */

/** The picture that was given: its pixels, and its name. */
const GIVEN = {pixels: null, name: "", wrong: ""};
/** Pixels of a side beyond which a picture is made smaller before anything is done with it. */
const LARGEST = 2048;

/** Takes a picture: a file, or what was dropped or pasted. */
async function takePicture(file) {
  if (!file) return;
  try {
    const picture = await createImageBitmap(file, {colorSpaceConversion: "none"});
    const scale = Math.min(1, LARGEST / Math.max(picture.width, picture.height));
    const [width, height] = [picture.width, picture.height].map((side) =>
      Math.max(1, Math.round(side * scale)),
    );
    const context = el("canvas", {width: width, height: height}).getContext("2d", {
      willReadFrequently: true,
    });
    context.fillStyle = "#fff"; // what is transparent lies over white
    context.fillRect(0, 0, width, height);
    context.drawImage(picture, 0, 0, width, height);
    Object.assign(GIVEN, {
      pixels: context.getImageData(0, 0, width, height),
      name: file.name || "the pasted picture",
      wrong: "",
    });
  } catch {
    Object.assign(GIVEN, {
      pixels: null,
      name: "",
      wrong: `${file.name || "what was given"} is no picture that this browser reads.`,
    });
  }
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
  const network = unpackedNetwork(PHOTOS.find((one) => one.own === names[0]) || PHOTOS[0]);
  document.title = `Drop a picture: ${network.own} - Papernets explorer`;
  if (!lookReady) {
    lookReady = true;
    readyLook();
  }
  const to = (more, name = network.own) =>
    go("picture", [name], {row: values.row, map: values.map, member: values.member, ...more}, true);
  fill(
    byId("picture-networks"),
    PHOTOS.map((one) =>
      el(
        "button",
        {
          type: "button",
          "aria-pressed": String(one.own === network.own),
          onclick: () => to({row: "", map: ""}, one.own),
        },
        one.own,
      ),
    ),
  );
  byId("picture-said").textContent =
    GIVEN.wrong ||
    (GIVEN.name
      ? GIVEN.name
      : `${network.own} knows ${network.classes.length} classes: ${network.classes.slice(0, 20).join(", ")}.`);
  byId("picture-shown").hidden = !GIVEN.pixels;
  if (!GIVEN.pixels) {
    fill(byId("picture-scores"));
    fill(byId("picture-work"));
    return;
  }
  const [channels] = network.net.input,
    [h, w] = network.picture;
  const stored = coveredBy(GIVEN.pixels, h, w, channels),
    told = recognised(network, stored);
  showStored(stored, h, w, channels);
  fill(byId("picture-scores"), scoresView(network, told));
  fill(byId("picture-work"), workView(network, told, values, to));
  announce(
    `${network.own} sees ${network.classes[told.label]}, score ${Math.round(100 * told.scores[told.label])} per cent`,
  );
}

/** The stored picture as it is, its pixels large. */
function showStored(stored, h, w, channels) {
  const canvas = byId("picture-shown"),
    context = canvas.getContext("2d"),
    image = context.createImageData(w, h);
  [canvas.width, canvas.height] = [w, h];
  for (let at = 0; at < h * w; at++) {
    const of = (channel) => stored[(channels > 1 ? channel : 0) * h * w + at];
    image.data.set([of(0), of(1), of(2), 255], 4 * at);
  }
  context.putImageData(image, 0, 0);
}
