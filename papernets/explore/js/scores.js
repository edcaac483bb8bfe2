/* What a network says: the best class, and the scores. */

/** The whole of a name that may be cut where it stands; nothing for a short one. */
function titleOf(name) {
  return name.length > 12 ? name : null;
}

/** The best class: a digit large, a long name as small as its column needs. */
function answerOf(name) {
  return el("b", {class: name.length > 3 ? "name" : null, title: titleOf(name)}, name);
}

/**
 * What a network says: the best class, and scores with bars, of all classes or of those in `order`.
 * Where `choose` is given, a class can be chosen; `chosen` is.
 */
function scoresView(network, told, order = told.scores.map((_, at) => at), chosen = -1, choose = null) {
  const score = (at) => `${(100 * told.scores[at]).toFixed(1)} %`;
  const line = (at) => [
    el("span", {class: "class", title: titleOf(network.classes[at])}, network.classes[at]),
    el("span", {class: "bar", style: `--share:${told.scores[at].toFixed(4)}`, "aria-hidden": "true"}),
    el("span", {class: "number"}, score(at)),
  ];
  const pressed = (at) => {
    const button = el("button", {type: "button", id: `class-${at}`, "aria-pressed": String(at === chosen)}, line(at));
    button.addEventListener("click", () => {
      choose(at);
      byId(`class-${at}`)?.focus();
    });
    return button;
  };
  return [
    el("p", {class: "answer"}, answerOf(network.classes[told.label]), el("span", {}, ` ${score(told.label)}`)),
    el(
      "ol",
      {class: "bars", "aria-label": "Scores"},
      order.map((at) =>
        el("li", {class: at === told.label ? "best" : null}, choose ? pressed(at) : line(at)),
      ),
    ),
    network.members.length > 1
      ? el(
          "p",
          {class: "note"},
          told.asked > 1
            ? `The first network was not sure: all ${network.members.length} were asked, and their outputs added.`
            : `The first network was sure, by more than ${network.rule.margin}: the others were not asked.`,
        )
      : "",
  ];
}
