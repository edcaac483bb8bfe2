/* An output that compares its input with a bitmap for each class, as LeNet-5's does. */

/** The layer behind a row that compares its values with a code for each class; null for another. */
function codesBehind(network, row) {
  const behind = network.rows.find((one) => one.layer.is === "RBF");
  return behind && rowBefore(network.graph, behind)?.name === row.name ? behind : null;
}

/** How wide the bitmap of a code is. */
function codeWidth(code) {
  return code.length % CODE_WIDTH === 0 && code.length > CODE_WIDTH ? CODE_WIDTH : Math.max(code.length, 1);
}

/** A code as a map: +1 white, -1 black, as the values are that it is compared with. */
function codeMap(code, words) {
  const wide = codeWidth(code),
    canvas = mapCanvas(code.length / wide, wide, words);
  return paintMap(canvas, Float32Array.from(code, (sign) => (sign === "#" ? 1 : -1)), 1);
}

/** The output of LeNet-5: how far the 84 values are from each class's bitmap. */
function distances(network, row) {
  const {bits} = row.layer.codes,
    {name: source} = rowBefore(network.graph, row),
    factor = row.layer.scale * network.scale;
  const items = network.classes.map((name, at) => ({
    number: el("span", {}),
    code: bits[at] ? codeMap(bits[at], `bitmap of ${name}`) : name,
  }));
  for (const one of items) one.item = el("li", {}, one.code, one.number);
  return {
    section: el(
      "section",
      {class: "at-row"},
      el(
        "h3",
        {},
        row.name,
        el("span", {class: "kind"}, ` squared distance of ${source} to each class's bitmap: the nearest wins`),
      ),
      el("p", {class: "scale"}, "\u22121 is black, 1 white"),
      el("ol", {class: "nearest"}, items.map((one) => one.item)),
      el(
        "p",
        {class: "hint"},
        `From distances to scores: each class counts exp(\u2212${numberWords(factor)} \u00d7 distance), and its score is its ` +
          `share of their sum. A class that is ${numberWords(1 / factor)} nearer has a score e = 2.718 times as large, so scores ` +
          "tell which digit is likelier than the others, not whether it is a digit.",
      ),
    ),
    paint: (answer) => {
      const away = [...answer.map(row.name).values].map((value) => -value / row.layer.scale),
        least = Math.min(...away);
      items.forEach(({item, number}, at) => {
        item.className = away[at] === least ? "best" : "";
        say(number, away[at].toFixed(1));
      });
    },
  };
}
