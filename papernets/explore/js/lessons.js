/* The room of lessons: one at a time, shown by the script that a lesson's own page has
   (papernets/lessons/show.js). */

const {lessons: LESSONS, taught: TAUGHT, all: ALL_LESSONS} = embedded("lessons");
/** By name: what a lesson's script shows, null while it is unpacked, or why it cannot be. */
const UNPACKED = new Map();

/** The lesson that is in its home, and what shows other numbers of it. */
const shownLesson = {name: "", show: null};

/** The list of all lessons, by chapter. */
function lessonList() {
  const chapters = [...new Set(LESSONS.map((one) => one.chapter))];
  const others = el(
    "p",
    {class: "hint"},
    `This page has ${LESSONS.length} of ${ALL_LESSONS} lessons. All: `,
    el("code", {}, "papernets explore --lessons all"),
  );
  const groups = chapters.map((chapter) => {
    const several = LESSONS.filter((one) => one.chapter === chapter);
    return listGroup(
      "lessons",
      chapter,
      String(several.length),
      several.map((one) => ({
        name: one.name,
        text: one.title,
        title: one.question,
        words: [one.name, ...one.sources].join(" "),
      })),
    );
  });
  return LESSONS.length < ALL_LESSONS ? [...groups, others] : groups;
}

/** A lesson's data; null where it is not unpacked yet: the page is shown again when it is. */
function lessonData(one) {
  if (!UNPACKED.has(one.name)) {
    UNPACKED.set(one.name, null);
    unpackedLesson(one).then((data) => {
      UNPACKED.set(one.name, data);
      show();
    });
  }
  return UNPACKED.get(one.name);
}

async function unpackedLesson(one) {
  if (typeof DecompressionStream === "undefined") {
    return {wrong: `This browser cannot unpack lessons. In a terminal: papernets lesson ${one.name}`};
  }
  return JSON.parse(await inflated(Engine.bytesOf(one.data)));
}

/** Where the address puts a lesson's sliders, and its exercise; what it does not say is as usual. */
function lessonPlace({sliders, exercises}, values) {
  const at = sliders.map(({key, values: own, at: usual}) => {
    const found = own.indexOf(values[key] ?? "");
    return found < 0 ? usual : found;
  });
  const number = exercises.findIndex(({seed}) => String(seed) === values.exercise);
  return [at, Math.max(number, 0)];
}

/** What an address says of where sliders stand, and of the exercise. */
function lessonValues({sliders, exercises}, at, number) {
  const moved = sliders.flatMap((one, own) =>
    at[own] === one.at ? [] : [[one.key, one.values[at[own]]]],
  );
  return {...Object.fromEntries(moved), exercise: number ? exercises[number].seed : ""};
}

function showLessons(nets, names, values) {
  const one = LESSONS.find(({name}) => name === names[0]) || LESSONS[0],
    data = lessonData(one);
  document.title = `${one.title} - Papernets explorer`;
  markListed(byId("lesson-list"), one.name);
  fill(
    byId("lesson-head"),
    el("p", {class: "hint"}, one.chapter),
    el("h2", {}, one.title),
    el("p", {class: "question"}, one.question),
  );
  if (!data || data.wrong) {
    shownLesson.name = "";
    const words = data ? data.wrong : `${one.title} is unpacked ...`;
    fill(byId("lesson-home"), el("p", {class: data ? "error" : "hint"}, words));
    fill(byId("lesson-foot"));
    return;
  }
  if (shownLesson.name !== one.name) {
    fill(byId("lesson-home"), byId("lesson-form").content.cloneNode(true));
    const chosen = (at, number) => go("lessons", [one.name], lessonValues(data, at, number), true);
    shownLesson.name = one.name;
    shownLesson.show = Lessons.lessonIn(byId("lesson-home").querySelector(".lesson"), data, chosen);
    announce(`${one.title}. ${one.question}`);
  }
  const [at, number] = lessonPlace(data, values);
  shownLesson.show(at, number);
  fill(byId("lesson-foot"), lessonFoot(one, data, at, number, nets));
}

/** What stands below a lesson: its networks, its sources, its command, the lessons beside it. */
function lessonFoot(one, data, at, number, nets) {
  const theme = document.documentElement.dataset.theme,
    place = LESSONS.indexOf(one);
  const link = (room, name, text) => el("a", {href: writeAddress(room, [name], {theme: theme})}, text);
  const here = one.nets.filter((name) => nets.some((net) => net.own === name));
  const beside = (step, text) => {
    const other = LESSONS[place + step];
    return other ? link("lessons", other.name, text(other.title)) : el("span");
  };
  return [
    here.length
      ? el(
          "p",
          {},
          `It speaks of ${here.length === 1 ? "a network" : "networks"} of this page: `,
          here.flatMap((name, own) => [own ? ", " : "", link("networks", name, name)]),
          ".",
        )
      : "",
    el("p", {class: "note"}, `Sources: ${one.sources.join("; ")}.`),
    el("p", {class: "note"}, "In the terminal: ", el("code", {}, lessonCommand(one, data, at, number))),
    el(
      "nav",
      {class: "steps", "aria-label": "Lessons beside this one"},
      beside(-1, (title) => `← ${title}`),
      beside(1, (title) => `${title} →`),
    ),
  ];
}

/** The command that shows a lesson with these numbers; drawn ones have none. */
function lessonCommand(one, data, at, number) {
  const values = lessonValues(data, at, number),
    typed = (text) => (/^[\w.,+-]+$/.test(text) ? text : `'${text}'`);
  const flags = Object.entries(values)
    .filter(([key, text]) => text !== "" && !["numbers", "exercise"].includes(key))
    .map(([key, text]) => ` --${key} ${typed(text)}`);
  return `papernets lesson ${one.name}${flags.join("")}`;
}

/** Leads from a topic of a layer's arithmetic, or from the layer itself, to the lesson of it. */
function lessonOf(topic, place) {
  const {end} = place,
    split = place.isBlock ? 1 : groupsOf(end);
  const kinds = place.isBlock
    ? []
    : [split > 1 && (split === end.input[0] ? "depthwise" : "groups"), end.kind].filter(Boolean);
  const found = TAUGHT.find(
    ([own, several]) => own === topic && (!several.length || kinds.some((kind) => several.includes(kind))),
  );
  if (!found) return "";
  const one = LESSONS.find(({name}) => name === found[2]);
  const address = writeAddress("lessons", [one.name], {theme: document.documentElement.dataset.theme});
  const words = topic ? el("span", {class: "unseen"}, `: ${one.title}`) : `: ${one.title}`;
  return el("a", {class: "to-lesson", href: address, title: one.question}, "Lesson", words);
}
