/* The sizes that a reader gives: an input, channels and classes of their own, and what follows. */

const MOST_SIDE = 4096,
  MOST_MAPS = 4096,
  MOST_CLASSES = 100_000;

/** What is worked out of a network for some sizes; an error's words where it does not fit. */
function workedOut(data, sizes) {
  try {
    const graph = graphOf(instantiate(data, sizes)),
      rows = [...graph.rows.values()];
    return {
      graph: graph,
      rows: rows,
      paths: pathsOf(graph),
      stages: stagesOf(graph),
      sums: totalsOf(rows),
      memory: memoryOf(graph),
    };
  } catch (error) {
    if (!(error instanceof Impossible)) throw error;
    return {error: error.message};
  }
}

const remembered = new Map();

/** As `workedOut`, kept: the last few that were asked for. */
function known(data, sizes) {
  const key = JSON.stringify([data.own, sizes]);
  if (!remembered.has(key)) {
    if (remembered.size > 6) remembered.delete(remembered.keys().next().value);
    remembered.set(key, workedOut(data, sizes));
  }
  return remembered.get(key);
}

/** The sizes that the address asks for. */
function sizesIn(data, values) {
  const own = ownSizes(data),
    free = (word) => data.free.includes(word);
  return {
    height: wholeOf(values.height, own.height, 1, MOST_SIDE),
    width: wholeOf(values.width, own.width, 1, MOST_SIDE),
    channels: free("channels") ? wholeOf(values.channels, own.channels, 1, MOST_MAPS) : own.channels,
    classes: free("classes") ? wholeOf(values.classes, own.classes, 1, MOST_CLASSES) : own.classes,
  };
}

/** The sizes by name, with the most that this page takes, and the command that takes more. */
const SIZES = {height: MOST_SIDE, width: MOST_SIDE, channels: MOST_MAPS, classes: MOST_CLASSES};

/** Whether a network is there for other channels or classes; every one is for other inputs. */
function takesOther(data, word) {
  return !["channels", "classes"].includes(word) || data.free.includes(word);
}

/** What is wrong with the sizes of the address: an error's words by size. */
function wrongSizes(data, values) {
  const found = {};
  for (const [word, most] of Object.entries(SIZES)) {
    const text = values[word];
    if (!text) continue;
    const own = ownSizes(data)[word],
      flag = ["height", "width"].includes(word) ? "input" : word;
    const words = takesOther(data, word)
      ? wrongNumber(word, text, most, `. For more: papernets explain ${data.own} --${flag} N`)
      : text === String(own)
        ? ""
        : `${data.own} takes no other ${word}: it has ${comma(own)}`;
    if (words) found[word] = words;
  }
  return found;
}

/** Changes sizes of a network in the address, and leaves the rest of it as it is by then. */
function giveSizes(data, sizes, quietly) {
  if (shownNetwork !== data.own || byId("room-networks").hidden) return; // its reader has left
  const {values} = readAddress(location.hash);
  go("networks", [data.own], {...values, ...sizes}, quietly);
}

/** Where a network's own input is not what its paper prints: that, and the lesson of it. */
function inputNotes(data, before = "") {
  return data.departures
    .filter((one) => /^the input is/.test(one.what))
    .map((one) => {
      const numbers = one.what.match(/\d{2,}/g) || [];
      const lesson = LESSONS.find(
        ({title}) => / or /.test(title) && numbers.filter((text) => title.includes(text)).length > 1,
      );
      const lead = before ? "departs" : "It departs";
      const theme = document.documentElement.dataset.theme;
      return el(
        "p",
        {class: "note input-note"},
        `${before}${lead} from its paper: ${crossed(one.what)} (${one.where}). `,
        lesson
          ? el(
              "a",
              {href: writeAddress("lessons", [lesson.name], {theme: theme}), title: lesson.question},
              `Lesson: ${lesson.title}`,
            )
          : "",
      );
    });
}

let keptFields = null;

/**
 * The fields in which a reader changes the sizes. They are made once for a network, so that who
 * types in one is not disturbed; here they are shown for these sizes, with what is wrong with them.
 */
function sizeFields(data, sizes, values, wrong) {
  if (keptFields?.own !== data.own) keptFields = madeFields(data);
  const own = ownSizes(data),
    {fields, back} = keptFields;
  for (const [word, {field, show}] of Object.entries(fields)) {
    show(wrong[word] ? values[word] : String(sizes[word]));
    if (wrong[word]) {
      field.setAttribute("aria-invalid", "true");
      field.setAttribute("aria-describedby", "size-error");
    } else {
      field.removeAttribute("aria-invalid");
      field.removeAttribute("aria-describedby");
    }
  }
  back.disabled = equal(own, sizes) && !Object.keys(wrong).length;
  return keptFields.home;
}

function madeFields(data) {
  const own = ownSizes(data);
  const fields = Object.fromEntries(
    Object.entries(SIZES).map(([word, most]) => [
      word,
      numberField(
        {value: own[word], disabled: !takesOther(data, word), id: `size-${word}`},
        most,
        (text, first) => {
          giveSizes(data, {[word]: text === String(own[word]) ? "" : text}, !first);
          if (!text) fields[word].show(String(own[word])); // an empty field means the printed size
        },
      ),
    ]),
  );
  const back = el(
    "button",
    {
      type: "button",
      onclick: () => {
        for (const {forget} of Object.values(fields)) forget();
        giveSizes(data, Object.fromEntries(Object.keys(SIZES).map((word) => [word, ""])));
      },
    },
    "Its own sizes",
  );
  const home = el(
    "div",
    {class: "sizes", role: "group", "aria-label": "Sizes"},
    Object.entries(fields).map(([word, {field}]) => el("label", {}, el("span", {}, word), field)),
    back,
  );
  return {own: data.own, fields: fields, back: back, home: home};
}
