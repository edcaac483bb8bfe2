/* What the address asks for and the page does not have: it is said, above what is shown instead. */

/** How many letters have to be changed, put in or left out to make one word of another. */
function distanceOf(one, other) {
  let line = Array.from({length: other.length + 1}, (_, at) => at);
  for (let i = 1; i <= one.length; i++) {
    const next = [i];
    for (let j = 1; j <= other.length; j++) {
      const changed = line[j - 1] + Number(one[i - 1] !== other[j - 1]);
      next.push(Math.min(changed, line[j] + 1, next[j - 1] + 1));
    }
    line = next;
  }
  return line.at(-1);
}

/** The known name that is nearest to another, in a question; empty where none is near. */
function didYouMean(name, known) {
  if (name.length > 60) return "";
  const apart = (other) => distanceOf(name.toLowerCase(), other.toLowerCase());
  const [best] = [...known].sort((a, b) => apart(a) - apart(b));
  return best && apart(best) <= Math.max(1, name.length / 3) ? `. Did you mean ${best}?` : "";
}

function shortened(text) {
  return text.length > 60 ? `${text.slice(0, 57)}...` : text;
}

/** A text of the address that is a whole number from least to most; null for any other. */
function wholeWithin(text, least, most) {
  const number = /^-?\d{1,9}$/.test(text) ? Number(text) : NaN;
  return number >= least && number <= most ? number : null;
}

/** A check: the text is one of these words. */
function oneOf(...words) {
  return (text) =>
    words.includes(text) ? "" : `is ${words.join(" or ")} or left out, not ${shortened(text)}`;
}

/** A check: the text is a whole number from least to most. */
function from(least, most) {
  return (text) =>
    wholeWithin(text, least, most) === null
      ? `is a whole number from ${least} to ${most}, not ${shortened(text)}`
      : "";
}

/** For what the room itself says of a text that it cannot take. */
const SAID_THERE = () => "";

/**
 * What the addresses of a room may say: by word a check, which gives nothing for a text that the
 * room can show, and else a sentence, which may leave out the word itself at its beginning. It is
 * told where one is: the name, its data, and what else `placesOf` finds.
 */
const WORDS_OF = {
  networks: {
    stage: unknownStage,
    layer: unknownLayer,
    unit: unknownUnit,
    ...Object.fromEntries(Object.keys(SIZES).map((word) => [word, SAID_THERE])),
  },
  compare: {input: SAID_THERE, all: oneOf("1")},
  digit: {
    mode: unknownMode,
    epoch: unknownEpoch,
    ink: unknownInk,
    example: unknownExample,
    row: unknownRow,
    map: unknownMap,
    pixel: unknownPixel,
    member: unknownMember,
    ...Object.fromEntries(SLIDERS.map(([word, , least, most]) => [word, from(least, most)])),
  },
  picture: {row: unknownRow, map: unknownMap, pixel: unknownPixel, member: unknownMember, class: unknownClass, sample: unknownSample},
  lessons: {},
};

/** Words of all rooms. */
const WORDS_OF_ALL = {theme: oneOf("light", "dark")};

function unknownStage(text, {data, own}) {
  const {length} = known(data, ownSizes(data)).stages;
  return wholeWithin(text, 1, length) === null
    ? `${own} has no stage ${shortened(text)}: it has ${plural(length, "stage")}`
    : "";
}

function unknownLayer(text, {own, worked}) {
  if (worked.error || placeOf(worked.graph, text)) return "";
  const names = [...worked.graph.rows.keys()],
    blocks = names.map((name) => name.split(".").slice(0, -1).join("."));
  return `${own} has no layer or block ${shortened(text)}${didYouMean(text, new Set([...names, ...blocks]))}`;
}

function unknownUnit(text, {worked, values}) {
  if (!values.layer) return "is of a layer's output: the address names none";
  const place = worked.error ? null : placeOf(worked.graph, values.layer);
  if (!place) return "";
  const [, rows, columns] = place.end.out,
    found = /^(\d{1,5}),(\d{1,5})$/.exec(text);
  if (!found) return `is a row and a column, 0,${columns - 1} for one, not ${shortened(text)}`;
  return found[1] < rows && found[2] < columns
    ? ""
    : `${place.name} has no unit ${text}: its output has rows 0 to ${rows - 1}, columns 0 to ${columns - 1}`;
}

function unknownRow(text, {own, rows}) {
  const names = rows.map((row) => row.name);
  return names.includes(text) ? "" : `${own} has no row ${shortened(text)}${didYouMean(text, names)}`;
}

function unknownMap(text, {values, rows}) {
  const row = values.row
    ? rows.find((one) => one.name === values.row)
    : rows.find((one) => one.layer.table);
  if (!row) return values.row ? "" : "is of a row: the address names none";
  const most = shownOf(row) - 1;
  return wholeWithin(text, 0, most) === null
    ? `${row.name} has no map ${shortened(text)} here: its maps are 0 to ${most}`
    : "";
}

function unknownPixel(text, {values, rows}) {
  const row = rows.find((one) => (values.row ? one.name === values.row : one.layer.table));
  if (!row) return values.row ? "" : "is of a row: the address names none";
  const [, height, width] = row.out;
  return pixelIn(text, row.out) ? "" : `${row.name} has no pixel ${shortened(text)}: its rows are 0 to ${height - 1}, its columns 0 to ${width - 1}`;
}

function unknownMember(text, {own, members}) {
  if (wholeWithin(text, 1, members) !== null) return "";
  const has = members === 1 ? "it is one network" : `its members are 1 to ${members}`;
  return `${own} has no member ${shortened(text)}: ${has}`;
}

function unknownClass(text, {own, classes}) {
  const most = classes.length - 1;
  return wholeWithin(text, 0, most) === null
    ? `${own} has no class ${shortened(text)}: its classes are 0 to ${most}`
    : "";
}

/** The words of a lesson's own: its sliders and its exercises; null until it is unpacked. */
function wordsOfLesson({name}) {
  const data = UNPACKED.get(name);
  if (!data || data.wrong) return null;
  const seeds = data.exercises.map(({seed}) => String(seed)),
    listed = (several) => several.join(", ").replace(/, ([^,]*)$/, " and $1");
  const exercise = (text) =>
    seeds.includes(text)
      ? ""
      : `${name} has no exercise ${shortened(text)} here: its exercises are ${listed(seeds)}. ` +
        `Others: papernets lesson ${name} --seed N`;
  const slider = ({key, name: called, values}) => [
    key,
    (text) => {
      if (values.includes(text)) return "";
      const others = key === "numbers" ? "" : `. Others: papernets lesson ${name} --${key} VALUE`;
      return `The slider ${called} has no ${shortened(text)}: it stands at ${listed(values)}${others}`;
    },
  ];
  return {...Object.fromEntries(data.sliders.map(slider)), exercise: exercise};
}

/** What the checks of a room are told of what it shows: null where that is not known yet. */
function placesOf(room, own, values, data) {
  const here = {own: own, values: values, data: data};
  if (room === "networks") return {...here, worked: known(data, sizesIn(data, values))};
  if (!["digit", "picture"].includes(room)) return here;
  const entry = TRAINED.find((one) => one.own === own),
    net = NETS.find((one) => one.own === own);
  const {steps, classes} = engineData().networks[entry.members[0]].program,
    run = new Set(steps.map((step) => step.name));
  const rows = known(net, ownSizes(net)).rows.filter((row) => run.has(row.name));
  return {...here, rows: rows, classes: classes, members: entry.members.length};
}

/** What an address says by words that the room has not, or that it cannot take, a sentence each. */
function unknownWords(room, own, values, data) {
  const table = room === "lessons" ? wordsOfLesson(data) : WORDS_OF[room];
  if (!table) return [];
  const checks = {...table, ...WORDS_OF_ALL},
    given = Object.entries(values).filter(([, text]) => text !== "");
  if (!given.length) return [];
  const here = placesOf(room, own, values, data);
  return given.flatMap(([word, text]) => {
    if (!Object.hasOwn(checks, word))
      return [`An address here has no word ${shortened(word)}${didYouMean(word, Object.keys(checks))}`];
    const said = checks[word](text, here);
    return said ? [/^is /.test(said) ? `${word} ${said}` : said] : [];
  });
}

/** What a room shows, in words. */
const THINGS = {
  networks: ["network", ""],
  compare: ["network", ""],
  digit: ["network", "that reads what is drawn here "],
  picture: ["network", "that looks at pictures here "],
  lessons: ["lesson", ""],
};

/** Sentences that are read. */
const MOST_SAID = 6;

/** All that the address of a room names and the page has not, a sentence each. */
function unknownIn(room, names, values, nets) {
  if (!Object.hasOwn(THINGS, room))
    return [sentence(`This page has no room called ${shortened(room)}${didYouMean(room, Object.keys(ROOMS))}`)];
  const [thing, where] = THINGS[room],
    several = {digit: DIGITS, picture: LOOKING, lessons: LESSONS}[room] || nets,
    nameOf = (one) => one.own ?? one.name,
    all = several.map(nameOf);
  if (EMPTY.includes(room)) return [EMPTY_WORDS[room]];
  const found = names
    .slice(0, room === "compare" ? 2 : 1)
    .filter((name) => !all.includes(name))
    .map((name) => `No ${thing} ${where}is called ${shortened(name)}${where ? "" : " on this page"}${didYouMean(name, all)}`);
  const usual = room === "digit" ? digitNamed("", modeOf(values)).own : all.includes("lenet5") ? "lenet5" : all[0],
    own = names[0] ?? usual,
    shown = several.find((one) => nameOf(one) === own);
  if (shown) found.push(...unknownWords(room, own, values, shown));
  const left = names.slice(room === "compare" ? 2 : 1).filter((name) => name !== "");
  if (left.length) found.push(`The address goes on with ${shortened(left.join("/"))}, which leads nowhere`);
  const more = found.length - MOST_SAID;
  return [...found.slice(0, MOST_SAID).map(sentence), ...(more > 0 ? [`And ${more} more of this kind.`] : [])];
}

/** Why a room of the page may be empty. */
const EMPTY_WORDS = {
  digit: "No network of this page reads digits that are drawn.",
  picture: "No network of this page looks at pictures.",
  lessons: "This page has no lessons: papernets explore --lessons all puts them in.",
};

function sentence(text) {
  return /[.?]$/.test(text) ? text : `${text}.`;
}
