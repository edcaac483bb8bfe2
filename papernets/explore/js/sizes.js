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

/** The fields in which a reader changes the sizes; `changed(values)` takes what differs. */
function sizeFields(data, sizes, changed) {
  const own = ownSizes(data);
  const field = (word, text, most) => {
    const fixed = (word === "classes" || word === "channels") && !data.free.includes(word);
    const input = el("input", {
      type: "number",
      min: 1,
      max: most,
      step: 1,
      value: sizes[word],
      disabled: fixed,
      id: `size-${word}`,
      inputmode: "numeric",
    });
    input.addEventListener("change", () => {
      const value = wholeOf(input.value, own[word], 1, most);
      changed({[word]: value === own[word] ? "" : value});
    });
    return el("label", {}, el("span", {}, text), input);
  };
  const same = equal(own, sizes);
  return el(
    "div",
    {class: "sizes", role: "group", "aria-label": "Sizes"},
    field("height", "height", MOST_SIDE),
    field("width", "width", MOST_SIDE),
    field("channels", "channels", MOST_MAPS),
    field("classes", "classes", MOST_CLASSES),
    el(
      "button",
      {
        type: "button",
        disabled: same,
        onclick: () => changed({height: "", width: "", channels: "", classes: ""}),
      },
      "As printed",
    ),
  );
}
