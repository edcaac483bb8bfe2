/* Sphinx's order of search results, in which a network's page comes late where its name was not asked for:
   there are more than a hundred of them, and they share many words. */
"use strict";

var Scorer = {
  score: (result) => {
    const [docname, title, , , score] = result;
    const asked = new URLSearchParams(location.search).get("q") || "";
    const words = asked.toLowerCase().split(/\s+/).filter(Boolean);
    const named = words.some((word) => title.toLowerCase().includes(word));
    if (docname.startsWith("lessons/")) return score + 3;
    return docname.startsWith("networks/") && !named ? score - 20 : score;
  },
  objNameMatch: 11,
  objPartialMatch: 6,
  objPrio: { 0: 15, 1: 5, 2: -5 },
  objPrioDefault: 0,
  title: 15,
  partialTitle: 7,
  term: 5,
  partialTerm: 2,
};
