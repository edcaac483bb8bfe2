/* Lists of what a room shows: all networks by year and family, for one. */

const FAMILIES = {
  lenet: "LeNet",
  alexnet: "AlexNet",
  zfnet: "ZFNet",
  nin: "Network in Network",
  vgg: "VGG",
  googlenet: "GoogLeNet",
  bn_inception: "BN-Inception",
  inception: "Inception v2 and v3",
  resnet: "ResNet",
  inception_v4: "Inception v4",
  mobilenet: "MobileNet",
  yours: "Yours",
};

/** The list of all networks: families by the year of their first, each with its networks. */
function networkList(nets) {
  const families = [...new Set(nets.map((net) => net.family))];
  return families.map((family) => {
    const several = nets.filter((net) => net.family === family);
    const years = several.map((net) => net.year).filter(Boolean);
    return listGroup(
      "networks",
      FAMILIES[family] || family,
      years.length ? String(Math.min(...years)) : "",
      several.map((net) => ({
        name: net.own,
        text: breakable(net.own),
        note: net.year ? String(net.year) : "",
        title: net.title,
        words: `${net.family} ${FAMILIES[net.family] || ""} ${net.paper || ""}`,
      })),
    );
  });
}

/** A group of a room's list, which opens: its items each with a name, a text, a note and a title. */
function listGroup(room, name, note, items) {
  const link = (one) =>
    el(
      "a",
      {
        href: writeAddress(room, [one.name], {theme: document.documentElement.dataset.theme}),
        title: one.title,
        "data-name": one.name,
        "data-words": one.words,
      },
      el("span", {}, one.text),
      one.note ? el("span", {class: "year"}, one.note) : "",
    );
  return el(
    "details",
    {},
    el("summary", {}, name, el("span", {class: "year"}, note)),
    el(
      "ul",
      {},
      items.map((one) => el("li", {}, link(one))),
    ),
  );
}

/** Marks what is shown in a list, and opens its group; on a phone the list closes behind a choice. */
function markListed(list, name) {
  const before = list.querySelector("[aria-current]");
  if (before?.dataset.name === name) return;
  before?.removeAttribute("aria-current");
  const link = list.querySelector(`[data-name="${CSS.escape(name)}"]`);
  if (!link) return;
  link.setAttribute("aria-current", "page");
  link.closest("details").open = true;
  if (before && matchMedia("(max-width: 720px)").matches) list.closest(".browse").open = false;
  const home = list.closest(".list"),
    [own, all] = [link, home].map((one) => one.getBoundingClientRect());
  if (own.top < all.top || own.bottom > all.bottom) home.scrollTop += own.top - all.top - all.height / 3;
}

/** A name that may be broken behind its underscores. */
function breakable(name) {
  return name.split(/(?<=_)/).flatMap((part, at) => (at ? [el("wbr"), part] : [part]));
}

/** Makes a list and the field above it: what is typed leaves those that have all its words. */
function readyList(list, field, groups, thing) {
  fill(list, groups, el("p", {class: "hint none", hidden: true}));
  list.closest(".browse").open = !matchMedia("(max-width: 720px)").matches;
  field.addEventListener("input", () => filterList(list, field.value, thing));
  field.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || !field.value.trim()) return;
    list.querySelector("details:not([hidden]) li:not([hidden]) a")?.click();
  });
}

/** Shows what has these words, and opens the groups in which there is some. */
function filterList(list, words, thing) {
  const wanted = words.trim().toLowerCase();
  if (wanted) list.closest(".browse").open = true;
  let count = 0;
  for (const group of list.querySelectorAll("details")) {
    let some = 0;
    for (const item of group.querySelectorAll("li")) {
      const {title, dataset} = item.firstChild;
      const text = `${item.textContent} ${title} ${dataset.words || ""}`.toLowerCase();
      item.hidden = !wanted.split(/\s+/).every((part) => text.includes(part));
      some += Number(!item.hidden);
    }
    group.hidden = !some;
    if (wanted) group.open = true;
    count += some;
  }
  const none = list.querySelector(".none");
  none.hidden = count > 0;
  none.textContent = `No ${thing} here has all of these words.`;
  announce(wanted ? plural(count, thing) : "");
}
