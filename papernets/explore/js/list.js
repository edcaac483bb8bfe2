/* The list of all networks, by year and family. */

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
function networkList(nets, chosen) {
  const families = [...new Set(nets.map((net) => net.family))];
  return families.map((family) => {
    const several = nets.filter((net) => net.family === family);
    const years = several.map((net) => net.year).filter(Boolean),
      first = Math.min(...years);
    return el(
      "details",
      {open: several.some((net) => net.own === chosen) || null, "data-family": family},
      el(
        "summary",
        {},
        FAMILIES[family] || family,
        el("span", {class: "year"}, years.length ? String(first) : ""),
      ),
      el(
        "ul",
        {},
        several.map((net) =>
          el(
            "li",
            {},
            el(
              "a",
              {
                href: writeAddress("networks", [net.own], {theme: document.documentElement.dataset.theme}),
                "aria-current": net.own === chosen ? "page" : null,
                title: net.title,
                "data-name": net.own,
              },
              el("span", {}, breakable(net.own)),
              el("span", {class: "year"}, net.year ? String(net.year) : ""),
            ),
          ),
        ),
      ),
    );
  });
}

/** A name that may be broken behind its underscores. */
function breakable(name) {
  return name.split(/(?<=_)/).flatMap((part, at) => (at ? [el("wbr"), part] : [part]));
}

/** Shows the networks that a word is in, and opens the families in which there are some. */
function filterList(list, word) {
  const wanted = word.trim().toLowerCase();
  if (wanted) byId("browse").open = true;
  let count = 0;
  for (const family of list.querySelectorAll("details")) {
    let some = 0;
    for (const item of family.querySelectorAll("li")) {
      const text = `${item.textContent} ${item.firstChild.title}`.toLowerCase();
      item.hidden = !wanted.split(/\s+/).every((part) => text.includes(part));
      some += Number(!item.hidden);
    }
    family.hidden = !some;
    if (wanted) family.open = true;
    count += some;
  }
  announce(wanted ? plural(count, "network") : "");
}
