/* The smallest input of a network, found by its shapes alone (papernets/spec/smallest.py). */

/** Whether every layer fits on an input of this size; heads have to, unless `heads` is false. */
function fits(net, height, width, heads) {
  const visit = {
    layer(name, layer, value) {
      LAYERS[layer.is].check(layer, value);
      const out = LAYERS[layer.is].shape(layer, value);
      if (Math.min(...out) < 1) throw new Impossible("a window does not fit");
      return out;
    },
    join: (name, join, value, ends) => JOINS[join.is].shape(join, ends),
    head: (name, aux, value, go) => heads && go(),
  };
  try {
    through(visit, net.body, [net.input[0], height, width]);
    return true;
  } catch (error) {
    if (error instanceof Impossible) return false;
    throw error;
  }
}

/** The smallest input [height, width]; null where none up to `limit` works. */
function smallestInput(net, heads = true, limit = 1024) {
  const first = (most, works) => {
    for (let side = 1; side <= most; side++) if (works(side)) return side;
    return 0;
  };
  const side = first(limit, (n) => fits(net, n, n, heads));
  if (!side) return null;
  const height = first(side, (n) => fits(net, n, side, heads));
  return [height, first(side, (n) => fits(net, height, n, heads))];
}

function hasHeads(part) {
  if (part.is === "Aux") return true;
  return [...(part.parts || []), ...(part.branches || [])].some(([, inner]) => hasHeads(inner));
}

/** The smallest input in a sentence, with the auxiliary heads and without where these differ. */
function whatWorks(net) {
  const smallest = smallestInput(net);
  const bare = hasHeads(net.body) ? smallestInput(net, false) : smallest;
  const words = smallest
    ? `the smallest input of ${net.name} is ${by(smallest)}`
    : "no larger input works either";
  return bare && !equal(bare, smallest)
    ? `${words} (${by(bare)} without auxiliary heads: aux=False)`
    : words;
}
