// The two graphs that are stepped through: one unit, and one filter on a tiny image. What they compute, and in which steps.

const SUBSCRIPTS = "₀₁₂₃₄₅₆₇₈₉";
const PLACES = ["11", "12", "21", "22"]; // row and column, counted from one, as mathematics does
const PIXELS = ["11", "12", "13", "21", "22", "23", "31", "32", "33"];

/** How a node is written: x12 as x₁₂. */
export const written = (id) => id.replaceAll(/\d/g, (digit) => SUBSCRIPTS[digit]);

const set = (id, more = {}) => ({ id, op: null, from: [], ...more });

const unit = {
  title: "one unit",
  nodes: [
    set("w1"), set("x1"), set("w2"), set("x2"), set("b"), set("t", { fixed: true }),
    // Backwards they come the other way round: the first product first.
    { id: "p2", op: "times", from: ["w2", "x2"] },
    { id: "p1", op: "times", from: ["w1", "x1"] },
    { id: "z", op: "sum", from: ["p1", "p2", "b"] },
    { id: "a", op: "relu", from: ["z"] },
    { id: "L", op: "square", from: ["a", "t"] },
  ],
  given: { w1: 0.5, x1: 2, w2: -1, x2: -1, b: 0.5, t: 1 },
  learned: ["w1", "w2", "b"],
  rate: 0.02,
  forwards: [["p1"], ["p2"], ["z"], ["a"], ["L"]],
  isTogether: () => false,
};

const filter = {
  title: "one filter",
  nodes: [
    ...PLACES.map((place) => set(`w${place}`)), set("b"), set("t", { fixed: true }),
    ...PIXELS.map((place) => set(`x${place}`, { fixed: true })),
    ...[...PLACES].reverse().map((place) => ({ id: `z${place}`, op: "weigh", from: [...PLACES.map((weight) => `w${weight}`), "b", ...under(place)] })),
    ...[...PLACES].reverse().map((place) => ({ id: `a${place}`, op: "relu", from: [`z${place}`] })),
    { id: "m", op: "mean", from: PLACES.map((place) => `a${place}`) },
    { id: "L", op: "square", from: ["m", "t"] },
  ],
  given: { ...grid("w", [1, -1, 0.5, 1]), b: -0.5, t: 3, ...grid("x", [2, 0, 2, 0, 1, 1, 2, 1, 1]) },
  learned: [...PLACES.map((place) => `w${place}`), "b"],
  rate: 0.02,
  forwards: [...PLACES.map((place) => [`z${place}`]), PLACES.map((place) => `a${place}`), ["m"], ["L"]],
  // Whatever leaves the mean, or the layer of ReLUs, is one step; each place of the filter is another.
  isTogether: (edge, before) => edge.from === before.from || (edge.from[0] === "a" && before.from[0] === "a"),
};

export const GRAPHS = { unit, filter };

/** The four pixels that the filter covers when its corner lies at `place`. */
export function under(place) {
  const [row, column] = [...place].map(Number);
  return [[0, 0], [0, 1], [1, 0], [1, 1]].map(([down, right]) => `x${row + down}${column + right}`);
}

/**
 * The steps through a graph whose chain rule gave these edges: {way, nodes, edges}, `nodes` being what becomes known. First comes
 * a step that shows only what was set by hand, and between the two ways the slope of the loss with itself.
 */
export function stepsThrough(graph, edges) {
  const ahead = graph.forwards.map((nodes) => ({ way: "forwards", nodes, edges: [] }));
  const seed = { way: "turn", nodes: [graph.nodes.at(-1).id], edges: [] };
  return [{ way: "start", nodes: [], edges: [] }, ...ahead, seed, ...gathered(graph, edges)];
}

function gathered(graph, edges) {
  const steps = [];
  edges.forEach((edge, place) => {
    if (place && graph.isTogether(edge, edges[place - 1])) steps.at(-1).edges.push(edge);
    else steps.push({ way: "backwards", nodes: [], edges: [edge] });
  });
  for (const step of steps) step.nodes = step.edges.map(({ to }) => to);
  return steps;
}

/** The values after a step of gradient descent: everything that is learned goes against its slope. */
export function descended(graph, { given, slopes }) {
  const moved = graph.learned.map((id) => [id, given[id] - graph.rate * slopes[id]]);
  return { ...given, ...Object.fromEntries(moved) };
}

function grid(letter, values) {
  const places = values.length === 4 ? PLACES : PIXELS;
  return Object.fromEntries(places.map((place, index) => [letter + place, values[index]]));
}
