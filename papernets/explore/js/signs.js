/* How the page writes rules and numbers: with signs of multiplication, digits in groups, and what
   the letters of a rule mean, in the words of `papernets explain` (papernets/show/layer_page.py). */

const LETTERS = {
  N: "N side of the input, or values of a flat one",
  F: "F side of the kernel",
  P: "P zeros on a side",
  S: "S stride",
  D: "D maps of the input",
  K: "K maps of the output",
  G: "G groups",
  W: "W, H sides of the output",
  R: "R field so far",
};

/** What the letters of these rules mean, without those that stand in the rules above. */
function lettersOf(rules, above = []) {
  const used = new Set(rules.join(""));
  for (const letter of above.join("")) used.delete(letter);
  const said = Object.entries(LETTERS).filter(([letter]) => used.has(letter));
  const words = said.map(([, one]) => one);
  if (rules.some((rule) => /\bstep$/.test(rule))) words.push("step: pixels from a value to the next");
  return words.join("; ");
}

/** A formula or a rule: 9633792*2+1 as "9,633,792 × 2 + 1". */
function readable(formula) {
  return formula
    .replace(/,/g, ", ")
    .replace(/(?<![\d.])\d{4,}/g, (digits) => comma(digits))
    .replace(/\*\*/g, "^")
    .replace(/\*/g, " × ")
    .replace(/\+/g, " + ")
    .replace(/(?<=[\w)])(?<!\de)-/g, " − ");
}

/** Words with sizes in them: 3x3 as "3×3". */
function crossed(text) {
  return text.replace(/(\d)x(?=\d)/g, "$1×");
}

/** What a row is, with its window: "conv 3×3/2". */
function kindShown(row) {
  return crossed(kindAndWindow(row));
}
