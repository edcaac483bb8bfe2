/* Trained networks of the page made ready, and what one says: the best class, the scores. */

const TRAINED = embedded("trained").networks;
const DIGITS = TRAINED.filter((one) => one.drawn);
const LOOKING = TRAINED.filter((one) => !one.drawn);
/** By name: a network that is ready, null while it is made ready, or what went wrong. */
const OPENED = new Map();

let engineRead = null;

/** The engine's kernels and programs, read once. */
function engineData() {
  engineRead ||= embedded("engine");
  return engineRead;
}

/**
 * A network of these that is ready; null where it is not, or not yet: then `home` says which. The
 * page is shown again when it is. Of these networks one is kept, for the sake of memory.
 */
function openedNetwork(several, entry, home) {
  for (const other of several) if (other !== entry) OPENED.delete(other.own);
  const found = OPENED.get(entry.own);
  if (found?.members) return found;
  if (found) fill(home, el("p", {class: "error", role: "alert"}, found.message));
  else fill(home, el("p", {class: "hint"}, `${entry.own} is made ready ...`));
  if (found === undefined) {
    OPENED.set(entry.own, null);
    const data = NETS.find((net) => net.own === entry.own);
    readyNetwork(entry, engineData(), data)
      .catch((error) => mendable(error))
      .then((ready) => {
        if (OPENED.get(entry.own) !== null) return; // another was asked for since
        OPENED.set(entry.own, ready);
        show();
      });
  }
  return null;
}

/** The whole of a name that may be cut where it stands; nothing for a short one. */
function titleOf(name) {
  return name.length > 12 ? name : null;
}

/** The best class: a digit large, a long name as small as its column needs. */
function answerOf(name) {
  return el("b", {class: name.length > 3 ? "name" : null, title: titleOf(name)}, name);
}

/** An error that its reader can mend; any other is thrown on. */
function mendable(error) {
  if (error instanceof Engine.EngineError) return error;
  throw error;
}

/**
 * What a network says: the best class, and scores with bars, of all classes or of those in `order`.
 * Where `choose` is given, a class can be chosen; `chosen` is. A view is {nodes, update}: elements,
 * and what makes them say what is told then.
 */
function scoresView(network, order = network.classes.map((_, at) => at), chosen = -1, choose = null) {
  const lines = order.map((at) => ({at: at, bar: el("span", {class: "bar", "aria-hidden": "true"}), number: el("span", {class: "number"})}));
  const parts = ({at, bar, number}) => [
    el("span", {class: "class", title: titleOf(network.classes[at])}, network.classes[at]),
    bar,
    number,
  ];
  const pressed = (line) => {
    const {at} = line;
    const button = el(
      "button",
      {type: "button", id: `class-${at}`, "aria-pressed": String(at === chosen)},
      parts(line),
    );
    button.addEventListener("click", () => {
      choose(at);
      byId(`class-${at}`)?.focus();
    });
    return button;
  };
  for (const line of lines) line.item = el("li", {}, choose ? pressed(line) : parts(line));
  let best = el("b", {});
  const sure = el("span", {}),
    answer = el("p", {class: "answer"}, best, sure),
    note = network.members.length > 1 ? el("p", {class: "note"}) : "";
  const update = (told) => {
    const score = (at) => `${(100 * told.scores[at]).toFixed(1)} %`;
    if (best.textContent !== network.classes[told.label]) {
      const next = answerOf(network.classes[told.label]);
      best.replaceWith(next);
      best = next;
    }
    say(sure, ` ${score(told.label)}`);
    for (const {at, item, bar, number} of lines) {
      item.className = at === told.label ? "best" : "";
      bar.style.setProperty("--share", told.scores[at].toFixed(4));
      say(number, score(at));
    }
    if (note) say(note, askedWords(network, told));
  };
  return {nodes: [answer, el("ol", {class: "bars", "aria-label": "Scores"}, lines.map((line) => line.item)), note], update: update};
}

/** Whom a committee's rule asked. */
function askedWords(network, told) {
  return told.asked > 1
    ? `The first network was not sure: all ${network.members.length} were asked, and their outputs added.`
    : `The first network was sure, by more than ${network.rule.margin}: the others were not asked.`;
}

/** A button for each trained network of a room; `choose` is told which, and the focus stays. */
function networkButtons(home, networks, entry, choose) {
  fill(
    home,
    networks.map((one) =>
      el(
        "button",
        {
          type: "button",
          "aria-pressed": String(one.own === entry.own),
          onclick: () => {
            choose(one.own);
            home.querySelector("[aria-pressed=true]").focus();
          },
        },
        one.own,
      ),
    ),
  );
}
