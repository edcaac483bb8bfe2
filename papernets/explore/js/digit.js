/* The room in which one draws a digit and sees LeNet at work. */

const SLIDERS = [
  ["pen", "pen width", 3, 16, 9, "% of the pad"],
  ["turn", "turned by", -90, 90, 0, "°"],
  ["box", "size", 8, 28, 20, "pixels of 28; MNIST has 20"],
  ["noise", "noise", 0, 120, 0, "levels of 255"],
];

function digitNamed(name) {
  const named = (own) => DIGITS.find((one) => one.own === own);
  return named(name) || named("lenet5") || DIGITS[0];
}

/** The stored digit of what is on the pad, with the sliders' values; null for an empty pad. */
function digitOn(values) {
  const strokes = PAD.strokes.filter((stroke) => stroke.length);
  if (!strokes.length) return null;
  const digit = stored(painted(strokes, values.pen / 100, values.turn), values.box);
  return digit && values.noise ? noisy(digit, values.noise) : digit;
}

function sliderValues(values) {
  return Object.fromEntries(
    SLIDERS.map(([name, , least, most, usual]) => {
      const number = /^-?\d{1,3}$/.test(values[name] || "") ? Number(values[name]) : usual;
      return [name, number >= least && number <= most ? number : usual];
    }),
  );
}

function showDigit(nets, names, values) {
  const entry = digitNamed(names[0]),
    sliders = sliderValues(values);
  document.title = `Draw a digit: ${entry.own} - Papernets explorer`;
  const to = (more, name = entry.own, quietly = true) => {
    const kept = {row: values.row, map: values.map, member: values.member};
    for (const [slider, , , , usual] of SLIDERS)
      kept[slider] = sliders[slider] === usual ? "" : sliders[slider];
    go("digit", [name], {...kept, ...more}, quietly);
  };
  if (!padReady) {
    padReady = true;
    readyPad();
  }
  paintPad(sliders);
  networkButtons(byId("digit-networks"), DIGITS, entry, (own) =>
    to({row: "", map: "", member: ""}, own, false),
  );
  fillSliders(sliders, to);
  const digit = digitOn(sliders),
    home = byId("at-work");
  if (!digit) {
    fill(byId("scores"), el("p", {class: "hint"}, "Draw a digit on the pad, or take an example."));
    fill(home);
    announce("The pad is empty");
    return;
  }
  const network = openedNetwork(DIGITS, entry, byId("scores"));
  if (!network) {
    fill(home);
    return;
  }
  const told = recognised(network, (member) => member.runStored(digit));
  fill(byId("scores"), scoresView(network, told));
  fill(home, workView(network, told, values, to));
  if (PAD.pen === null)
    announce(
      `${network.own} reads ${network.classes[told.label]}, score ${Math.round(100 * told.scores[told.label])} per cent`,
    );
}

function fillSliders(sliders, to) {
  const home = byId("sliders");
  if (!home.children.length) {
    home.append(
      ...SLIDERS.map(([name, text, least, most]) =>
        el(
          "label",
          {},
          el("span", {}, `${text} `, el("output", {id: `said-${name}`})),
          el("input", {type: "range", min: least, max: most, id: `slide-${name}`}),
        ),
      ),
      el("button", {type: "button", id: "sliders-back"}, "Sliders back"),
    );
  }
  for (const [name, , , , usual, unit] of SLIDERS) {
    const input = byId(`slide-${name}`);
    input.value = sliders[name];
    input.oninput = () => to({[name]: Number(input.value) === usual ? "" : input.value});
    byId(`said-${name}`).textContent = `${sliders[name]} ${unit}`;
  }
  byId("sliders-back").onclick = () => to(Object.fromEntries(SLIDERS.map(([name]) => [name, ""])));
}
