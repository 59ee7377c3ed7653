// What happens in one step through a computation graph, in formulas and in a sentence.
import { written } from "../../arithmetic/graphs.js";

/** A number as formulas show it: three decimals at most, with a real minus sign. */
export function short(value) {
  const rounded = Math.round(value * 1000) / 1000;
  return Object.is(rounded, -0) ? "0" : String(rounded).replace("-", "−");
}

const factor = (value) => (short(value).startsWith("−") ? `(${short(value)})` : short(value));
const slope = (id) => `∂L/∂${written(id)}`;

/** {title, formulas, sentence} of a step; `place` is counted from 0 among `steps`. */
export function stepWords(graph, { steps, place, values }) {
  const step = steps[place];
  const byId = Object.fromEntries(graph.nodes.map((node) => [node.id, node]));
  const title = `Step ${place} of ${steps.length - 1}`;
  if (step.way === "start") return { title: "Before the first step", formulas: [], sentence: "Only what is set by hand is known. Step forwards, and the values appear." };
  if (step.way === "turn") return { title: `${title}, turning round`, formulas: ["∂L/∂L = 1"], sentence: "The loss changes with itself one to one. From here the slopes go backwards." };
  if (step.way === "forwards") return { title: `${title}, forwards`, formulas: step.nodes.map((id) => forwardFormula(byId[id], values)), sentence: FORWARDS[byId[step.nodes[0]].op] };
  const [first] = step.edges;
  const last = step.edges.at(-1);
  const through = first.from === last.from ? written(first.from) : `${written(first.from)} to ${written(last.from)}`;
  return { title: `${title}, backwards from ${through}`, formulas: step.edges.map((edge) => backwardFormula(edge, { node: byId[edge.from], values })), sentence: backwardSentence(byId[first.from], first) };
}

function forwardFormula({ id, op, from }, values) {
  const names = from.map(written);
  const numbers = from.map((each) => values[each]);
  const [symbols, sums] = FORMULAS[op]({ names, numbers });
  return `${written(id)} = ${symbols} = ${sums} = ${short(values[id])}`;
}

const FORMULAS = {
  times: ({ names, numbers }) => [names.join(" · "), numbers.map(factor).join(" · ")],
  sum: ({ names, numbers }) => [names.join(" + "), numbers.map(factor).join(" + ")],
  mean: ({ names, numbers }) => [`(${names.join(" + ")}) / ${names.length}`, `(${numbers.map(factor).join(" + ")}) / ${names.length}`],
  relu: ({ names, numbers }) => [`max(0, ${names[0]})`, `max(0, ${short(numbers[0])})`],
  square: ({ names, numbers }) => [`(${names.join(" − ")})²`, `(${short(numbers[0])} − ${factor(numbers[1])})²`],
  weigh: ({ names, numbers }) => {
    const count = (names.length - 1) / 2;
    const pairs = (all, show) => all.slice(0, count).map((each, place) => `${show(each)}·${show(all[count + 1 + place])}`).join(" + ");
    return [`${pairs(names, String)} + ${names[count]}`, `${pairs(numbers, factor)} + ${factor(numbers[count])}`];
  },
};

const FORWARDS = {
  times: "An input times its weight.",
  sum: "The weighted sum with the bias.",
  weigh: "The filter at one place: four weights times the pixels under them, and the bias.",
  relu: "What is positive stays; for the rest there is a 0.",
  mean: "One number for the whole map.",
  square: "The loss: how far the answer lies from the target t, squared.",
};

function backwardFormula({ from, to, above, local, part, total }, { node, values }) {
  if (node.op === "square") {
    const [answer, target] = node.from;
    return `${slope(to)} = 2 · (${answer} − ${target}) = 2 · (${short(values[answer])} − ${factor(values[target])}) = ${short(part)}`;
  }
  const before = total - part;
  const added = Math.abs(before) > 1e-12 ? `, added to ${short(before)}: ${short(total)}` : "";
  return `${slope(to)} = ${slope(from)} · ∂${written(from)}/∂${written(to)} = ${factor(above)} · ${factor(local)} = ${short(part)}${added}`;
}

function backwardSentence({ op, from }, edge) {
  const to = written(edge.to);
  const other = written(from.find((each) => each !== edge.to) ?? "");
  const sentences = {
    square: "The slope of a square is twice what is squared.",
    relu: edge.from === "a" ? reluSentence(edge, to) : "Where ReLU handed its input on, the slope goes through. Where it put a 0, the slope stops.",
    sum: "In a sum every term counts once. The slope is handed on as it is.",
    mean: "Each of the four counts for a quarter of the mean.",
    times: `Raise ${to} a little, and the product grows by ${other} times that: the factor is ${short(edge.local)}.`,
    weigh: `The filter at one place. Each weight gets the slope of ${written(edge.from)} times the pixel that it met there, on top of what it has got already.`,
  };
  return sentences[op];
}

function reluSentence({ local }, to) {
  return local ? `${to} is above 0, so ReLU handed it on, and the slope goes through.` : `${to} is not above 0: ReLU says 0 whatever it is, so the slope stops here. The unit learns nothing from this example.`;
}
